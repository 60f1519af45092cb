import { setImmediate as nextRound } from "node:timers/promises";
import { ModelError } from "../errors.ts";
import { type SpeechFrame, sampleRateHz, type Tts } from "../roles.ts";
import { speechFrames } from "./speech-frames.ts";

const wordMs = 60;
const gapMs = 20;

/** For tests: 60 ms of tone and 20 ms of silence for each word, the pitch given by the voice. The same text sounds the same. */
export function scriptedTts(voices: readonly string[] = ["low", "high"]): Tts {
  return {
    voices,
    async *speak(text, { voice, speed }, signal): AsyncGenerator<SpeechFrame, void, void> {
      const index = voices.indexOf(voice);
      if (index === -1)
        throw new ModelError("engine-failed", `There is no voice "${voice}"; there are ${voices.join(", ")}`);
      const timing = { word: samplesOf(wordMs / speed), period: samplesOf((wordMs + gapMs) / speed) };
      const said = (text.match(/\S+/g) ?? []).flatMap((written, i) => (written.match(soundingWord) ?? []).map(() => i));
      let begun = 0;
      for (const frame of speechFrames(tones(said.length, 220 * (index + 1), timing), 0)) {
        // Somebody else may speak, or abort, between any two frames.
        await nextRound();
        signal.throwIfAborted();
        const endSample = samplesOf(frame.atMs) + frame.samples.length;
        const from = begun;
        while (begun < said.length && begun * timing.period + timing.word <= endSample) begun += 1;
        const words = said.slice(from, begun).map((word, i) => {
          const startSample = (from + i) * timing.period;
          return { index: word, startSample, endSample: startSample + timing.word };
        });
        yield words.length === 0 ? frame : { ...frame, words };
      }
    },
  };
}

const soundingWord = /[\p{L}\p{N}]+/gu;

function samplesOf(ms: number): number {
  return Math.round((ms * sampleRateHz) / 1_000);
}

interface Timing {
  readonly word: number;
  readonly period: number;
}

function tones(words: number, pitchHz: number, { word, period }: Timing): Int16Array {
  return Int16Array.from({ length: words * period }, (_, i) =>
    i % period < word ? Math.round(8_000 * Math.sin((2 * Math.PI * pitchHz * i) / sampleRateHz)) : 0,
  );
}
