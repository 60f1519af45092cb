import { intents } from "./phrase-book/book.ts";
import type { Answer } from "./phrase-book/intent.ts";
import { refusal } from "./phrase-book/out-of-domain.ts";
import { callText } from "./prompt.ts";

/** One thing that the model may answer, and how it writes it. */
export interface Candidate {
  readonly text: string;
  readonly answer: Answer;
}

export const refusalCandidate: Candidate = { text: refusal, answer: { say: refusal } };

/** Lines of the phrase book that were put into other words since the model learnt it: it chooses them by writing the old ones. */
const learnt: ReadonlyMap<string, string> = new Map([
  [
    "Type npx sotto plan in a terminal. It shows which models fit this computer, and how to get them.",
    "The read me of Sotto has a section on better models. It says which of them fit this computer and how to get them.",
  ],
]);

/** Every answer that the model has learnt, each once. */
export const candidates: readonly Candidate[] = [
  refusalCandidate,
  ...new Map(intents.map(({ answer }) => candidateFor(answer)).map((one) => [one.text, one])).values(),
];

export function candidateFor(answer: Answer): Candidate {
  return { text: "say" in answer ? (learnt.get(answer.say) ?? answer.say) : callText(answer.call), answer };
}

/** A grammar that allows exactly these texts. */
export function oneOf(texts: readonly string[]): string {
  return `root ::= ${texts.map((text) => JSON.stringify(text)).join(" | ")}`;
}
