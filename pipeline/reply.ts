import type { ReplyPart } from "../models/roles.ts";
import { type ConsultOptions, consult } from "./consult.ts";
import { prefetch } from "./flow/prefetch.ts";
import type { ReplyEvent, ReplyJob } from "./reply-events.ts";
import { playout } from "./stages/playout.ts";
import { clauses } from "./stages/sentences.ts";
import { speak } from "./stages/speak.ts";

export interface ReplyOptions extends ConsultOptions {
  readonly leadMs: number;
  readonly speakable: (text: string) => string;
  /** What an errand has brought, as it comes. */
  readonly errand: (errandId: string) => AsyncIterable<ReplyPart>;
}

/** Makes one answer: think → clauses → speak, one ahead → playout. Lives for one turn; the signal ends it. */
export async function* reply(
  job: ReplyJob,
  options: ReplyOptions,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent, void, void> {
  const calls: ReplyEvent[] = [];
  const text = textOf(content(job, options, signal), calls);
  if (job.modality === "text") {
    for await (const piece of text) yield { type: "text", text: piece };
  } else {
    const { voice, speed } = job;
    const spoken = prefetch((inner) => speak(clauses(text, inner), { ...options, voice, speed }, inner), 1, signal);
    yield* playout(spoken, options, signal);
  }
  yield* calls;
}

async function* content(
  job: ReplyJob,
  options: ReplyOptions,
  signal: AbortSignal,
): AsyncGenerator<ReplyPart, void, void> {
  switch (job.content.type) {
    case "say":
      yield { type: "text", text: job.content.text };
      return;
    case "errand":
      options.mark("director");
      yield* options.errand(job.content.errandId);
      return;
    case "answer":
      yield* consult({ conversation: job.conversation, ...job.content }, options, signal);
  }
}

/** Text passes; calls are kept until the words before them have been spoken. */
async function* textOf(parts: AsyncIterable<ReplyPart>, calls: ReplyEvent[]): AsyncGenerator<string, void, void> {
  for await (const part of parts) {
    if (part.type === "text") yield part.text;
    else calls.push(part);
  }
}
