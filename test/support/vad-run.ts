import { frameSamples } from "../../models/roles.ts";
import { type Silero, SileroState } from "../../models/speech/silero.ts";
import { initialVadState, stepVad, type VadState, vadSettings } from "../../pipeline/stages/vad.ts";
import { seededNoise } from "./noise.ts";

/** A quiet room before and after a recording, in samples: a session does not begin in mid-word. */
const roomSamples = 8_000;

/** Stretches of speech in seconds, as the real detector and the stage find them. */
export async function speechIn(silero: Silero, samples: Int16Array): Promise<{ starts: number[]; ends: number[] }> {
  const random = seededNoise(1);
  const audio = Int16Array.from({ length: samples.length + 2 * roomSamples }, () => Math.round((random() - 0.5) * 20));
  audio.set(samples, roomSamples);
  const stream = new SileroState();
  const starts: number[] = [];
  const ends: number[] = [];
  let state: VadState = initialVadState;
  const seconds = (ms: number): number => ms / 1_000 - roomSamples / 16_000;
  for (let at = 0; at + frameSamples <= audio.length; at += frameSamples) {
    const frame = { samples: audio.slice(at, at + frameSamples), atMs: at / 16 };
    const step = stepVad(state, { frame, probability: await silero.score(stream, frame.samples) }, vadSettings(0.5));
    state = step.state;
    for (const event of step.events) {
      if (event.type === "speech-start") starts.push(seconds(event.atMs));
      if (event.type === "speech-end") ends.push(seconds(event.atMs));
    }
  }
  return { starts, ends };
}

/** The one nearest to a mark. */
export function nearest(mark: number, found: readonly number[]): number {
  return found.reduce(
    (best, time) => (Math.abs(time - mark) < Math.abs(best - mark) ? time : best),
    Number.POSITIVE_INFINITY,
  );
}
