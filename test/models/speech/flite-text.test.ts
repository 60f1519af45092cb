import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flitePieces } from "../../../models/speech/flite-text.ts";

describe("text for flite", () => {
  test("is printable ASCII in pieces of 200 characters at most, whatever was written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 3_000 }), (text) => {
        for (const { text: piece } of flitePieces(text)) {
          expect(piece).toMatch(/^[\x20-\x7e]{1,200}$/);
          expect(piece).toMatch(/[A-Za-z0-9]/);
        }
      }),
    );
  });

  test("loses no word", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}[,.]?$/), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(words, (list) => {
        const pieces = flitePieces(list.join(" "));
        expect(pieces.flatMap(({ text }) => text.split(" "))).toEqual(list);
        expect(pieces.flatMap(({ written }) => written)).toEqual(list.map((_, i) => i));
      }),
    );
  });

  test("keeps what can be said of accents, quotes and dashes", () => {
    expect(flitePieces("“Café” déjà vu — it’s naïve…")).toEqual([
      { text: '"Cafe" deja vu , it\'s naive...', written: [0, 1, 2, 3, 4, 5] },
    ]);
  });

  test("knows which written word each of its words comes from", () => {
    expect(flitePieces(" one—two  привет\tthree ")).toEqual([{ text: "one, two three", written: [0, 0, 2] }]);
    const long = "a".repeat(130);
    expect(flitePieces(`so ${long} end`)).toEqual([
      { text: `so ${"a".repeat(60)} ${"a".repeat(60)} ${"a".repeat(10)} end`, written: [0, 1, 1, 1, 2] },
    ]);
    const said = `- ${"word ".repeat(60)}`;
    expect(flitePieces(`${said}${"* ".repeat(150)}${said}`).flatMap(({ written }) => written)).toContain(
      60 + 1 + 150 + 30,
    );
  });

  test("never mixes up the words, whatever was written", () => {
    const word = fc.oneof(fc.stringMatching(/^[a-z]{1,12}[,.]?$/), fc.string({ unit: "binary", maxLength: 80 }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 80 }), (list) => {
        const text = list.join(" ");
        const words = text.match(/\S+/g) ?? [];
        let before = 0;
        for (const piece of flitePieces(text)) {
          const said = piece.text.split(" ");
          expect(piece.written).toHaveLength(said.length);
          for (const [i, written] of piece.written.entries()) {
            expect(written).toBeGreaterThanOrEqual(before);
            before = written;
            if (/^[a-z]{1,12}[,.]?$/.test(words[written] ?? "")) expect(said[i]).toBe(words[written]);
          }
        }
      }),
    );
  });

  test("is cut at a sentence's end where there is one", () => {
    const sentence = `${"word ".repeat(20).trim()}. `;
    expect(flitePieces(sentence.repeat(3)).map(({ text }) => text.at(-1))).toEqual([".", ".", "."]);
  });
});
