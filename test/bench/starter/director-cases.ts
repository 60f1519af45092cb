import { directorIntents, directorRefusal, directorSlots } from "../../../models/starter/director/questions.ts";
import { createMatcher } from "../../../models/starter/phrase-book/matcher.ts";
import { pick, type Random, sampleTemplate } from "../../../models/starter/phrase-book/sample.ts";
import { unknownQuestions } from "./unknown-questions.ts";

/** A question, and the line that answers it. */
export interface Question {
  readonly text: string;
  readonly line: string;
}

/** Questions from the topics' wordings. */
export function bookQuestions(list: "wordings" | "heldOut", perWording: number, random: Random): Question[] {
  const all = directorIntents.flatMap((intent) =>
    intent[list].flatMap((template) =>
      Array.from({ length: perWording }, () => ({
        text: sampleTemplate(template, random, (slot) => pick(directorSlots[slot] ?? [], random)),
        line: lineOf(intent.name),
      })),
    ),
  );
  return [...new Map(all.map((one) => [one.text, one])).values()];
}

/** Typed by hand; a test of the bench itself sees to it that the training text holds none of them. */
const byHand: Readonly<Record<string, readonly string[]>> = {
  sotto: ["so what is this sotto thing actually", "could you describe what this software is for"],
  "voice-model": ["which one of you is speaking to me all the time", "what is that little voice model there for"],
  director: ["tell me what a director is supposed to do here", "and what are you doing here director"],
  coder: ["who is going to write my programs", "what is the job of that coder thing"],
  roles: ["why on earth three models", "which three models are these"],
  starter: ["how come the starter is that limited", "what is special about those starter models"],
  "real-models": ["where can i find larger models for you", "i would like to put in a real model"],
  memory: ["how do you divide up the memory", "who gets how much of the ram"],
  budgeter: ["what is this budgeter people talk about", "who keeps count of all the memory"],
  pools: ["what do you call a memory pool", "are there different pools of memory"],
  footprint: ["how do you figure out the footprint of some model", "why does a model take so much room"],
  "kv-cache": ["what on earth is a kv cache", "why do you hold on to keys and values"],
  quantisation: ["what does it mean to quantize a model", "why would anybody want quantized models"],
  context: ["how big is your context window", "what if we run out of context"],
  pinned: ["what does it mean to pin a model", "is the voice really never unloaded"],
  slot: ["what is that slot you keep talking about", "how many models can be in the slot"],
  swap: ["how exactly does swapping models work", "what are you doing during such a swap"],
  thrash: ["what do you do against thrashing", "how come you do not thrash"],
  sticky: ["what is this sticky mode about", "when do things become sticky"],
  lease: ["what good is a lease", "how does leasing a model work"],
  journal: ["what is written in that journal", "where is the journal of swaps"],
  bridge: ["why do you say something before you swap", "what is a bridge sentence good for"],
  "barge-in": ["am i allowed to interrupt you", "what will happen if i talk over you"],
  "end-of-turn": ["how do you find out that my turn is over", "when do you decide that i am finished"],
  privacy: ["is anything that i say sent somewhere", "how private is all of this"],
  offline: ["does this thing work without any internet", "must i be online for this"],
  ollama: ["do i have to install ollama for this", "how do you and ollama get along"],
  "hand-off": ["how do you hand off coding work", "what becomes of a coding task"],
  approval: ["do you ask me before you change a file", "who has to approve the changes"],
  undo: ["can a change be undone later", "how would i take back a change"],
  workspace: ["in what place does the coder do its work", "will the coder mess up my files"],
  voices: ["can i have another voice for you", "how many different voices exist"],
  latency: ["how long until you reply", "what about your latency then"],
  ears: ["how do your ears work", "how are my words recognized"],
  mouth: ["how do you make that sound when you talk", "how does your mouth work"],
  "recogniser-limits": ["why do you so often misunderstand me", "how come you hear only certain sentences"],
  tokens: ["what is meant by tokens", "how large is one token"],
  gpu: ["would a better graphics card help you", "do you run on my graphics card"],
  cpu: ["can all of this run on just the cpu", "what if there is no gpu in here"],
  "starter-coder": ["which programs does this coder know by heart", "what may i ask the coder to write"],
  doctor: ["nothing works what shall i do", "what is sotto doctor good for"],
  plan: ["what would be a good plan", "ask the director to give me a plan"],
  performance: ["how do i make my program run faster", "ask the director why my program is slow"],
  security: ["how secure is my code", "ask the director about our security"],
  database: ["which database would you take", "shall we put it in a database"],
  tests: ["how do i write good tests", "ask the director about our failing tests"],
  bug: ["how should i look for this bug", "ask the director how to fix the bug"],
  release: ["shall we release it now", "ask the director when to release"],
};

/** For the director alone: nobody has taught it anything like them. */
const unknownToDirector: readonly string[] = [
  "ask the director who won the world cup",
  "ask the director about my grandmother",
  "what does the director think about garlic bread",
  "ask the director to book a flight to rome",
  "talk to the director about the weather tomorrow",
  "ask the director how to get rich",
  "what does the director say about quantum physics",
  "ask the director for a pancake recipe",
  "tell me about the roman empire",
  "what is the memory of an elephant like",
  "who was the director of that film",
  "how do i pin a butterfly",
  "explain the offside rule",
  "where can i lease a car",
  "what should i cook tonight",
  "is there a token for the laundry",
  "how do i approve a visa",
  "how heavy is a blue whale",
  "what is the voice of a nightingale like",
  "ask the director why cats purr",
];

function lineOf(name: string): string {
  const answer = directorIntents.find((intent) => intent.name === name)?.answer;
  if (answer === undefined || !("say" in answer)) throw new Error(`There is no topic ${name}`);
  return answer.say;
}

export function handTypedQuestions(): Question[] {
  const trainedText = createMatcher(
    directorIntents.map((intent) => ({ ...intent, wordings: [...intent.wordings, ...intent.typed] })),
    "heldOut",
    directorSlots,
  );
  return Object.entries(byHand).flatMap(([name, texts]) =>
    texts.filter((text) => trainedText.match(text) === null).map((text) => ({ text, line: lineOf(name) })),
  );
}

export function unknownToTheDirector(): Question[] {
  const book = createMatcher(directorIntents, undefined, directorSlots);
  return [...unknownToDirector, ...unknownQuestions]
    .filter((text) => book.match(text) === null)
    .map((text) => ({ text, line: directorRefusal }));
}
