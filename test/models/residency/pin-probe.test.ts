import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { felt, noPulse, type PinFinding } from "../../../models/residency/pin-probe.ts";

/** What is said after each of these answers. */
function findings(answersMs: readonly number[]): readonly PinFinding[] {
  let pulse = noPulse;
  return answersMs.map((ms) => {
    const next = felt(pulse, ms);
    pulse = next.pulse;
    return next.finding;
  });
}

describe("a pinned model that is asked now and then", () => {
  test("is slow after three slow answers in a row, which is said once", () => {
    expect(findings([50, 60, 55, 900, 900, 900, 900, 5_000])).toEqual([
      null,
      null,
      null,
      null,
      null,
      "slow",
      null,
      null,
    ]);
  });

  test("is well again with the first answer in its usual time", () => {
    expect(findings([50, 50, 50, 900, 900, 900, 60, 900])).toEqual([
      null,
      null,
      null,
      null,
      null,
      "slow",
      "well-again",
      null,
    ]);
  });

  test("may be late now and then", () => {
    expect(findings([50, 50, 50, 900, 900, 50, 900, 900, 50]).filter((it) => it !== null)).toEqual([]);
  });

  test("may take four times as long and a moment more", () => {
    expect(findings([50, 50, 50, 400, 400, 400, 400]).filter((it) => it !== null)).toEqual([]);
  });

  test("is not judged before its usual time is known", () => {
    expect(findings([5_000, 50, 50, 60]).filter((it) => it !== null)).toEqual([]);
  });

  test("says slow and well again in turns, whatever its answers", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 200 }), (answersMs) => {
        const said = findings(answersMs).filter((it) => it !== null);
        for (const [index, it] of said.entries()) expect(it).toBe(index % 2 === 0 ? "slow" : "well-again");
      }),
    );
  });
});
