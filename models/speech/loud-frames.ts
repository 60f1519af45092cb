import { sampleRateHz } from "../roles.ts";

/** Audio this far below the loudest tenth is not loud. */
const loudWithinDb = 20;
export const loudFrameSamples = 0.01 * sampleRateHz;
/** Room for what begins or ends softly, such as "hey" and "this". */
const leadSamples = 0.25 * sampleRateHz;
const tailSamples = 0.1 * sampleRateHz;

/** Which hundredths of a second are loud: speech, not the pauses in it nor what is around it. */
export function loudFrames(samples: Float32Array): readonly number[] {
  const powers = Array.from({ length: Math.floor(samples.length / loudFrameSamples) }, (_, frame) =>
    samples
      .subarray(frame * loudFrameSamples, (frame + 1) * loudFrameSamples)
      .reduce((sum, value) => sum + value * value, Number.MIN_VALUE),
  );
  const loudest = [...powers].sort((a, b) => b - a).slice(0, Math.ceil(powers.length / 10));
  // A mean of decibels, so that one click does not make all speech look quiet.
  const loudestDb = loudest.reduce((sum, power) => sum + decibels(power), 0) / Math.max(loudest.length, 1);
  return powers.flatMap((power, frame) => (decibels(power) > loudestDb - loudWithinDb ? [frame] : []));
}

function decibels(power: number): number {
  return 10 * Math.log10(power);
}

/**
 * An utterance without most of the silence around it. How much silence there is shifts what features are normalised by, and in noise
 * it is no silence to the recogniser.
 */
export function withoutSilence(samples: Float32Array): Float32Array {
  const loud = loudFrames(samples);
  const from = (loud[0] ?? 0) * loudFrameSamples - leadSamples;
  const to = ((loud.at(-1) ?? 0) + 1) * loudFrameSamples + tailSamples;
  return loud.length === 0 ? samples : samples.subarray(Math.max(0, from), to);
}
