import fc from "fast-check";
import { expect, test } from "vitest";
import { visibleLine, visibleParts, withoutColours } from "../../clients/visible-text.ts";

const marked = (text: string) =>
  visibleParts(text)
    .map((part) => (part.kind === "text" ? part.text : `<${part.name}>`))
    .join("");

test.each([
  ["turns of direction", "if (a\u202e) { \u2066x\u2069", "if (a<U+202E>) { <U+2066>x<U+2069>"],
  ["a terminal's commands", "\u001b[2Jgone\u0007\u007f", "<␛>[2Jgone<␇><␡>"],
  ["joiners and blanks of no width", "pass\u200bword\ufeff", "pass<U+200B>word<U+FEFF>"],
  ["notes between lines", "a\ufff9b\ufffb", "a<U+FFF9>b<U+FFFB>"],
  ["letters that show nothing", "const \u3164 = a\u2800b\u115f", "const <U+3164> = a<U+2800>b<U+115F>"],
  ["blanks that are none", "a\u00a0b\u2028c", "a<U+00A0>b<U+2028>c"],
  ["a carriage return", "a\r", "a<␍>"],
  ["tags and halves of pairs", "\u{e0041}\ud800", "<U+E0041><U+D800>"],
])("%s are shown by name", (_, text, expected) => {
  expect(marked(text)).toBe(expected);
});

test("ordinary text is left alone, in every script", () => {
  for (const text of ["x = 1;\n\ty", "Grüße, 世界, שלום, ❤️ 👍🏽"]) {
    expect(visibleParts(text)).toEqual([{ kind: "text", text }]);
  }
});

test("nothing is lost", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const back = visibleParts(text)
        .map((part) => {
          if (part.kind === "text") return part.text;
          if (part.name === "␡") return "\u007f";
          const code = part.name.startsWith("U+") ? Number.parseInt(part.name.slice(2), 16) : 0;
          return String.fromCodePoint(part.name.startsWith("U+") ? code : (part.name.codePointAt(0) ?? 0) - 0x24_00);
        })
        .join("");
      expect(back).toBe(text);
    }),
  );
});

test("a line for a label has no break in it", () => {
  expect(visibleLine("a\n b\u202e")).toBe("a b[U+202E]");
});

test("of a program's output the colours go, and nothing else of what it sends", () => {
  expect(withoutColours("\u001b[1;31mFAIL\u001b[0m x\r\n\u001b[2J")).toBe("FAIL x\n\u001b[2J");
});
