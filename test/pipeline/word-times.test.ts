import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { speakable } from "../../models/speech/speakable/speakable.ts";
import { shownTimes, shownWords, wordMap } from "../../pipeline/word-times.ts";

/** What is said for each shown word, "?" where it is said in one with the next. */
function said(shown: string): string {
  const spoken = speakable(shown).split(" ");
  let from = 0;
  return wordMap(shown, spoken.join(" "), speakable)
    .map((to) => {
      if (to === null) return "?";
      const words = spoken.slice(from, to).join(" ");
      from = to;
      return words;
    })
    .join(" | ");
}

describe("the words of a shown text among those that are spoken", () => {
  test.each([
    ["It is 16:40, and it rains.", "It | is | four forty P M, | and | it | rains."],
    ["about 142,984 km away", "about | one hundred forty two thousand nine hundred eighty four | kilometers | away"],
    ["made $5 million on March 3, 2021", "made | ? | five million dollars | on | March | third, | twenty twenty one"],
    ["in src/reader.ts, all 18 tests", "in | S R C slash reader dot T S, | all | eighteen | tests"],
    ["- **Mix** it — at 180 °C", " | Mix | it, |  | at | one hundred eighty | degrees Celsius."],
    ["the the 2 the", "the | the | two | the"],
  ])("%s", (shown, expected) => {
    expect(said(shown)).toBe(expected);
  });

  test("are all there, in order, for any text", () => {
    const token = fc.oneof(
      fc.constantFrom(
        "the",
        "3",
        "$5",
        "million",
        "km",
        "-",
        "**x**",
        "e.g.",
        "12:30",
        "3.5%",
        "March",
        "—",
        "`a`",
        "°C",
      ),
      fc.string({ unit: "binary", maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 12 }), (list) => {
        const shown = list.join(" ");
        const spoken = speakable(shown);
        const map = wordMap(shown, spoken, speakable);
        expect(map).toHaveLength(shownWords(shown).length);
        if (map.length > 0) expect(map.at(-1)).toBe((spoken.match(/\S+/g) ?? []).length);
      }),
      { numRuns: 100 },
    );
  });
});

describe("the times of shown words", () => {
  const spoken = (...indexes: number[]) =>
    indexes.map((index) => ({ index, startSample: 1_000 * index, endSample: 1_000 * index + 800 }));
  const times = (map: readonly (number | null)[], ...indexes: number[]) =>
    shownTimes(map, spoken(...indexes)).map(({ startSample, endSample }) => [startSample, endSample]);

  test("span all that is said for them", () => {
    expect(times([1, 4, 5], 0, 1, 2, 3, 4)).toEqual([
      [0, 800],
      [1_000, 3_800],
      [4_000, 4_800],
    ]);
  });

  test("are known as far as the words before are", () => {
    expect(times([1, 3, 4], 0, 1)).toEqual([[0, 800]]);
    expect(times([1, 3, 4], 0, 1, 2)).toHaveLength(2);
    expect(times([1, 3, 4])).toEqual([]);
  });

  test("are shared by words that are spoken in one", () => {
    expect(times([1, null, 3], 0, 1, 2)).toEqual([
      [0, 800],
      [1_000, 1_900],
      [1_900, 2_800],
    ]);
  });

  test("of marks are those of the word behind; marks at the end have none", () => {
    expect(times([0, 1, 1, 2, 2], 0, 1)).toEqual([
      [0, 800],
      [0, 800],
      [1_000, 1_800],
      [1_000, 1_800],
    ]);
    // A word that flite had no sound for.
    expect(times([1, 2, 3], 0, 2)).toEqual([
      [0, 800],
      [2_000, 2_800],
      [2_000, 2_800],
    ]);
  });

  test("of a word said in two goes reach from the first to the last", () => {
    const parts = [
      { index: 0, startSample: 0, endSample: 500 },
      { index: 0, startSample: 600, endSample: 900 },
    ];
    expect(shownTimes([1], parts)).toEqual([{ startSample: 0, endSample: 900 }]);
  });

  test("for any words: in order, within the sound, and whole when all spoken words are known", () => {
    const gaps = fc.array(fc.record({ gap: fc.nat(500), length: fc.integer({ min: 1, max: 5_000 }) }), {
      maxLength: 12,
    });
    const steps = fc.array(fc.option(fc.nat(3)), { maxLength: 12 });
    fc.assert(
      fc.property(gaps, steps, fc.array(fc.nat(11)), (sounds, counts, silent) => {
        let at = 0;
        const words = sounds.flatMap(({ gap, length }, index) => {
          const startSample = at + gap;
          at = startSample + length;
          return silent.includes(index) ? [] : [{ index, startSample, endSample: at }];
        });
        let behind = 0;
        const map = counts.map((count): number | null => {
          behind = Math.min(sounds.length, behind + (count ?? 0));
          return count === null ? null : behind;
        });
        map.push(sounds.length);
        const found = shownTimes(map, words);
        expect(found.length).toBeLessThanOrEqual(map.length);
        // Behind the last word that is said there may be marks.
        if (words.at(-1)?.index === sounds.length - 1) expect(found).toHaveLength(map.indexOf(sounds.length) + 1);
        let before = 0;
        for (const { startSample, endSample } of found) {
          expect((startSample + endSample) / 2).toBeGreaterThanOrEqual(before);
          expect(endSample).toBeGreaterThanOrEqual(startSample);
          expect(endSample).toBeLessThanOrEqual(at);
          before = (startSample + endSample) / 2;
        }
      }),
    );
  });
});
