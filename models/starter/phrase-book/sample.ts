import { politeAfter, politeBefore } from "./book.ts";
import type { Intent } from "./intent.ts";
import { matcher } from "./matcher.ts";
import { isHeldOutValue, slotValues } from "./slot-values.ts";
import { strayWords } from "./stray-words.ts";
import { type Part, parseTemplate, sampleParts } from "./template.ts";

/** A number from 0 up to but not including 1. */
export type Random = () => number;

/** A small seeded generator (mulberry32), so that corpora and tests can be made again. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("Nothing to pick from");
  return item;
}

/** Which slot values to draw: those the model was trained on, those it was not, or any. */
export type ValueSplit = "trained" | "held-out" | "any";

const parsed = new Map<string, readonly Part[]>();
const drawable = new Map<string, readonly string[]>();

function values(slot: string, split: ValueSplit): readonly string[] {
  const key = `${split}:${slot}`;
  const known = drawable.get(key);
  if (known !== undefined) return known;
  const all = slotValues[slot] ?? strayWords[slot];
  if (all === undefined) throw new Error(`No slot is called "${slot}"`);
  const some = split === "any" ? all : all.filter((value) => isHeldOutValue(slot, value) === (split === "held-out"));
  const kept = some.length === 0 ? all : some;
  drawable.set(key, kept);
  return kept;
}

/** A sentence drawn from a template, as it would be spoken. `fill` draws the slots' values; usually `drawValue`. */
export function sampleTemplate(template: string, random: Random, fill: (slot: string) => string): string {
  const parts = parsed.get(template) ?? parseTemplate(template);
  parsed.set(template, parts);
  return sampleParts(parts, random, fill).join(" ");
}

/** A value of a slot, from the given side of the hold-out. */
export function drawValue(slot: string, random: Random, split: ValueSplit): string {
  return pick(values(slot, split), random);
}

export interface SampleOptions {
  /** Which wordings to draw from: the recogniser's grammar holds "wordings" and "heldOut". */
  readonly from: readonly ("wordings" | "heldOut" | "typed")[];
  readonly fill: (slot: string) => string;
  /** How often a polite intent gets a polite word. */
  readonly politeShare: number;
}

/** A sentence that asks for `intent`, as it would be spoken: `normalise` it before the model or the matcher sees it. */
export function sampleIntent(intent: Intent, random: Random, options: SampleOptions): string {
  const templates = options.from.flatMap((list) => intent[list]);
  const sentence = sampleTemplate(pick(templates, random), random, options.fill);
  if (!intent.polite || random() >= options.politeShare) return sentence;
  const polite =
    random() < 0.5 ? `${pick(politeBefore, random)} ${sentence}` : `${sentence} ${pick(politeAfter, random)}`;
  return asksForOther(polite, intent) ? sentence : polite;
}

/** A polite word can make another sentence of the book: "again" asks for a repetition, "hey again" says hello. */
function asksForOther(sentence: string, intent: Intent): boolean {
  const asked = matcher.match(sentence);
  return asked !== null && asked.name !== intent.name;
}
