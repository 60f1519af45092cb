import { answerHead, cannotAnswer, programAnswer } from "../coder/answer.ts";
import { coderPromptText } from "../coder/coder-prompt.ts";
import { programs } from "../coder/programs/all.ts";
import { readTask } from "../coder/task.ts";
import { askedFor, cannot, taskIntents, taskSlots } from "../coder/tasks.ts";
import type { Intent } from "../phrase-book/intent.ts";
import { createMatcher } from "../phrase-book/matcher.ts";
import { normalise } from "../phrase-book/normalise.ts";
import { nearMisses, outOfDomain } from "../phrase-book/out-of-domain.ts";
import { drawValue, pick, type Random, sampleIntent, sampleTemplate } from "../phrase-book/sample.ts";
import { work } from "../phrase-book/work.ts";
import type { TrainingTurn } from "./conversation.ts";
import { withNoise } from "./noise.ts";
import { strangeDeeds, strangePrograms } from "./strange-programs.ts";

const trainedTasks = createMatcher(taskIntents, "heldOut", taskSlots);
const allTasks = createMatcher(taskIntents, undefined, taskSlots);

const shares = { unknown: 0.16, existing: 0.08, vague: 0.04, elsewhere: 0.08, typed: 0.5, cut: 0.75 };
const languages = ["python", "python", "python", "javascript", "javascript", "bash", "html"];
const strangeTasks = askedFor({
  subjects: [
    ...strangePrograms,
    "<thing>",
    "<any>",
    "<module>",
    "<thing> <any>",
    "<module> <module>",
    "<module> <thing>",
  ],
  deeds: [...strangeDeeds, "<any> {the|a|my} <thing>", "<any> <thing>"],
});
const vague = taskIntents.filter(({ name }) => name === "vague");
const askable = taskIntents.flatMap((intent) => {
  const program = programs.find(({ name }) => name === intent.name);
  return program === undefined ? [] : [{ intent, program }];
});
/** A file without a language is asked for as often as a program in three. */
const everyText = askable.flatMap(({ intent, program }) =>
  program.texts.flatMap((text) =>
    Array.from({ length: text.language === "text" ? 3 : 1 }, () => [intent, program, text] as const),
  ),
);
const missingTexts = askable.flatMap(({ intent, program }) =>
  [...new Set(languages)]
    .filter((language) => program.texts.every((text) => text.language !== language && text.language !== "text"))
    .map((language) => [intent, language] as const),
);
const aboutExisting = work.filter(({ name }) => ["write_tests", "change_code", "write_docs"].includes(name));

/** One task and what the coder makes of it. */
export function coderExchange(random: Random): TrainingTurn[] {
  let chance = random();
  const falls = (share: number): boolean => {
    chance -= share;
    return chance < 0;
  };
  if (falls(shares.unknown)) return exchange(pick(languages, random), unknown(random), cannotAnswer(cannot.unknown));
  if (falls(shares.existing)) return exchange(pick(languages, random), existing(random), cannotAnswer(cannot.existing));
  if (falls(shares.vague))
    return exchange(pick(languages, random), askFor(pick(vague, random), random), cannotAnswer(cannot.vague));
  if (falls(shares.elsewhere)) {
    const [intent, missing] = pick(missingTexts, random);
    return exchange(missing, askFor(intent, random), cannotAnswer(cannot.elsewhere));
  }
  const [intent, program, text] = pick(everyText, random);
  const words = askFor(intent, random);
  const language = text.language === "text" ? pick(languages, random) : text.language;
  if (random() >= shares.cut) return exchange(language, words, programAnswer(program, text));
  // Which program it will be shows in its head; the rest is soon learnt by heart, and need not be read each time.
  return exchange(language, words, answerHead(text)).map((turn) => ({ ...turn, cut: turn.learn }));
}

function exchange(language: string, words: string, answer: string): TrainingTurn[] {
  return [
    { role: "user", text: coderPromptText({ language, words }), learn: false },
    { role: "assistant", text: answer, learn: true },
  ];
}

const fill =
  (random: Random) =>
  (slot: string): string => {
    const own = taskSlots[slot];
    return own === undefined ? drawValue(slot, random, "any") : pick(own, random);
  };

function askFor(intent: Intent, random: Random): string {
  for (;;) {
    const from = random() < shares.typed ? ("typed" as const) : ("wordings" as const);
    const sentence = sampleIntent(intent, random, { from: [from], politeShare: 0.15, fill: fill(random) });
    const text = withNoise(normalise(sentence), intent.polite, random);
    const known = allTasks.match(text);
    if (known === null || (known.name === intent.name && trainedTasks.match(text) !== null)) return text;
  }
}

/** Words that ask for a program of ours in one of so many ways that no matcher knows them all. */
const ours = /counts? the words|rolls? a dice|computes? the average|sorts? a list|prints? the numbers|finds? a number/;

function unknown(random: Random): string {
  for (;;) {
    const kind = random();
    const template = pick(kind < 0.6 ? strangeTasks : kind < 0.8 ? outOfDomain : nearMisses, random);
    const text = normalise(sampleTemplate(template, random, fill(random)));
    if (allTasks.match(text) === null && !ours.test(text)) return withNoise(text, true, random);
  }
}

function existing(random: Random): string {
  for (;;) {
    const sentence = sampleIntent(pick(aboutExisting, random), random, {
      from: ["wordings", "typed"],
      politeShare: 0.15,
      fill: fill(random),
    });
    const { words } = readTask(sentence);
    if (allTasks.match(words) === null && !/read ?me/.test(words)) return withNoise(words, true, random);
  }
}
