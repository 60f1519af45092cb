import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyFit, expectedLoadMs, type LoadFit, type TimedLoad, withLoad } from "../../../models/memory/load-time.ts";

const gb = 1e9;
const stored = (bytes: number) => ({ storageBytes: bytes, cachedBytes: 0 });
const cached = (bytes: number) => ({ storageBytes: 0, cachedBytes: bytes });

function learned(loads: readonly Omit<TimedLoad, "tier">[]): LoadFit {
  return loads.reduce((fit, load) => withLoad(fit, { ...load, tier: "nvme" }), emptyFit("nvme"));
}

describe("the time that a load takes", () => {
  test("is believed before anything was seen: a gigabyte a second from NVMe, five from the page cache", () => {
    expect(expectedLoadMs(emptyFit("nvme"), stored(4 * gb))).toBeCloseTo(5_000);
    expect(expectedLoadMs(emptyFit("sata"), stored(4 * gb))).toBeCloseTo(9_000);
    expect(expectedLoadMs(emptyFit("nvme"), cached(4 * gb))).toBeCloseTo(1_800);
  });

  test("comes near what was seen, with the first load already", () => {
    const slow = { ...stored(4 * gb), loadMs: 16_000 };
    for (const count of [1, 3, 10]) {
      const fit = learned(Array.from({ length: count }, () => slow));
      expect(Math.abs(expectedLoadMs(fit, stored(4 * gb)) - 16_000)).toBeLessThan(1_600);
    }
  });

  test("of the page cache is learnt apart from that of storage", () => {
    const loads = [1, 2, 4, 8].flatMap((size) => [
      { ...stored(size * gb), loadMs: 800 + 400 * size },
      { ...cached(size * gb), loadMs: 800 + 100 * size },
    ]);
    const fit = learned([...loads, ...loads, ...loads]);
    expect(expectedLoadMs(fit, stored(5 * gb)) / 2_800).toBeCloseTo(1, 1);
    expect(expectedLoadMs(fit, cached(5 * gb)) / 1_300).toBeCloseTo(1, 1);
    expect(expectedLoadMs(fit, { storageBytes: 2 * gb, cachedBytes: 2 * gb }) / 1_800).toBeCloseTo(1, 1);
  });

  test("follows a machine that changed, either way", () => {
    const fast = Array.from({ length: 50 }, () => ({ ...stored(4 * gb), loadMs: 2_000 }));
    const slow = Array.from({ length: 50 }, () => ({ ...stored(4 * gb), loadMs: 8_000 }));
    expect(expectedLoadMs(learned([...slow, ...fast]), stored(4 * gb))).toBeLessThan(2_500);
    expect(expectedLoadMs(learned([...fast, ...slow]), stored(4 * gb))).toBeGreaterThan(7_000);
  });

  test("is not thrown off by one load that stalled", () => {
    const usual = Array.from({ length: 10 }, () => ({ ...stored(4 * gb), loadMs: 4_500 }));
    const stalled = { ...stored(4 * gb), loadMs: 270_000 };
    expect(expectedLoadMs(learned([...usual, stalled]), stored(4 * gb))).toBeLessThan(7_000);
  });

  test("is finite, above nothing and grows with the bytes, whatever was seen", () => {
    const load = fc.record({
      storageBytes: fc.double({ min: 0, max: 50 * gb, noNaN: true }),
      cachedBytes: fc.double({ min: 0, max: 50 * gb, noNaN: true }),
      loadMs: fc.double({ min: 1, max: 300_000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(load, { maxLength: 40 }), fc.nat(20 * gb), fc.nat(20 * gb), (loads, some, more) => {
        const fit = learned(loads);
        for (const from of [stored, cached]) {
          const [less, greater] = [expectedLoadMs(fit, from(some)), expectedLoadMs(fit, from(some + more))];
          expect(less).toBeGreaterThan(0);
          expect(Number.isFinite(greater)).toBe(true);
          expect(greater).toBeGreaterThanOrEqual(less);
        }
      }),
    );
  });
});
