import { expect, test } from "vitest";
import { denoise } from "../../../models/speech/denoise.ts";
import { fliteSpeech } from "../../support/flite-voice.ts";
import { seededNoise, withNoise } from "../../support/noise.ts";

const toFloat = (samples: Int16Array): Float32Array => Float32Array.from(samples, (sample) => sample / 32_768);

function power(samples: Float32Array): number {
  return samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value - (b[i] ?? 0));
}

async function utterance(): Promise<Int16Array> {
  const speech = await fliteSpeech("what is the capital of italy", "rms");
  const padded = new Int16Array(speech.length + 6_400);
  padded.set(speech, 4_800);
  return padded;
}

test("noise at 15 dB is taken down by more than half, the words are not", async () => {
  const clean = await utterance();
  const noisy = toFloat(withNoise(clean, { kind: "white", belowDb: 15, random: seededNoise(1) }));
  const { samples, signalToNoiseDb } = denoise(noisy);
  const before = power(difference(noisy, toFloat(clean)));
  const after = power(difference(samples, toFloat(clean)));
  expect(after).toBeLessThan(before / 2);
  expect(power(samples)).toBeGreaterThan(power(toFloat(clean)) / 2);
  expect(signalToNoiseDb).toBeGreaterThan(10);
  expect(signalToNoiseDb).toBeLessThan(25);
});

test("clean speech comes out as it went in", async () => {
  const clean = toFloat(await utterance());
  const { samples, signalToNoiseDb } = denoise(clean);
  expect(samples).toHaveLength(clean.length);
  expect(power(difference(samples, clean))).toBeLessThan(power(clean) / 1_000);
  expect(signalToNoiseDb).toBeGreaterThan(40);
});

test.each([0, 1, 100, 513])("%i samples are no trouble", (length) => {
  const { samples } = denoise(new Float32Array(length).fill(0.1));
  expect(samples).toHaveLength(length);
  expect(samples.every(Number.isFinite)).toBe(true);
});
