import type { Intent } from "../phrase-book/intent.ts";
import { expandTemplate } from "../phrase-book/template.ts";
import { dataAndProjectWordings } from "./wordings/data-and-project.ts";
import { gameAndEverydayWordings } from "./wordings/games-and-everyday.ts";
import { numberAndWordWordings } from "./wordings/numbers-and-words.ts";
import type { ProgramWordings } from "./wordings/wordings.ts";

/** What the coder says when it can not do a task; the model has learnt which. */
export const cannot = {
  unknown:
    "That needs a bigger coder. I know a few dozen small programs by heart, such as fizz buzz, a calculator or a guessing game.",
  vague: "Which program should it be? I know fizz buzz, a calculator, a guessing game and a few dozen more.",
  existing: "I can not read or change code that is already there. That needs a bigger coder.",
  elsewhere: "I know that one in another language only. Ask for it in Python, and I will write it.",
} as const;

/** Ways to ask for a program; most are what is left of those in the voice's phrase book when the language is taken out. */
const frames: readonly string[] = [
  "{create|write|make|build|code|implement|program|add} {me |}{a|an|} <subject> {script|program|}",
  "{i|we} {need|want} {a|an} <subject> {script|program|}",
  "{i|we} {need|want} a {program|script} for {a|an|} <subject>",
  "can you {write|make} {a|an} <subject>",
  "{tell|ask} the coder to {write|create} {a|an|} <subject>",
  "{write|create} a {script|program} for {a|an|} <subject>",
  "build me {a|an} <subject>",
  "<subject>",
];
const deedFrames: readonly string[] = [
  "{write|create|make} {me |}a {program|script} {that|which} <deed>",
  "i {need|want} {a program|something|a script} that <deed>",
];
const heldOutFrames: readonly string[] = [
  "{how about|do me} {a|an} {little|} <subject>",
  "i would be glad of {a|an} <subject>",
  "let the coder program {a|an} <subject>",
];
/** For the training text alone. */
const typedFrames: readonly string[] = [
  "{can|could|would|will} you {please |}{create|write|make|build|code|program|implement|develop|generate|give me} {me |}{a|an|the|some} {simple|small|little|short|} <subject> {script|program|app|tool|function|file|for me|}",
  "{create|write|make|build|code|implement|develop|generate|design|draft} {me |us |}{a|an|a small|a simple|a little|a new|some|the} <subject> {script|program|app|tool|function|file|code|}",
  "{i|we} {need|want|would like|would love} {you to write |you to create |to have |}{a|an|a small|a simple|the} <subject> {script|program|app|tool|function|}",
  "{tell|ask|let|have} the coder {to |}{write|create|make|build|code|implement} {a|an|the} <subject> {script|program|}",
  "{a|an|the|some|one|another} <subject> {please|script|program|for me|would be nice}",
  "{start|begin|set up} {a|an|a new} <subject> {project|program|}",
  "{give|show|get} me {a|an|the|some|code for a} <subject> {script|program|}",
];
const typedDeedFrames: readonly string[] = [
  "{can|could|would|will} you {please |}{create|write|make|build|code} {me |}{a|some} {program|script|tool|code|function|app} {that|which} <deed>",
  "{create|write|make|build|code|i need|i want|we need|give me} {a|some} {small|simple|little|short|} {program|script|tool|code|function} {that|which} <deed>",
  "{something|a program|a script|code|a tool|a function|an app} {that|which} <deed> {please|}",
  "{i want|i would like|i need} {a|some} {program|script|tool|code} {and it|that} <deed>",
];

type Things = Pick<ProgramWordings, "subjects" | "deeds">;

/** The ways to ask that are in the training text, for other programs. */
export function askedFor({ subjects, deeds }: Things): readonly string[] {
  return [...frames, ...deedFrames, ...typedFrames, ...typedDeedFrames].map((frame) =>
    frame.replace("<subject>", `{${subjects.join("|")}}`).replace("<deed>", `{${deeds.join("|")}}`),
  );
}

const programWordings: readonly ProgramWordings[] = [
  ...numberAndWordWordings,
  ...gameAndEverydayWordings,
  ...dataAndProjectWordings,
];

/** What may stand in the slots of `taskIntents`. */
export const taskSlots: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  programWordings.flatMap(({ program, subjects, deeds }) => [
    [`a-${program}`, subjects],
    [`it-${program}`, deeds.flatMap(expandTemplate)],
  ]),
);

const framed = (templates: readonly string[], { program }: ProgramWordings): string[] =>
  templates.map((template) => template.replace("<subject>", `<a-${program}>`).replace("<deed>", `<it-${program}>`));

const programTasks: readonly Intent[] = programWordings.map((one) => ({
  name: one.program,
  answer: { say: one.program },
  polite: true,
  wordings: [...framed(frames, one), ...framed(deedFrames, one)],
  heldOut: [...one.heldOut, ...framed(heldOutFrames, one)],
  typed: [...framed(typedFrames, one), ...framed(typedDeedFrames, one)],
}));

const vague: Intent = {
  name: "vague",
  answer: { say: cannot.vague },
  polite: true,
  wordings: [
    "{create|write|make|build|code} {me |}{a|an|some|} {script|program|project|code|app|tool|game|function|}",
    "{i|we} {need|want} {a|an|} {script|program|code|project|app}",
    "{give|hand|pass} {this|that|it} to the coder",
    "{ask|get|call} the coder {something|}",
    "can you {write|make} {a program|a script|code|something}",
  ],
  heldOut: ["i want you to program something", "please start a project", "let the coder do something"],
  typed: [
    "{can|could|would|will} you {please |}{create|write|make|build|code|program|develop} {me |}{a|an|some|} {script|program|project|code|app|tool|game|function|software} {for me|please|}",
    "{start|begin|set up} {a|a new} {project|program|script}",
    "{i|we} {would like|would love|need|want} {you to write |to have |}{a|some|} {code|program|script|software|app}",
    "{hello|hi|hey} {coder|}",
    "{tell|let|have|ask} the coder {to |}{write|create|make|build|code} {something|a program|a script|code|anything}",
    "{write|make|create} {something|anything}",
  ],
};

/** Every task that the coder knows, as a phrase book; the answer is the program's name, or what it says instead. */
export const taskIntents: readonly Intent[] = [...programTasks, vague];
