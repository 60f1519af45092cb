import type { ReplyPart } from "../roles.ts";
import type { Completion, GenerateRequest } from "../servers/server.ts";
import { type Candidate, oneOf } from "./answers.ts";
import { type Decision, decide, openDecision } from "./decision.ts";
import type { Answer } from "./phrase-book/intent.ts";

export interface Choice {
  readonly candidates: readonly Candidate[];
  /** 0 takes the likeliest. */
  readonly temperature: number;
  /** Of the tokens that decide; below it nothing is said. */
  readonly leastConfidence: number;
}

/**
 * Lets the model write one of the candidates. A line is passed on as it comes, once it is clear which one it is, and at once
 * when it is said in other words than the model has learnt; a call is returned, and so is null when the model was not sure or
 * wrote something else.
 */
export async function* follow(
  completion: Completion,
  request: Pick<GenerateRequest, "sequence" | "prompt" | "maxTokens" | "stop" | "onEnd">,
  { candidates, temperature, leastConfidence }: Choice,
  signal: AbortSignal,
): AsyncGenerator<ReplyPart, Answer | "said" | null, void> {
  let decision: Decision = openDecision(candidates);
  let line: string | null = null;
  let said = 0;
  const generation = { ...request, grammar: oneOf(candidates.map(({ text }) => text)), temperature };
  for await (const part of completion.generate(generation, signal)) {
    decision = decide(decision, part);
    if (decision.status === "open") continue;
    if (decision.status === "lost" || decision.confidence < leastConfidence) break;
    const { answer, text } = decision.candidate;
    if ("call" in answer) continue;
    line = answer.say;
    const to = line === text ? decision.written.length : line.length;
    if (to > said) yield { type: "text", text: line.slice(said, to) };
    said = to;
  }
  if (line !== null) {
    // A model that left the line half way is not believed; the line is finished for it.
    if (decision.status === "lost" && said < line.length) yield { type: "text", text: line.slice(said) };
    return "said";
  }
  return decision.status === "made" && decision.confidence >= leastConfidence ? decision.candidate.answer : null;
}
