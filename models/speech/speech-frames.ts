import { type AudioFrame, frameSamples, sampleRateHz } from "../roles.ts";

/** Cuts a stretch of sound into frames of 32 ms; the last may be shorter. `fromSample` counts from the clause's start. */
export function* speechFrames(samples: Int16Array, fromSample: number): Generator<AudioFrame, void, void> {
  for (let at = 0; at < samples.length; at += frameSamples) {
    yield { samples: samples.slice(at, at + frameSamples), atMs: ((fromSample + at) * 1_000) / sampleRateHz };
  }
}
