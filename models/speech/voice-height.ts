import { pitchHz } from "./pitch.ts";

/**
 * The recogniser's sounds were learned from many speakers' telephone calls, and a short vocal tract's lie a tenth above them
 * (vocal tract length normalisation: Eide and Gish 1996). Measured with test/bench/stt.bench.ts: the voice slt, at 180 Hz, is
 * heard best when lowered by a tenth; the others, all below 155 Hz, as they are.
 */
const highHz = { from: 150, to: 165 };
const lowestRatio = 0.9;

/** Samples on either side of a new one that it is made from. */
const reach = 12;
const taps = Array.from({ length: 2 * reach }, (_, i) => {
  const offset = i + 1 - reach;
  const angle = (Math.PI * offset) / reach;
  return { offset, sign: offset % 2 === 0 ? 1 : -1, cos: Math.cos(angle), sin: Math.sin(angle) };
});

/** A high voice as it would sound from a longer vocal tract, and by as much slower; other voices as they are. */
export function lowered(samples: Float32Array): Float32Array {
  const height = ((pitchHz(samples) ?? 0) - highHz.from) / (highHz.to - highHz.from);
  return height <= 0 ? samples : played(samples, 1 - (1 - lowestRatio) * Math.min(height, 1));
}

/** Audio played at a speed of at most 1, by sinc interpolation under a Hann window. */
function played(samples: Float32Array, speed: number): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / speed) }, (_, i) => {
    const at = i * speed;
    const left = Math.floor(at);
    const part = at - left;
    if (part === 0) return samples[left] ?? 0;
    // The sine of each distance is the first one's with its sign turned at every step; the window is a cosine of a difference.
    const cos = Math.cos((Math.PI * part) / reach);
    const sin = Math.sin((Math.PI * part) / reach);
    let sum = 0;
    for (const tap of taps) {
      const weight = 0.5 + 0.5 * (cos * tap.cos + sin * tap.sin);
      sum += ((samples[left + tap.offset] ?? 0) * tap.sign * weight) / (part - tap.offset);
    }
    return (sum * Math.sin(Math.PI * part)) / Math.PI;
  });
}
