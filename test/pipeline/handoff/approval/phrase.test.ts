import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matcher } from "../../../../models/starter/phrase-book/matcher.ts";
import { slotValues } from "../../../../models/starter/phrase-book/slot-values.ts";
import {
  drawPhrase,
  heardPhrase,
  phraseColours,
  phraseDigits,
  phraseVerbs,
} from "../../../../pipeline/handoff/approval/phrase.ts";

const phrases = phraseColours.flatMap((colour) => phraseDigits.map((digit) => `${colour} ${digit}`));

describe("a phrase that is drawn", () => {
  test("is none of the last ones, and any of the others", () => {
    const lately = phrases.slice(0, 20);
    const drawn = phrases.slice(20).map((_, index) => drawPhrase(lately, () => index));
    expect(drawn).toEqual(phrases.slice(20));
    expect(phrases.length).toBeGreaterThanOrEqual(108);
  });

  test("cannot be foreseen", () => {
    const drawn = new Set(Array.from({ length: 400 }, () => drawPhrase([])));
    expect(drawn.size).toBeGreaterThan(80);
    for (const phrase of drawn) expect(phrases).toContain(phrase);
  });

  test("is refused when all were used", () => {
    expect(() => drawPhrase(phrases)).toThrow(RangeError);
  });
});

describe("words heard while an approval waits", () => {
  const heard: Record<ReturnType<typeof heardPhrase>, readonly string[]> = {
    "this-one": [
      "apply amber seven",
      "Apply amber seven.",
      "APPLY, amber... seven!",
      "apply amber 7",
      "approve amber seven",
      "please apply amber seven",
      "okay, please apply amber seven",
      "Yes. Apply amber-seven, please.",
      "  apply\tamber  seven\n",
    ],
    another: ["apply amber eight", "apply blue seven", "apply amber", "approve green 2", "apply pink for"],
    "bare-yes": [
      "yes",
      "Yes!",
      "okay",
      "OK.",
      "apply it",
      "yes, apply it",
      "apply",
      "do it",
      "go ahead please",
      "sure",
      "looks good",
    ],
    reject: [
      "reject",
      "Reject it.",
      "please reject that",
      "discard the changes",
      "no, reject it",
      "don't apply it",
      "do not apply that",
    ],
    none: [
      "",
      "...",
      "amber seven",
      "should I apply amber seven or not",
      "it says apply amber seven",
      "say apply amber seven or reject",
      "apply amber seven or reject",
      "apply amber seven, right?",
      "apply amber seven okay?",
      "do not apply amber seven",
      "don't apply amber seven",
      "never apply amber seven",
      "не apply amber seven",
      "ñapply amber seven",
      "apply amber sevenfold",
      "apply amber 17",
      "apply amber 7.5",
      "apply amber seven seven",
      "apply apply amber seven",
      "apply the amber seven",
      "apply seven amber",
      "no",
      "please",
      "yes it is raining",
      "what does it change",
      "reject what he says about apply",
    ],
  };
  test.each(Object.entries(heard).flatMap(([what, texts]) => texts.map((text) => [text, what] as const)))(
    "“%s” is %s",
    (text, what) => {
      expect(heardPhrase(text, "amber seven")).toBe(what);
    },
  );

  test("digits are what recognisers make of them", () => {
    const written = ["won", "to", "three", "for", "5", "six", "7", "ate", "nine"];
    const of = (digit: string): string =>
      heardPhrase(`apply blue ${digit}`, `blue ${phraseDigits[written.indexOf(digit)]}`);
    for (const digit of written) expect(of(digit)).toBe("this-one");
  });

  test("no words approve what takes a click", () => {
    for (const phrase of phrases) expect(heardPhrase(`apply ${phrase}`, null)).toBe("another");
    expect(heardPhrase("yes", null)).toBe("bare-yes");
    expect(heardPhrase("apply null", null)).toBe("none");
  });

  test("every phrase approves itself and no other one", () => {
    const some = fc.constantFrom(...phrases);
    fc.assert(
      fc.property(fc.constantFrom(...phraseVerbs), some, some, (verb, said, awaited) => {
        expect(heardPhrase(`${verb} ${said}`, awaited)).toBe(said === awaited ? "this-one" : "another");
      }),
    );
  });

  describe("a phrase among other words", () => {
    const word = fc.oneof(
      fc.constantFrom("apply", "not", "amber", "seven", "say", "or", "reject", "の", "не", "7", "right"),
      fc.string({ minLength: 1 }),
    );
    const words = fc.array(word, { maxLength: 3 });
    const manners = new Set("please yes yeah yep yup okay ok sure alright right fine correct thanks".split(" "));
    const sentences = fc
      .tuple(words, words)
      .filter(([before, after]) => {
        const more = [...before, ...after].join(" ").toLowerCase();
        return (more.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).some((other) => !manners.has(other));
      })
      .map(([before, after]) => [...before, "apply amber seven", ...after].join(" "));
    const approves = (matches: (text: string) => boolean): boolean =>
      fc.sample(sentences, { numRuns: 3_000 }).some((text) => matches(text));

    test("approves nothing", () => {
      expect(approves((text) => heardPhrase(text, "amber seven") === "this-one")).toBe(false);
    });

    // Matchers that look right; each would let a sentence through.
    test.each<[string, (text: string) => boolean]>([
      ["looks for it anywhere", (text) => /\bapply amber seven\b/.test(text)],
      ["looks for it at the end", (text) => text.trim().endsWith("apply amber seven")],
      ["knows English letters only", (text) => text.replaceAll(/[^a-z ]/g, "").trim() === "apply amber seven"],
    ])("would approve something if the matcher %s", (_, matches) => {
      expect(approves(matches)).toBe(true);
    });
  });
});

describe("the words of phrases", () => {
  const sounds = new Map(
    readFileSync("node_modules/soundswallower/model/en-us/dict.txt", "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .map(([word = "", ...phones]) => [word, phones] as const),
  );

  test("are in the recogniser's dictionary", () => {
    for (const word of [...phraseColours, ...phraseDigits, ...phraseVerbs, "reject"])
      expect([...sounds.keys()]).toContain(word);
  });

  test("sound different from each other", () => {
    const apart = (words: readonly string[], least: number): void => {
      for (const a of words) {
        for (const b of words.filter((other) => other > a)) {
          expect(distance(sounds.get(a) ?? [], sounds.get(b) ?? []), `${a}, ${b}`).toBeGreaterThanOrEqual(least);
        }
      }
    };
    apart(phraseColours, 3);
    apart(phraseDigits, 2);
  });
});

/** Edits from one list of phones to the other. */
function distance(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, phone] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) {
      const swap = (row[j] ?? 0) + (phone === other ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

test("the starter's recogniser can hear each of them: its phrase book has the same words", () => {
  expect(slotValues["colour"]).toEqual(phraseColours);
  expect(slotValues["digit"]).toEqual(phraseDigits);
  for (const phrase of phrases)
    for (const verb of phraseVerbs) expect(matcher.match(`${verb} ${phrase}`)?.answer).toEqual({ call: "apply" });
});
