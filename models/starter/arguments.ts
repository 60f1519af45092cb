import type { Operation } from "../tools/arithmetic.ts";
import { intents, politeAfter, politeBefore } from "./phrase-book/book.ts";
import type { ToolName } from "./phrase-book/intent.ts";
import { normalise } from "./phrase-book/normalise.ts";
import { findNumbers } from "./phrase-book/number-words.ts";
import { slotValues, spokenCountries } from "./phrase-book/slot-values.ts";

/** A call's arguments, taken from the user's own words; null when the words it needs are not there, so that it can not be made. */
export function argumentsFor(tool: ToolName, userText: string): Readonly<Record<string, unknown>> | null {
  const words = normalise(userText).split(" ");
  switch (tool) {
    case "arithmetic":
      return sum(words);
    case "capital":
      return wrapped("country", findCountry(words));
    case "spell":
      return wrapped("word", wordToSpell(words));
    case "introduce":
      return wrapped("name", findName(words.join(" ")));
    case "ask_director":
      return { question: userText.trim() };
    case "hand_off":
      return { task: userText.trim() };
    default:
      return {};
  }
}

function wrapped(key: string, value: string | undefined): Readonly<Record<string, string>> | null {
  return value === undefined ? null : { [key]: value };
}

const longestCountry = 4;

/** The last country named; "south korea" goes before "korea". */
function findCountry(words: readonly string[]): string | undefined {
  const plain = words.map((word) => word.replace(/'s$/, ""));
  for (let end = plain.length; end > 0; end--) {
    for (let start = Math.max(0, end - longestCountry); start < end; start++) {
      const country = spokenCountries.get(plain.slice(start, end).join(" "));
      if (country !== undefined) return country;
    }
  }
  return undefined;
}

const operations: readonly (readonly [RegExp, Operation])[] = [
  [/\b(divided|divide|over|quotient)\b/, "divided by"],
  [/\b(times|multiplied|multiply|product)\b/, "times"],
  [/\b(minus|subtract|difference|less)\b/, "minus"],
  [/\b(plus|add|added|sum|and)\b/, "plus"],
];

function sum(words: readonly string[]): Readonly<Record<string, unknown>> | null {
  const [first, second, ...more] = findNumbers(words);
  const operation = operations.find(([pattern]) => pattern.test(words.join(" ")))?.[1];
  if (first === undefined || second === undefined || more.length > 0 || operation === undefined) return null;
  const swapped = words.includes("subtract") && words.includes("from");
  return { a: swapped ? second : first, operation, b: swapped ? first : second };
}

/** Words around the word to spell: all that the phrase book's own wordings use, and the polite ones. */
const aroundSpelling = new Set([
  ...intents
    .filter(({ name }) => name === "spell")
    .flatMap(({ wordings, heldOut, typed }) => [...wordings, ...heldOut, ...typed])
    .flatMap((template) => normalise(template.replace(/<word>/g, " ")).split(" ")),
  ...politeBefore,
  ...politeAfter,
  "thanks",
]);

function wordToSpell(words: readonly string[]): string | undefined {
  const unknown = words.filter((word) => !aroundSpelling.has(word));
  // "spell please": every word may be the one, and the last is the likeliest.
  return unknown.at(-1) ?? (words.length > 1 ? words.at(-1) : undefined);
}

/** After these any word is a name; after "I am" or "this is" only one that is known to be. */
const namedAs =
  /.*\b(?:name (?:is|would be)|calls? me|i am called|(?:know|knows|remember) me as|go by|named me) ([a-z'-]+)/;
const saidToBe = /.*\b(?:i am|this is|it is) ([a-z'-]+)/;
const beforeMark = /\b([a-z'-]+) (?:is my name|is the name|here|speaking)\b/;
const notNames = new Set(
  "a an the not so very my your sorry here is you in at on it me called speaking what who nobody".split(" "),
);
const knownNames = new Set(slotValues["name"]);

function findName(text: string): string | undefined {
  const named = namedAs.exec(text)?.[1];
  if (named !== undefined && !notNames.has(named)) return named;
  return [saidToBe, beforeMark].map((pattern) => pattern.exec(text)?.[1] ?? "").find((name) => knownNames.has(name));
}
