import { sampleRateHz } from "../roles.ts";
import { type FliteSpeech, silence } from "./flite-program.ts";

const samplesPerMs = sampleRateHz / 1_000;
/** Some phones are heard a little before or after the time that flite gives for them. */
const leadMs = 15;
const releaseMs = 20;

export interface TrimmedSpeech {
  readonly samples: Int16Array<ArrayBuffer>;
  /** Where in flite's own time the samples begin. */
  readonly fromMs: number;
}

/** The words without the silence that flite puts around them (about 200 ms before, 150 ms behind), and `pauseMs` after them. */
export function withPause({ samples, phones }: FliteSpeech, pauseMs: number): TrimmedSpeech {
  const first = phones.findIndex(({ name }) => name !== silence);
  const last = phones.findLast(({ name }) => name !== silence);
  if (last === undefined) return { samples: new Int16Array(0), fromMs: 0 };
  const from = Math.max(0, Math.round(((phones[first - 1]?.endMs ?? 0) - leadMs) * samplesPerMs));
  const to = Math.round((last.endMs + releaseMs + pauseMs) * samplesPerMs);
  // Flite's own silence may be shorter than the pause wanted; the rest stays zero.
  const out = new Int16Array(Math.max(0, to - from));
  out.set(samples.subarray(from, to));
  return { samples: out, fromMs: from / samplesPerMs };
}
