import { randomInt } from "node:crypto";

/** Words that no two of which sound alike; a recogniser's grammar is made from them. */
export const phraseColours = [
  "amber",
  "blue",
  "copper",
  "crimson",
  "green",
  "indigo",
  "lavender",
  "orange",
  "pink",
  "purple",
  "silver",
  "turquoise",
  "white",
  "yellow",
] as const;
export const phraseDigits = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"] as const;
/** What is said before a phrase. */
export const phraseVerbs = ["apply", "approve"] as const;

/**
 * A phrase such as "amber seven", which nobody can know before it is shown.
 * @param lately phrases that are not to come again yet
 * @param randomBelow a whole number from 0 to below `limit`; by default one that cannot be guessed
 */
export function drawPhrase(lately: readonly string[], randomBelow: (limit: number) => number = randomInt): string {
  const used = new Set(lately);
  const free = phraseColours
    .flatMap((colour) => phraseDigits.map((digit) => `${colour} ${digit}`))
    .filter((phrase) => !used.has(phrase));
  const phrase = free[randomBelow(free.length)];
  if (phrase === undefined) throw new RangeError("Every phrase was used lately: give fewer of them");
  return phrase;
}

/** What somebody said while an approval is awaited. `another`: the right form with another phrase. */
export type HeardPhrase = "this-one" | "another" | "bare-yes" | "reject" | "none";

/**
 * What one final transcript says about an approval. The words must be nothing but that: a phrase inside of other words is `none`.
 * @param phrase the one awaited; null when it takes a click or a key
 */
export function heardPhrase(text: string, phrase: string | null): HeardPhrase {
  const words = plainWords(text);
  const said = withoutManners(words);
  const [verb = "", colour = "", digit = "", ...more] = said;
  if (more.length === 0 && isOneOf(phraseVerbs, verb) && isOneOf(phraseColours, colour)) {
    const heard = `${colour} ${digitsAsHeard.get(digit) ?? digit}`;
    if (heard === phrase) return "this-one";
    if (digit === "" || digitsAsHeard.has(digit)) return "another";
  }
  const line = said.join(" ");
  if (rejections.has(line)) return "reject";
  if (agreements.has(line)) return "bare-yes";
  return line === "" && words.some((word) => yesWords.has(word)) ? "bare-yes" : "none";
}

/** How recognisers write the digits. */
const digitsAsHeard = new Map<string, string>([
  ...phraseDigits.flatMap((digit, index): [string, string][] => [
    [digit, digit],
    [`${index + 1}`, digit],
  ]),
  ["won", "one"],
  ["to", "two"],
  ["too", "two"],
  ["for", "four"],
  ["ate", "eight"],
]);

const yesWords = new Set(["yes", "yeah", "yep", "yup", "okay", "ok", "sure", "alright", "right", "fine", "correct"]);
/** Only before the rest: after it, "right?" and "okay?" make a question of it. */
const openers = new Set(["please", ...yesWords]);
const closers = new Set(["please", "thanks"]);
const agreements = new Set([
  ...phraseVerbs.flatMap((verb) => [
    verb,
    ...["it", "that", "this", "the change", "the changes", "them", "all"].map((what) => `${verb} ${what}`),
  ]),
  "do it",
  "do that",
  "do so",
  "go ahead",
  "go for it",
  "go on",
  "accept",
  "accept it",
  "accept that",
  "confirm",
  "confirmed",
  "confirm it",
  "approved",
  "that is fine",
  "that's fine",
  "looks good",
  "looks good to me",
  "that looks good",
  "sounds good",
  "i approve",
  "i agree",
]);
const rejections = new Set([
  ...["reject", "discard", "no reject", "no discard"].flatMap((verb) => [
    verb,
    ...["it", "that", "this", "the change", "the changes", "them", "all"].map((what) => `${verb} ${what}`),
  ]),
  "throw it away",
  "throw that away",
  ...["it", "that", "this"].flatMap((what) =>
    phraseVerbs.flatMap((verb) => [`do not ${verb} ${what}`, `don't ${verb} ${what}`]),
  ),
]);

/** Words of every script count: a sentence must not become a phrase by losing what is not English. */
function plainWords(text: string): readonly string[] {
  return (
    text
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[\p{L}\p{M}']+|\p{N}+/gu) ?? []
  );
}

/** "Okay, please … , thanks." */
function withoutManners(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !openers.has(word));
  const last = words.findLastIndex((word) => !closers.has(word));
  return first === -1 ? [] : words.slice(first, last + 1);
}

function isOneOf(words: readonly string[], word: string): boolean {
  return words.includes(word);
}
