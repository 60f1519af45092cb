import fc from "fast-check";
import { expect, test } from "vitest";
import { type SpokenText, spokenChars } from "../../clients/spoken-text.ts";

const text = "The capital of Portugal is Lisbon. It lies on the Tagus.";
const second = text.indexOf(" It");
const spoken: SpokenText = {
  text,
  marks: [
    { chars: 0, atSample: 0 },
    { chars: second, atSample: 48_000 },
  ],
  receivedSamples: 96_000,
  complete: true,
};

function heard(of: SpokenText, playedSamples: number): string {
  return of.text.slice(0, spokenChars(of, playedSamples));
}

test("nothing is heard before anything is played, and all of it at the end", () => {
  expect(heard(spoken, 0)).toBe("");
  expect(heard(spoken, 96_000)).toBe(text);
});

test("a clause has been heard when its sound has been played, and the word being said counts", () => {
  expect(heard(spoken, 48_000)).toContain("Lisbon.");
  expect(heard(spoken, 24_000)).toBe("The capital of Portugal");
  expect(heard(spoken, 1)).toBe("The");
});

test("text whose sound has not come yet does not run ahead", () => {
  const begun = { ...spoken, marks: [{ chars: 0, atSample: 0 }], receivedSamples: 4_800, complete: false };
  expect(heard(begun, 2_400)).toBe("The");
});

test("clauses that were announced before any sound share the sound that came", () => {
  const early = {
    ...spoken,
    marks: [
      { chars: 0, atSample: 0 },
      { chars: second, atSample: 0 },
    ],
  };
  expect(heard(early, 48_000)).toBe("The capital of Portugal is Lisbon.");
});

test("the more was played, the more was heard, always in whole words", () => {
  const marks = fc.array(fc.record({ chars: fc.nat(text.length), atSample: fc.nat(96_000) }), { maxLength: 5 });
  fc.assert(
    fc.property(marks, fc.nat(100_000), fc.nat(100_000), fc.boolean(), (given, one, other, complete) => {
      const chars = given.map((mark) => mark.chars).toSorted((a, b) => a - b);
      const samples = given.map((mark) => mark.atSample).toSorted((a, b) => a - b);
      const rising = chars.map((each, i) => ({ chars: each, atSample: samples[i] ?? 0 }));
      const of = { text, marks: [{ chars: 0, atSample: 0 }, ...rising], receivedSamples: 96_000, complete };
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      expect(spokenChars(of, less)).toBeLessThanOrEqual(spokenChars(of, more));
      expect(spokenChars(of, more)).toBeLessThanOrEqual(text.length);
    }),
  );
});
