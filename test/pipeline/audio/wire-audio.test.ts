import { describe, expect, test } from "vitest";
import { createWireDecoder, createWireEncoder, type WireFormat } from "../../../pipeline/audio/wire-audio.ts";

const formats: readonly [WireFormat, number, number][] = [
  ["audio/pcm", 24_000, 2],
  ["audio/pcmu", 8_000, 1],
  ["audio/pcma", 8_000, 1],
];
const tone = (count: number): Int16Array =>
  Int16Array.from({ length: count }, (_, n) => Math.round(10_000 * Math.sin((2 * Math.PI * 440 * n) / 16_000)));

function encoded(format: WireFormat, samples: Int16Array, step: number): Uint8Array {
  const encoder = createWireEncoder(format);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < samples.length; at += step) pieces.push(encoder.push(samples.subarray(at, at + step)));
  return Buffer.concat([...pieces, encoder.flush()]);
}

function decoded(format: WireFormat, bytes: Uint8Array, step: number): Int16Array {
  const decoder = createWireDecoder(format);
  const samples: number[] = [];
  for (let at = 0; at < bytes.length; at += step) samples.push(...decoder.push(bytes.subarray(at, at + step)));
  return Int16Array.from(samples);
}

/** How strong 440 Hz is, and everything else beside it. */
function toneAndRest(samples: Int16Array): { tone: number; rest: number } {
  const middle = samples.subarray(2_000, 2_000 + 8_000);
  let sine = 0;
  let cosine = 0;
  let power = 0;
  middle.forEach((value, n) => {
    sine += value * Math.sin((2 * Math.PI * 440 * n) / 16_000);
    cosine += value * Math.cos((2 * Math.PI * 440 * n) / 16_000);
    power += value ** 2;
  });
  const amplitude = (2 * Math.hypot(sine, cosine)) / middle.length;
  return { tone: amplitude, rest: Math.sqrt(Math.max(0, power / middle.length - amplitude ** 2 / 2)) };
}

describe.each(formats)("%s", (format, rateHz, sampleBytes) => {
  test("has its rate and its bytes a sample", () => {
    const bytes = encoded(format, tone(16_000), 320);
    expect(Math.abs(bytes.length - rateHz * sampleBytes)).toBeLessThanOrEqual(2 * sampleBytes);
  });

  test("a tone comes back as it was", () => {
    const there = encoded(format, tone(16_000), 320);
    const { tone: amplitude, rest } = toneAndRest(decoded(format, there, 480));
    expect(Math.abs(amplitude - 10_000)).toBeLessThan(300);
    expect(rest).toBeLessThan(400);
  });

  test("pieces of any length make the same sound, also those that end inside a sample", () => {
    const whole = encoded(format, tone(4_000), 4_000);
    expect(encoded(format, tone(4_000), 37)).toEqual(whole);
    expect(decoded(format, whole, 7)).toEqual(decoded(format, whole, whole.length));
  });
});
