import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cardinal, decimal, ordinal, year } from "../../../../models/speech/speakable/number-words.ts";

const values: Readonly<Record<string, number>> = Object.fromEntries(
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    .split(" ")
    .map((word, i) => [word, i])
    .concat("twenty thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, i) => [word, 10 * (i + 2)])),
);
const scales: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };

/** Reads number words back, in another way than they are made. */
function value(words: string): number {
  let total = 0;
  let group = 0;
  for (const word of words.split(" ")) {
    const scale = scales[word];
    if (scale !== undefined) {
      total += group * scale;
      group = 0;
    } else group = word === "hundred" ? group * 100 : group + (values[word] ?? Number.NaN);
  }
  return total + group;
}

describe("number words", () => {
  test("mean the number they were made from", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.nat(1_200),
          fc.maxSafeNat().map((n) => n % 1e15),
        ),
        (n) => {
          expect(value(cardinal(String(n)))).toBe(n);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("longer than anybody says are digits", () => {
    expect(cardinal("1".repeat(16))).toBe("one ".repeat(16).trim());
    expect(cardinal("05")).toBe("zero five");
    expect(decimal("10.05")).toBe("ten point zero five");
  });

  test("ordinals", () => {
    const said = ["1", "2", "3", "5", "8", "9", "12", "20", "30", "31", "40", "100", "101", "113"].map(ordinal);
    expect(said.join(", ")).toBe(
      "first, second, third, fifth, eighth, ninth, twelfth, twentieth, thirtieth, thirty first, fortieth, one hundredth, one hundred first, one hundred thirteenth",
    );
  });

  test("years", () => {
    const said = ["1066", "1492", "1900", "1905", "1999", "2000", "2001", "2009", "2010", "2026"].map(year);
    expect(said.join(", ")).toBe(
      "one thousand sixty six, fourteen ninety two, nineteen hundred, nineteen oh five, nineteen ninety nine, two thousand, two thousand one, two thousand nine, twenty ten, twenty twenty six",
    );
  });
});
