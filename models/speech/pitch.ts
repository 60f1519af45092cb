import { sampleRateHz } from "../roles.ts";

/** Pitch is looked for in audio of a quarter of the samples: it needs none of the rest. */
const step = 4;
const rateHz = sampleRateHz / step;
const frameLength = 0.04 * rateHz;
const frameStep = 0.02 * rateHz;
const shortestLag = Math.floor(rateHz / 400);
const longestLag = Math.ceil(rateHz / 65);
/** How alike a frame must be to itself one period later before it counts as voiced. */
const voicedFrom = 0.5;
/** A multiple of the period is as alike as the period: the first lag that comes this near to the best is taken. */
const nearBest = 0.9;

/**
 * The middle pitch of a voice, in hertz, over the loud third of its audio, by autocorrelation.
 * @returns undefined when next to nothing is voiced.
 */
export function pitchHz(samples: Float32Array): number | undefined {
  const slow = slower(samples);
  const starts = Array.from(
    { length: Math.max(0, Math.floor((slow.length - frameLength - longestLag) / frameStep)) },
    (_, index) => index * frameStep,
  );
  const power = new Map(starts.map((from) => [from, product(slow, from, 0)]));
  const loud = starts.sort((a, b) => (power.get(b) ?? 0) - (power.get(a) ?? 0)).slice(0, Math.ceil(starts.length / 3));
  const pitches = loud.flatMap((from) => framePitchHz(slow, from) ?? []).sort((a, b) => a - b);
  return pitches.length < 5 ? undefined : pitches[Math.floor(pitches.length / 2)];
}

function framePitchHz(samples: Float32Array, from: number): number | undefined {
  const own = product(samples, from, 0);
  const alike = Array.from({ length: longestLag + 1 }, (_, lag) => {
    if (lag < shortestLag) return 0;
    const scale = Math.sqrt(own * product(samples, from + lag, 0));
    return scale === 0 ? 0 : product(samples, from, lag) / scale;
  });
  const best = Math.max(...alike);
  if (best < voicedFrom) return undefined;
  const isPeak = (lag: number): boolean => {
    const value = alike[lag] ?? 0;
    return value >= nearBest * best && value >= (alike[lag - 1] ?? 0) && value >= (alike[lag + 1] ?? 0);
  };
  const lag = alike.findIndex((_, index) => index > shortestLag && isPeak(index));
  return lag < 0 ? undefined : rateHz / lag;
}

/** The sum of products of a frame with what comes `lag` samples later. */
function product(samples: Float32Array, from: number, lag: number): number {
  let sum = 0;
  for (let i = from; i < from + frameLength; i++) sum += (samples[i] ?? 0) * (samples[i + lag] ?? 0);
  return sum;
}

function slower(samples: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / step) }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < step; k++) sum += samples[i * step + k] ?? 0;
    return sum / step;
  });
}
