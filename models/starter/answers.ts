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

/** Every answer that the model has learnt, each once. */
export const candidates: readonly Candidate[] = [
  refusalCandidate,
  ...new Map(intents.map(({ answer }) => candidateFor(answer)).map((one) => [one.text, one])).values(),
];

export function candidateFor(answer: Answer): Candidate {
  return { text: "say" in answer ? answer.say : callText(answer.call), answer };
}

/** A grammar that allows exactly these texts. */
export function oneOf(texts: readonly string[]): string {
  return `root ::= ${texts.map((text) => JSON.stringify(text)).join(" | ")}`;
}
