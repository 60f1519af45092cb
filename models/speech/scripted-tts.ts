import { setImmediate as nextRound } from "node:timers/promises";
import { ModelError } from "../errors.ts";
import { type AudioFrame, sampleRateHz, type Tts } from "../roles.ts";
import { speechFrames } from "./speech-frames.ts";

const wordMs = 60;
const gapMs = 20;

/** For tests: 60 ms of tone and 20 ms of silence for each word, the pitch given by the voice. The same text sounds the same. */
export function scriptedTts(voices: readonly string[] = ["low", "high"]): Tts {
  return {
    voices,
    async *speak(text, { voice, speed }, signal): AsyncGenerator<AudioFrame, void, void> {
      const index = voices.indexOf(voice);
      if (index === -1)
        throw new ModelError("engine-failed", `There is no voice "${voice}"; there are ${voices.join(", ")}`);
      const words = text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
      for (const frame of speechFrames(tones(words, 220 * (index + 1), speed), 0)) {
        // Somebody else may speak, or abort, between any two frames.
        await nextRound();
        signal.throwIfAborted();
        yield frame;
      }
    },
  };
}

function tones(words: number, pitchHz: number, speed: number): Int16Array {
  const word = Math.round((wordMs * sampleRateHz) / 1_000 / speed);
  const period = Math.round(((wordMs + gapMs) * sampleRateHz) / 1_000 / speed);
  return Int16Array.from({ length: words * period }, (_, i) =>
    i % period < word ? Math.round(8_000 * Math.sin((2 * Math.PI * pitchHz * i) / sampleRateHz)) : 0,
  );
}
