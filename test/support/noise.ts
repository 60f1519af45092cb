/** Numbers from 0 to 1, the same for the same seed. */
export function seededNoise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type NoiseKind = "white" | "pink" | "babble";

/** Noise with a mean square of about 1. Babble is pink noise that rises and falls as many voices together do. */
export function noise(length: number, kind: NoiseKind, random: () => number): Float64Array {
  const white = Float64Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
  if (kind === "white") return white;
  // Three leaky sums of white noise fall by about 3 dB an octave over the band of speech.
  const leaks = [0.997, 0.963, 0.57];
  const weights = [0.1, 0.3, 1.05];
  const sums = [0, 0, 0];
  const pink = white.map((value) => {
    let out = value * 0.18;
    leaks.forEach((leak, i) => {
      const sum = leak * (sums[i] ?? 0) + value * (weights[i] ?? 0);
      sums[i] = sum;
      out += sum;
    });
    return out;
  });
  const level = Math.sqrt(pink.reduce((sum, value) => sum + value * value, 0) / Math.max(length, 1));
  const shape = (i: number): number =>
    kind === "pink" ? 1 : 0.7 + 0.3 * Math.sin(i / 1_100) + 0.25 * Math.sin(i / 700 + 1) * Math.sin(i / 5_300);
  return pink.map((value, i) => (value / level) * shape(i));
}

/** Loudness of the speech in a recording, pauses left out: the root mean square of the frames within 26 dB of the loudest. */
export function speechLevel(samples: Int16Array): number {
  const frames = Array.from({ length: Math.floor(samples.length / 320) }, (_, i) => {
    const frame = samples.subarray(i * 320, (i + 1) * 320);
    return frame.reduce((sum, value) => sum + value * value, 0) / 320;
  });
  const loudest = Math.max(...frames);
  const loud = frames.filter((power) => power > loudest / 400);
  return Math.sqrt(loud.reduce((sum, power) => sum + power, 0) / loud.length);
}

/** Speech with noise that many decibels below it. */
export function withNoise(
  samples: Int16Array,
  options: { readonly kind: NoiseKind; readonly belowDb: number; readonly random: () => number },
): Int16Array {
  const gain = speechLevel(samples) / 10 ** (options.belowDb / 20);
  const added = noise(samples.length, options.kind, options.random);
  return samples.map((value, i) => Math.max(-32_768, Math.min(32_767, Math.round(value + gain * (added[i] ?? 0)))));
}
