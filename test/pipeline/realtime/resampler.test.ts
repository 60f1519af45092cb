import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createResampler } from "../../../pipeline/realtime/resampler.ts";

const rates = [8_000, 16_000, 22_050, 24_000, 44_100, 48_000];

function tone(hz: number, rateHz: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rateHz));
}

function whole(from: number, to: number, input: Float32Array, cuts: readonly number[] = []): Float32Array {
  const resampler = createResampler(from, to);
  const parts: number[] = [];
  let start = 0;
  for (const cut of [...cuts.map((c) => Math.min(c, input.length)).toSorted((a, b) => a - b), input.length]) {
    parts.push(...resampler.push(input.subarray(start, cut)));
    start = cut;
  }
  parts.push(...resampler.flush());
  return Float32Array.from(parts);
}

describe("resampler", () => {
  test("n samples become exactly ⌈n · to / from⌉, however they are cut", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rates),
        fc.constantFrom(...rates),
        fc.integer({ min: 0, max: 3_000 }),
        fc.array(fc.nat(3_000), { maxLength: 6 }),
        (from, to, length, cuts) => {
          const input = tone(440, from, length);
          const cut = whole(from, to, input, cuts);
          expect(cut.length).toBe(Math.ceil((length * to) / from));
          expect(cut).toEqual(whole(from, to, input));
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each(rates.flatMap((from) => rates.map((to) => [from, to] as const)))(
    "a 1 kHz tone stays that tone, aligned, from %i to %i Hz",
    (from, to) => {
      const output = whole(from, to, tone(1_000, from, from / 4));
      const ideal = tone(1_000, to, output.length);
      const edge = Math.ceil(to / 100);
      for (let n = edge; n < output.length - edge; n += 1) {
        expect(Math.abs((output[n] ?? 0) - (ideal[n] ?? 0))).toBeLessThan(0.01);
      }
    },
  );

  test("what the lower rate cannot hold is removed, not folded back", () => {
    const output = whole(24_000, 16_000, tone(11_000, 24_000, 6_000));
    const loudest = Math.max(...output.subarray(200, -200).map(Math.abs));
    expect(loudest).toBeLessThan(0.003);
  });

  test("the same resampler serves a second stream after flush", () => {
    const resampler = createResampler(24_000, 16_000);
    const input = tone(500, 24_000, 480);
    const first = [...resampler.push(input), ...resampler.flush()];
    expect([...resampler.push(input), ...resampler.flush()]).toEqual(first);
  });

  test("rates that are no rates are refused", () => {
    expect(() => createResampler(0, 16_000)).toThrow(RangeError);
    expect(() => createResampler(24_000, Number.NaN)).toThrow(RangeError);
  });
});
