import type { Clock } from "../../models/clock.ts";
import { ModelError } from "../../models/errors.ts";
import type { AudioFrame, Models, Transcript } from "../../models/roles.ts";
import { leaseAfterCrash } from "../flow/comeback.ts";
import { childOf } from "../flow/scope.ts";

/** A recogniser that has not answered this long after the last frame, and the length of the audio beside, is taken for hung. */
const finalTimeoutMs = 8_000;
const comebackMs = 5_000;

/** What a transcription needs beside the audio. `audioEnded` resolves with its length in ms when the last frame has been handed over. */
export interface TranscribeOptions {
  readonly models: Models;
  readonly clock: Clock;
  readonly audioEnded: Promise<number>;
}

/**
 * One utterance to text: any number of partial transcripts, then exactly one final.
 * @throws ModelError when no recogniser answers; never hangs.
 */
export async function* transcribe(
  frames: AsyncIterable<AudioFrame>,
  { models, clock, audioEnded }: TranscribeOptions,
  signal: AbortSignal,
): AsyncGenerator<Transcript, void, void> {
  using scope = childOf(signal);
  using lease = await leaseAfterCrash(models, { role: "stt", clock, withinMs: comebackMs }, scope.signal);
  audioEnded
    .then((audioMs) => clock.sleep(finalTimeoutMs + audioMs, scope.signal))
    .then(
      () => scope.abort(new ModelError("engine-failed", "The recogniser did not answer in time")),
      () => undefined,
    );
  for await (const transcript of lease.engine.transcribe(frames, scope.signal)) {
    yield transcript;
    if (transcript.final) return;
  }
  scope.signal.throwIfAborted();
  throw new ModelError("engine-failed", "The recogniser ended without a transcript");
}
