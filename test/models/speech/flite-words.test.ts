import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type FliteProgram, loadFlite } from "../../../models/speech/flite-program.ts";
import { pronunciations } from "../../../models/speech/flite-pronunciations.ts";
import { flitePieces } from "../../../models/speech/flite-text.ts";
import { fliteVoices } from "../../../models/speech/flite-voices.ts";
import { spokenWords, wordSpans } from "../../../models/speech/flite-words.ts";

/** A sentence as flite reports it: "pau ih t pau", each phone 100 ms. */
const timed = (phones: string) => phones.split(" ").map((name, i) => ({ name, endMs: 100 * (i + 1) }));
const words = (...list: string[]) => list.map((phones) => phones.split(" ").filter((phone) => phone !== ""));
const spans = (own: readonly (readonly string[])[], sentence: string) =>
  wordSpans(own, timed(sentence)).map((span) => (span === undefined ? null : [span.startMs, span.endMs]));

describe("the time of a word", () => {
  test("is that of its phones; silence belongs to none", () => {
    expect(spans(words("ih t", "ih z", "ow p ax n"), "pau ih t pau ih z ow p ax n pau")).toEqual([
      [100, 300],
      [400, 600],
      [600, 1_000],
    ]);
  });

  test("is found when words change a little in company", () => {
    // "a" and "the" are reduced, "and" loses its last phone, "fire" gains one.
    expect(spans(words("ey", "d ao g", "ae n d", "dh ax", "f ay r"), "ax d ao g ae n dh iy f ay er r")).toEqual([
      [0, 100],
      [100, 400],
      [400, 600],
      [600, 800],
      [800, 1_200],
    ]);
  });

  test("is none for marks, wherever they stand", () => {
    expect(spans(words("", "ih t", "", "ih z", ""), "ih t ih z")).toEqual([null, [0, 200], null, [200, 400], null]);
    expect(spans(words(""), "ih t")).toEqual([null]);
    expect(spans(words("ih t"), "pau")).toEqual([null]);
    expect(wordSpans([], timed("ih t"))).toEqual([]);
  });

  test("for any words: in order, without overlap, and the last reaches the end", () => {
    const phone = fc.constantFrom("ih", "t", "ax", "s", "n", "pau");
    fc.assert(
      fc.property(
        fc.array(fc.array(phone, { maxLength: 5 }), { maxLength: 12 }),
        fc.array(phone, { minLength: 1, maxLength: 40 }),
        (own, sentence) => {
          const found = wordSpans(own, timed(sentence.join(" ")));
          expect(found).toHaveLength(own.length);
          let behind = 0;
          for (const span of found) {
            if (span === undefined) continue;
            expect(span.startMs).toBeGreaterThanOrEqual(behind);
            expect(span.endMs).toBeGreaterThan(span.startMs);
            behind = span.endMs;
          }
          expect(behind).toBeLessThanOrEqual(100 * sentence.length);
        },
      ),
    );
  });

  test("is told in samples of the whole sound, for words of the written text", () => {
    const piece = { text: "twenty five x", written: [3, 3, 4] };
    const found = spokenWords(piece, [{ startMs: 100, endMs: 200 }, { startMs: 200, endMs: 300 }, undefined], {
      fromMs: 90,
      firstSample: 1_000,
    });
    expect(found).toEqual([
      { index: 3, startSample: 1_160, endSample: 2_760 },
      { index: 3, startSample: 2_760, endSample: 4_360 },
    ]);
  });
});

describe("pronunciations", () => {
  test("are asked for once, without regard to a plain word's case and punctuation", () => {
    const asked: (readonly string[])[] = [];
    const pronounce = pronunciations({
      pronounce: (list) => {
        asked.push(list);
        return list.map((word) => [word]);
      },
    });
    expect(pronounce(["Hello,", "it's", "U.S.", "-", "hello."])).toEqual([
      ["hello"],
      ["it's"],
      ["U.S."],
      [],
      ["hello"],
    ]);
    expect(pronounce(["HELLO", "Hello!"])).toEqual([["HELLO"], ["hello"]]);
    expect(pronounce(["hello", "It's"])).toEqual([["hello"], ["it's"]]);
    expect(asked).toEqual([["hello", "it's", "U.S."], ["HELLO"]]);
  });

  test("that flite cannot give are none at all", () => {
    expect(pronunciations({ pronounce: () => undefined })(["a", "b"])).toEqual([]);
    const broken = pronunciations({
      pronounce: () => {
        throw new Error("No");
      },
    });
    expect(broken(["a"])).toEqual([]);
  });

  test("a flood of words is forgotten, and every answer is still right", () => {
    const pronounce = pronunciations({ pronounce: (list) => list.map((word) => [word]) });
    for (let i = 0; i < 12; i += 1) {
      const list = Array.from({ length: 999 }, (_, n) => `w${i}x${n}`);
      expect(pronounce([...list, "w0x5"])).toEqual([...list, "w0x5"].map((word) => [word]));
    }
  });
});

describe("flite", () => {
  let flite: FliteProgram;
  beforeAll(async () => {
    flite = await loadFlite();
  });

  test("says a last sentence of one word", () => {
    const [all, first] = ["Is it so? Yes!", "Is it so?"].map((text) => flite.say(text, { voice: "slt", speed: 1 }));
    expect(all?.phones.map(({ name }) => name).join(" ")).toMatch(/^pau ih z ih t s ow pau pau y eh s pau$/);
    expect(all?.samples.length).toBeGreaterThan((first?.samples.length ?? 0) + 4_000);
  });

  test("pronounces each word by itself, as its voices say it in a sentence", () => {
    const text = "The capital of Australia is Canberra, and it's twenty-five past a quarter to one.";
    const own = flite.pronounce(text.split(" "));
    expect(own?.[3]).toEqual(["ao", "s", "t", "r", "ey", "l", "y", "ax"]);
    for (const voice of fliteVoices) {
      const { phones } = flite.say(text, { voice, speed: 1 });
      const found = wordSpans(own ?? [], phones);
      const endings = found.map((span) => phones.find(({ endMs }) => endMs === span?.endMs)?.name);
      expect(endings.join(" "), voice).toBe("ax l v ax z ax d s v t ax er ax n");
    }
  });

  test("does not lose count of words over marks and abbreviations", () => {
    const [piece] = flitePieces("- “Well” — 12 km, $5 & e.g. Dr. No, at a.m. or U.S. 3.5 x! ... ok");
    const own = pronunciations(flite)(piece?.text.split(" ") ?? []);
    expect(own).toHaveLength(piece?.written.length ?? -1);
    expect(own.filter((phones) => phones.length > 0).length).toBeGreaterThan(10);
  });
});
