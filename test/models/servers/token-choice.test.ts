import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseToken } from "../../../models/servers/token-choice.ts";

const best = [
  ["a", 2],
  ["b", 1],
  ["c", 0],
] as const;
const weight = 1 + Math.exp(-1) + Math.exp(-2);
const greedy = { temperature: 0, allows: () => true, random: () => 0.5 };

describe("the next token", () => {
  test("is the best one at temperature 0, with its probability", () => {
    expect(chooseToken({ best, weight }, greedy)).toEqual({ token: "a", probability: 1 / weight });
  });

  test("is the best allowed one, with the probability it had before the rule", () => {
    const chosen = chooseToken({ best, weight }, { ...greedy, allows: (token) => token === "c" });
    expect(chosen?.token).toBe("c");
    expect(chosen?.probability).toBeCloseTo(Math.exp(-2) / weight, 12);
  });

  test("does not exist when nothing is allowed", () => {
    expect(chooseToken({ best, weight }, { ...greedy, allows: () => false })).toBeUndefined();
    expect(chooseToken({ best: [], weight }, { ...greedy, temperature: 1 })).toBeUndefined();
  });

  test("is drawn in proportion at temperature 1, from the likely 95 % only", () => {
    const draws = Array.from({ length: 1_000 }, (_, i) =>
      chooseToken(
        { best: [...best, ["rare", -4]], weight },
        { temperature: 1, allows: () => true, random: () => i / 1_000 },
      ),
    );
    const share = (token: string): number => draws.filter((drawn) => drawn?.token === token).length / draws.length;
    expect(share("a")).toBeCloseTo(1 / weight, 2);
    expect(share("c")).toBeCloseTo(Math.exp(-2) / weight, 2);
    expect(share("rare")).toBe(0);
  });

  test("is always one that is allowed", () => {
    const tokens = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1 });
    fc.assert(
      fc.property(tokens, fc.double({ min: 0, max: 3, noNaN: true }), fc.nat(998), (list, temperature, point) => {
        const ranked = list.map((token, i) => [token, -i / 2] as const);
        const allows = (token: number): boolean => token % 2 === 0;
        const chosen = chooseToken({ best: ranked, weight: 3 }, { temperature, allows, random: () => point / 999 });
        expect(chosen === undefined).toBe(!list.some(allows));
        if (chosen !== undefined) expect(allows(chosen.token)).toBe(true);
      }),
    );
  });
});
