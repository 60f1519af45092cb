import { numberToWords } from "./number-words.ts";

/** Short forms and what they stand for; people write and say either. */
export const contractions: Readonly<Record<string, string>> = {
  "what's": "what is",
  whats: "what is",
  "who's": "who is",
  "where's": "where is",
  "how's": "how is",
  "that's": "that is",
  "it's": "it is",
  "there's": "there is",
  "name's": "name is",
  "let's": "let us",
  "i'm": "i am",
  im: "i am",
  "i've": "i have",
  "i'd": "i would",
  "i'll": "i will",
  "you're": "you are",
  "you've": "you have",
  "you'd": "you would",
  "you'll": "you will",
  "we're": "we are",
  "we've": "we have",
  "they're": "they are",
  "can't": "can not",
  cannot: "can not",
  "won't": "will not",
  "don't": "do not",
  dont: "do not",
  "doesn't": "does not",
  "didn't": "did not",
  "isn't": "is not",
  "aren't": "are not",
  "couldn't": "could not",
  "shouldn't": "should not",
  "wouldn't": "would not",
  ok: "okay",
};

const signs: readonly (readonly [RegExp, string])[] = [
  [/(\d)\s*[x×*]\s*(?=\d)/g, "$1 times "],
  [/(\d)\s*[-−–]\s*(?=\d)/g, "$1 minus "],
  [/(\d)\s*[/÷:]\s*(?=\d)/g, "$1 divided by "],
  [/\+/g, " plus "],
  [/\*|×/g, " times "],
  [/÷/g, " divided by "],
  [/&/g, " and "],
  [/%/g, " percent "],
];

/** Tags around the model's tool calls and turns: they may never come from a user. */
const control = /<\|[^|<>]*\|>|<\/?tool_call>/g;

/**
 * The one form in which typed text and recognised speech reach the matcher and the model: lower case, plain ASCII words, contractions
 * expanded, digits as words, no punctuation. Idempotent.
 */
export function normalise(text: string): string {
  let plain = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[’‘`´]/g, "'")
    .toLowerCase()
    .replace(control, " ");
  for (const [sign, words] of signs) plain = plain.replace(sign, words);
  return plain
    .replace(/(\d),(?=\d{3}\b)/g, "$1")
    .replace(/\d+/g, (digits) => ` ${numberToWords(Number(digits))} `)
    .replace(/[^a-z' ]+|'{2,}/g, " ")
    .split(" ")
    .map((word) => word.replace(/^'+|'+$/g, ""))
    .filter((word) => word !== "")
    .map((word) => contractions[word] ?? word)
    .join(" ");
}
