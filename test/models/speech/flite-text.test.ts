import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flitePieces } from "../../../models/speech/flite-text.ts";

describe("text for flite", () => {
  test("is printable ASCII in pieces of 200 characters at most, whatever was written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 3_000 }), (text) => {
        for (const piece of flitePieces(text)) {
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
        expect(flitePieces(list.join(" ")).join(" ").split(" ")).toEqual(list);
      }),
    );
  });

  test("keeps what can be said of accents, quotes and dashes", () => {
    expect(flitePieces("“Café” déjà vu — it’s naïve…")).toEqual(['"Cafe" deja vu , it\'s naive...']);
  });

  test("is cut at a sentence's end where there is one", () => {
    const sentence = `${"word ".repeat(20).trim()}. `;
    expect(flitePieces(sentence.repeat(3)).map((piece) => piece.at(-1))).toEqual([".", ".", "."]);
  });
});
