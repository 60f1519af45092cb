import fc from "fast-check";
import { expect, test } from "vitest";
import { denoise } from "../../../models/speech/denoise.ts";
import { pitchHz } from "../../../models/speech/pitch.ts";
import { lowered } from "../../../models/speech/voice-height.ts";
import { type FliteVoice, fliteSpeech } from "../../support/flite-voice.ts";
import { seededNoise, withNoise } from "../../support/noise.ts";
import "../../support/seed.ts";

const rateHz = 16_000;
const toFloat = (samples: Int16Array): Float32Array => Float32Array.from(samples, (sample) => sample / 32_768);

/** A hum with the overtones that a voice has. */
function hum(pitch: number, seconds = 1): Float32Array {
  return Float32Array.from({ length: seconds * rateHz }, (_, i) => {
    let sum = 0;
    for (let overtone = 1; overtone <= 9; overtone++) {
      sum += Math.sin((2 * Math.PI * overtone * pitch * i) / rateHz) / overtone;
    }
    return sum / 10;
  });
}

test("the pitch of any hum is found", () => {
  fc.assert(
    fc.property(fc.integer({ min: 80, max: 330 }), (pitch) => {
      const found = pitchHz(hum(pitch)) ?? 0;
      // A quarter of the samples is what is looked at, so high ones are told apart in steps.
      expect(Math.abs(found - pitch)).toBeLessThan(0.06 * pitch);
    }),
    { numRuns: 40 },
  );
});

test("silence and hiss have no pitch", () => {
  const random = seededNoise(1);
  expect(pitchHz(new Float32Array(rateHz))).toBeUndefined();
  expect(pitchHz(new Float32Array(100))).toBeUndefined();
  expect(pitchHz(Float32Array.from({ length: rateHz }, () => random() - 0.5))).toBeUndefined();
});

test.each<{ voice: FliteVoice; fromHz: number; toHz: number }>([
  { voice: "slt", fromHz: 160, toHz: 200 },
  { voice: "rms", fromHz: 80, toHz: 115 },
  { voice: "awb", fromHz: 110, toHz: 150 },
  { voice: "kal", fromHz: 80, toHz: 110 },
])("$voice is found between $fromHz and $toHz Hz, in noise as in quiet", async ({ voice, fromHz, toHz }) => {
  const clean = await fliteSpeech("what is the capital of italy", voice);
  const noisy = withNoise(clean, { kind: "pink", belowDb: 15, random: seededNoise(2) });
  for (const samples of [clean, noisy]) {
    const found = pitchHz(denoise(toFloat(samples)).samples);
    expect(found).toBeGreaterThan(fromHz);
    expect(found).toBeLessThan(toHz);
  }
});

test("a high hum comes out a tenth lower and longer, and else as it went in", () => {
  const low = lowered(hum(200));
  expect(low.length).toBe(Math.floor(rateHz / 0.9));
  const wanted = hum(180, 2);
  for (let i = 200; i < low.length - 200; i++) expect(low[i]).toBeCloseTo(wanted[i] ?? 0, 3);
});

test("a low voice is left as it is", () => {
  const samples = hum(110);
  expect(lowered(samples)).toBe(samples);
});
