import { intents } from "../phrase-book/book.ts";
import type { Intent } from "../phrase-book/intent.ts";
import { createMatcher } from "../phrase-book/matcher.ts";
import { normalise } from "../phrase-book/normalise.ts";
import { nearMisses, outOfDomain, refusal } from "../phrase-book/out-of-domain.ts";
import { drawValue, pick, type Random, sampleIntent, sampleTemplate } from "../phrase-book/sample.ts";
import { callText } from "../prompt.ts";
import { withNoise } from "./noise.ts";
import { sampleResult } from "./results.ts";

/** One turn of a training conversation; the loss is taken over the assistant's turns with `learn`. */
export interface TrainingTurn {
  readonly role: "user" | "assistant" | "tool";
  readonly text: string;
  readonly learn: boolean;
  /** The text is only the beginning of the answer. */
  readonly cut?: boolean;
}

const trainedBook = createMatcher(intents, "heldOut");
const wholeBook = createMatcher(intents);

const shares = { outOfDomain: 0.17, nearMiss: 0.1, runaway: 0.03, typed: 0.6, cutAnswer: 0.1 };
const commands = intents.filter(({ name }) => ["stop", "cancel", "apply", "reject", "undo"].includes(name));
const continuations = [
  "{to|on|in|from|into|under|behind|for|with|about|at|over} {the|my|your|a|his} {<thing>|<any> <thing>|<any>}",
  "{for|until} {next|last|this} {year|week|month|summer|time}",
  "{of|and|or} {the|my|some|} <thing>",
];
/** Some are known by their words alone. */
const taught = intents.filter(({ typed }) => typed.length > 0);
const turnCounts = [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6];
/** Slots where any word may turn up, so that the model learns the sentence around them and not the list. */
const openSlots = new Set(["name", "word", "module", "program"]);

function fill(random: Random): (slot: string) => string {
  return (slot) => {
    if (openSlots.has(slot) && random() < 0.25) return drawValue(random() < 0.5 ? "any" : "thing", random, "any");
    return drawValue(slot, random, "trained");
  };
}

/** A sentence that asks for `intent` and is none of the held-out wordings. */
function askFor(intent: Intent, random: Random): string {
  for (;;) {
    const from = random() < shares.typed ? ("typed" as const) : ("wordings" as const);
    const sentence = sampleIntent(intent, random, { from: [from], politeShare: 0.15, fill: fill(random) });
    const text = withNoise(normalise(sentence), intent.polite, random);
    if (wholeBook.match(text) === null || trainedBook.match(text) !== null) return text;
  }
}

function stray(random: Random): string {
  for (;;) {
    const near = random() < shares.nearMiss / (shares.nearMiss + shares.outOfDomain);
    const text = normalise(
      sampleTemplate(pick(near ? nearMisses : outOfDomain, random), random, (slot) => drawValue(slot, random, "any")),
    );
    if (wholeBook.match(text) === null) return text;
  }
}

/** A command that goes on into something else, and so is none: "take it back" + "to the shop". */
function runaway(random: Random): string {
  for (;;) {
    const command = normalise(
      sampleIntent(pick(commands, random), random, { from: ["wordings", "typed"], politeShare: 0, fill: fill(random) }),
    );
    const text = `${command} ${normalise(sampleTemplate(pick(continuations, random), random, (slot) => drawValue(slot, random, "any")))}`;
    if (wholeBook.match(text) === null) return text;
  }
}

function exchange(random: Random): TrainingTurn[] {
  if (random() < shares.outOfDomain + shares.nearMiss + shares.runaway) {
    const text =
      random() < shares.runaway / (shares.outOfDomain + shares.nearMiss + shares.runaway)
        ? runaway(random)
        : stray(random);
    return [
      { role: "user", text, learn: false },
      { role: "assistant", text: refusal, learn: true },
    ];
  }
  const intent = pick(taught, random);
  const user: TrainingTurn = { role: "user", text: askFor(intent, random), learn: false };
  if ("say" in intent.answer) return [user, { role: "assistant", text: intent.answer.say, learn: true }];
  const call: TrainingTurn = { role: "assistant", text: callText(intent.answer.call), learn: true };
  const result = sampleResult(intent.answer.call, random);
  if (result === null) return [user, call];
  return [
    user,
    call,
    { role: "tool", text: result.json, learn: false },
    { role: "assistant", text: result.sentence, learn: true },
  ];
}

/** Earlier turns as a history may hold them: without calls, or with an answer that was cut off. */
function asHistory(turns: readonly TrainingTurn[], random: Random): TrainingTurn[] {
  const last = turns.at(-1);
  const [user] = turns;
  if (last === undefined || user === undefined) return [];
  if (random() < shares.cutAnswer) {
    const words = last.text.split(" ");
    return [
      user,
      { role: "assistant", text: words.slice(0, 1 + Math.floor(random() * words.length)).join(" "), learn: false },
    ];
  }
  return random() < 0.3 ? [user, { ...last, learn: false }] : [...turns];
}

export function conversation(random: Random): TrainingTurn[] {
  const count = pick(turnCounts, random);
  return Array.from({ length: count }, (_, index) => {
    const turns = exchange(random);
    return index < count - 1 ? asHistory(turns, random) : turns;
  }).flat();
}
