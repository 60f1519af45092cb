import { Fourier } from "./fourier.ts";

export interface DenoiseOptions {
  /** The least that is left of a frequency, as amplitude: 0.1 is 20 dB down. */
  readonly floor: number;
  /** How much the estimate of the noise is raised: 1 is none. */
  readonly over: number;
  /** Memory of the speech estimate, 0 to 1. */
  readonly memory: number;
}

export interface Denoised {
  readonly samples: Float32Array;
  /** The loud part of the utterance against its noise, in decibels. */
  readonly signalToNoiseDb: number;
}

const defaults: DenoiseOptions = { floor: 0.15, over: 1, memory: 0.95 };

const size = 512;
const hop = 128;
const bins = size / 2 + 1;
/** Audio that is taken for noise: the quietest of the utterance, pauses and pre-roll. */
const noiseFrames = Math.round((0.2 * 16_000) / hop);
const window = Float64Array.from({ length: size }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / size));
/** What overlapping windows add up to. */
const overlap = size / hop / 2;
const fourier = new Fourier(size);

/**
 * Takes steady noise out of an utterance at 16 kHz, in place of features that would: a Wiener filter with a decision-directed speech
 * estimate (Ephraim and Malah 1984). The noise is what the quietest frames have in common.
 */
export function denoise(samples: Float32Array, options: DenoiseOptions = defaults): Denoised {
  const frames = Math.ceil((samples.length + size - hop) / hop);
  const reals: Float64Array[] = [];
  const imaginaries: Float64Array[] = [];
  const powers: Float64Array[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const real = new Float64Array(size);
    const imaginary = new Float64Array(size);
    const from = (frame + 1) * hop - size;
    for (let i = 0; i < size; i++) real[i] = (samples[from + i] ?? 0) * (window[i] ?? 0);
    fourier.forward(real, imaginary);
    reals.push(real);
    imaginaries.push(imaginary);
    powers.push(Float64Array.from({ length: bins }, (_, bin) => (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2));
  }
  const noise = noiseOf(powers);
  const out = new Float32Array(samples.length);
  const speech = new Float64Array(bins);
  for (let frame = 0; frame < frames; frame++) {
    const real = reals[frame];
    const imaginary = imaginaries[frame];
    const power = powers[frame];
    if (real === undefined || imaginary === undefined || power === undefined) continue;
    for (let bin = 0; bin < bins; bin++) {
      const floor = (noise[bin] ?? 0) * options.over + 1e-12;
      const heard = power[bin] ?? 0;
      const now = Math.max(heard / floor - 1, 0);
      const prior = options.memory * ((speech[bin] ?? 0) / floor) + (1 - options.memory) * now;
      const gain = Math.max(prior / (1 + prior), options.floor);
      speech[bin] = gain * gain * heard;
      real[bin] = (real[bin] ?? 0) * gain;
      imaginary[bin] = (imaginary[bin] ?? 0) * gain;
      if (bin > 0 && bin < size / 2) {
        real[size - bin] = real[bin] ?? 0;
        imaginary[size - bin] = -(imaginary[bin] ?? 0);
      }
    }
    fourier.inverse(real, imaginary);
    const from = (frame + 1) * hop - size;
    for (let i = Math.max(0, -from); i < size && from + i < out.length; i++) {
      out[from + i] = (out[from + i] ?? 0) + ((real[i] ?? 0) * (window[i] ?? 0)) / overlap;
    }
  }
  return { samples: out, signalToNoiseDb: signalToNoise(powers, noise) };
}

/** Speech is loud for a third of an utterance or more. */
function signalToNoise(powers: readonly Float64Array[], noise: Float64Array): number {
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 1e-9);
  const loud = powers
    .map(sum)
    .sort((a, b) => b - a)
    .slice(0, Math.ceil(powers.length / 3));
  return 10 * Math.log10(loud.reduce((total, value) => total + value, 0) / Math.max(loud.length, 1) / sum(noise));
}

function noiseOf(powers: readonly Float64Array[]): Float64Array {
  // The first and last frames reach beyond the audio and would look quieter than it is.
  const whole = powers.slice(size / hop - 1, powers.length - size / hop + 1);
  const loudness = new Map(whole.map((power) => [power, power.reduce((sum, value) => sum + value, 0)]));
  const quiet = [...whole].sort((a, b) => (loudness.get(a) ?? 0) - (loudness.get(b) ?? 0)).slice(0, noiseFrames);
  const mean = new Float64Array(bins);
  for (const power of quiet)
    for (let bin = 0; bin < bins; bin++) mean[bin] = (mean[bin] ?? 0) + (power[bin] ?? 0) / quiet.length;
  // Neighbouring bins are much alike in noise; averaging them steadies an estimate made of few frames.
  return mean.map((value, bin) => ((mean[bin - 1] ?? value) + value + (mean[bin + 1] ?? value)) / 3);
}
