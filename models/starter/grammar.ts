import { intents, politeAfter, politeBefore } from "./phrase-book/book.ts";
import type { Intent } from "./phrase-book/intent.ts";
import { contractions } from "./phrase-book/normalise.ts";
import { slotValues } from "./phrase-book/slot-values.ts";
import { type Part, parseTemplate } from "./phrase-book/template.ts";

/** Spellings such as "whats" are only ever typed. */
const spokenContractions = Object.entries(contractions).filter(([short]) => short.includes("'"));
const eitherForm = new RegExp(`(?<![\\w'])(?:${spokenContractions.flat().join("|")})(?![\\w'])`, "g");
const usedSlots = new Set<string>();
const intentRules = intents.map(
  (intent) =>
    `<${ruleName(intent)}> = ${[...intent.wordings, ...intent.heldOut].map((template) => sequence(parseTemplate(template))).join(" | ")};`,
);
const plain = intents.filter((intent) => !intent.polite).map((intent) => `<${ruleName(intent)}>`);
const polite = intents.filter((intent) => intent.polite).map((intent) => `<${ruleName(intent)}>`);
/** How often a polite intent comes with a polite word. */
const politeShare = 0.3;

/** The phrase book's rules in JSGF, without header and public rule; `phraseBookRule` is the one to start from. */
export const jsgfRules: readonly string[] = [
  ...[...usedSlots].map((slot) => `<${slot}> = ${(slotValues[slot] ?? []).join(" | ")};`),
  ...intentRules,
  `<plain_phrase> = ${plain.join(" | ")};`,
  `<polite_phrase> = ${polite.join(" | ")};`,
  `<before> = /${1 - politeShare / 2}/ <NULL> | /${politeShare / 2}/ ( ${politeBefore.join(" | ")} );`,
  `<after> = /${1 - politeShare / 2}/ <NULL> | /${politeShare / 2}/ ( ${politeAfter.join(" | ")} );`,
  `<phrase> = /${plain.length}/ <plain_phrase> | /${polite.length}/ <before> <polite_phrase> <after>;`,
];

export const phraseBookRule = "phrase";

/** A whole grammar that hears the phrase book and nothing else. */
export const phraseBookJsgf: string = `#JSGF V1.0;\ngrammar starter;\n${jsgfRules.join("\n")}\npublic <s> = <${phraseBookRule}>;\n`;

/** Words of the grammar that an English pronouncing dictionary lacks, in ARPAbet. */
export const pronunciations: Readonly<Record<string, string>> = { refactor: "R IY F AE K T ER" };

/** Every word that the grammar uses, as spoken ("what's" is one word), sorted. */
export const grammarWords: readonly string[] = [
  ...new Set(
    [...jsgfRules.map((rule) => rule.slice(rule.indexOf("=")))].flatMap(
      (rule) => rule.replace(/<[^>]*>/g, " ").match(/[a-z']+/g) ?? [],
    ),
  ),
].sort();

function ruleName(intent: Intent): string {
  return `intent_${intent.name}`;
}

/** A recogniser hears exactly what its grammar has, and people say both "what's" and "what is". */
function withContractions(text: string): string {
  return text.replaceAll(eitherForm, (form) => {
    const [short, full] = spokenContractions.find((pair) => pair.includes(form)) ?? [form, form];
    return `( ${full} | ${short} )`;
  });
}

function sequence(parts: readonly Part[]): string {
  return withContractions(plainSequence(parts));
}

function plainSequence(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (part.kind === "word") return part.word;
      if (part.kind === "slot") {
        usedSlots.add(part.slot);
        return `<${part.slot}>`;
      }
      const options = part.options.filter((option) => option.length > 0).map(plainSequence);
      const brackets = options.length < part.options.length ? "[]" : "()";
      return `${brackets[0]} ${options.join(" | ")} ${brackets[1]}`;
    })
    .join(" ");
}
