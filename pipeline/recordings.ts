import type { Clock } from "../models/clock.ts";
import { type AudioFrame, frameSamples, type Models } from "../models/roles.ts";
import { createFramer } from "./audio/framer.ts";
import { createWireDecoder, type WireFormat, wireRateHz } from "./audio/wire-audio.ts";
import { Channel } from "./flow/channel.ts";
import type { HearEvent } from "./hear-events.ts";
import { transcribe } from "./stages/transcribe.ts";

/** Sound that a client put into the conversation as a whole. */
export interface Recording {
  /** Counts down from -1, as what is heard counts up from 1. */
  readonly utterance: number;
  readonly format: WireFormat;
  readonly bytes: Uint8Array;
}

export interface RecordingsOptions {
  readonly models: Models;
  readonly clock: Clock;
  readonly emit: (event: Extract<HearEvent, { readonly type: "transcript" | "transcript-error" }>) => void;
}

/** A recogniser wants a little silence after the last word. */
const tailFrames = 10;
const chunkMs = 500;

/** Recordings on their way to words: one at a time, beside the talk, which they must not hold up. */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #waiting = new Channel<Recording>();

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  push(recording: Recording): void {
    this.#waiting.push(recording);
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#waiting.close();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    for await (const recording of this.#waiting) {
      if (signal.aborted) return;
      await this.#transcribe(recording, signal);
    }
  }

  async #transcribe({ utterance, format, bytes }: Recording, signal: AbortSignal): Promise<void> {
    const { models, clock, emit } = this.#options;
    const audioMs = (bytes.length * 1_000) / bytesPerSecond(format);
    try {
      const frames = framesOf(bytes, format, clock, signal);
      for await (const { final, text, rejected } of transcribe(
        frames,
        { models, clock, audioEnded: Promise.resolve(audioMs) },
        signal,
      ))
        if (final) emit({ type: "transcript", utterance, text, rejected, audioMs });
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      emit({ type: "transcript-error", utterance, message, atMs: 0 });
    }
  }
}

/** In pieces, with room between them for everything else: minutes of sound take a while to convert. */
async function* framesOf(
  bytes: Uint8Array,
  format: WireFormat,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<AudioFrame, void, void> {
  const decoder = createWireDecoder(format);
  const framer = createFramer();
  const chunk = (bytesPerSecond(format) * chunkMs) / 1_000;
  for (let at = 0; at < bytes.length; at += chunk) {
    yield* framer.push(decoder.push(bytes.subarray(at, at + chunk)));
    await clock.sleep(0, signal);
  }
  yield* framer.push(new Int16Array(tailFrames * frameSamples));
}

function bytesPerSecond(format: WireFormat): number {
  return wireRateHz(format) * (format === "audio/pcm" ? 2 : 1);
}
