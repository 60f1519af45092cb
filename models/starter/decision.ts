import type { Candidate } from "./answers.ts";

/**
 * Follows what the model writes until it can only be one of the candidates. `confidence` is the probability of the tokens that
 * decided between them; tokens after that are forced and say nothing.
 */
export type Decision =
  | {
      readonly status: "open";
      readonly written: string;
      readonly left: readonly Candidate[];
      readonly confidence: number;
    }
  | { readonly status: "made"; readonly written: string; readonly candidate: Candidate; readonly confidence: number }
  /** The model left the path of every candidate. */
  | { readonly status: "lost" };

export function openDecision(candidates: readonly Candidate[]): Decision {
  return settle("", candidates, 1);
}

export function decide(decision: Decision, part: { readonly text: string; readonly probability: number }): Decision {
  if (decision.status === "lost") return decision;
  const written = decision.written + part.text;
  if (decision.status === "made")
    return decision.candidate.text.startsWith(written) ? { ...decision, written } : { status: "lost" };
  return settle(written, decision.left, decision.confidence * part.probability);
}

function settle(written: string, candidates: readonly Candidate[], confidence: number): Decision {
  const left = candidates.filter(({ text }) => text.startsWith(written));
  const [candidate] = left;
  if (candidate === undefined) return { status: "lost" };
  return left.length === 1
    ? { status: "made", written, candidate, confidence }
    : { status: "open", written, left, confidence };
}
