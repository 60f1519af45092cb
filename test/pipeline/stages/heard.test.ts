import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { heardText, type SentClause } from "../../../pipeline/stages/heard.ts";

/** Clauses behind each other, as they are sent. */
function sent(parts: readonly Omit<SentClause, "firstSample">[]): readonly SentClause[] {
  let firstSample = 0;
  return parts.map((part) => {
    const clause = { ...part, firstSample };
    firstSample += part.samples;
    return clause;
  });
}
const one = (shown: string, share: number): string => heardText(sent([{ shown, samples: 16_000 }]), 16_000 * share);

describe("what was heard", () => {
  test("is whole clauses and the words begun long enough", () => {
    const clauses = sent([
      { shown: "It is ten past two,", samples: 16_000 },
      { shown: " and the sun is shining.", samples: 20_000 },
    ]);
    expect(heardText(clauses, 0)).toBe("");
    expect(heardText(clauses, 16_000)).toBe("It is ten past two,");
    expect(heardText(clauses, 24_000)).toBe("It is ten past two, and the sun");
    expect(heardText(clauses, 36_000)).toBe("It is ten past two, and the sun is shining.");
  });

  test("counts a word by how long it takes to say", () => {
    expect(one("a internationalisation b", 0.3)).toBe("a");
    expect(one("a internationalisation b", 0.6)).toBe("a internationalisation");
    expect(one("It is 384,400 kilometers away", 0.3)).toBe("It is");
    expect(one("It is 384,400 kilometers away", 0.65)).toBe("It is 384,400");
    expect(one("The HTTP API is a thing", 0.5)).toBe("The HTTP");
  });

  test("counts the pause behind a clause", () => {
    expect(one("Yes, it is fine", 0.4)).toBe("Yes,");
  });

  test("passes over marks that nobody says", () => {
    expect(one("- **one** two", 0.4)).toBe("- **one**");
  });

  test("includes what was only shown once the words behind it are heard", () => {
    const clauses = sent([
      { shown: "Look:", samples: 8_000 },
      { shown: "\n```\nx\n```\n", samples: 0 },
      { shown: "That is it.", samples: 8_000 },
    ]);
    expect(heardText(clauses, 8_000)).toBe("Look:");
    expect(heardText(clauses, 12_000)).toBe("Look:\n```\nx\n```\nThat is");
  });

  test("does not include a clause whose sound has not begun", () => {
    const clauses = sent([
      { shown: "Look here.", samples: 8_000 },
      { shown: " Never heard.", samples: 0 },
    ]);
    expect(heardText(clauses, 8_000)).toBe("Look here.");
  });
});

describe("with the times of its words", () => {
  const words = [
    { startSample: 200, endSample: 1_000 },
    { startSample: 1_000, endSample: 9_000 },
    { startSample: 12_000, endSample: 13_000 },
  ];
  const heard = (played: number, timed = words): string =>
    heardText(
      sent([
        { shown: "a", samples: 500 },
        { shown: " It 12,000 is  so it is", samples: 16_000, words: timed },
      ]),
      500 + played,
    );

  test("a word is heard from its middle on, whatever its letters", () => {
    expect([1, 599, 600, 4_999, 5_000, 12_499].map((played) => heard(played))).toEqual([
      "a",
      "a",
      "a It",
      "a It",
      "a It 12,000",
      "a It 12,000",
    ]);
  });

  test("words behind the last time are estimated in the time that is left", () => {
    expect(heard(12_500)).toBe("a It 12,000 is");
    expect(heard(14_500)).toBe("a It 12,000 is  so it");
    expect(heard(15_900)).toBe("a It 12,000 is  so it is");
    expect(heard(15_900, [])).toBe("a It 12,000 is  so it is");
  });
});

describe("for any answer", () => {
  const clause = fc.record({
    shown: fc.oneof(
      fc.lorem({ mode: "sentences", maxCount: 1 }),
      fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    ),
    samples: fc.integer({ min: 1, max: 100_000 }),
    words: fc
      .array(fc.nat(100_000), { maxLength: 20 })
      .map((ends) => ends.toSorted((a, b) => a - b).map((at) => ({ startSample: at, endSample: at + 10 }))),
  });
  const answer = fc.array(clause, { minLength: 1, maxLength: 6 }).map(sent);
  const full = (clauses: readonly SentClause[]): string => clauses.map(({ shown }) => shown).join("");
  const total = (clauses: readonly SentClause[]): number => clauses.reduce((sum, { samples }) => sum + samples, 0);

  test("it is a beginning of the answer that only grows, empty at first, whole at the end", () => {
    fc.assert(
      fc.property(
        answer,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (clauses, a, b) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)].map((share) =>
            heardText(clauses, share * total(clauses)),
          );
          expect(more?.startsWith(less ?? "")).toBe(true);
          expect(full(clauses).startsWith(more ?? "")).toBe(true);
          expect(heardText(clauses, 0)).toBe("");
          expect(heardText(clauses, total(clauses))).toBe(full(clauses));
          expect(heardText(clauses, 2 * total(clauses))).toBe(full(clauses));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("it ends between words", () => {
    fc.assert(
      fc.property(
        fc.lorem({ mode: "sentences", maxCount: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (shown, share) => {
          const heard = one(shown, share);
          expect(/^(?:\s|$)/.test(shown.slice(heard.length)) || heard === "").toBe(true);
        },
      ),
    );
  });
});
