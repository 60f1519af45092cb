import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GeneratedPart } from "../../../models/servers/server.ts";
import { createTextAssembler } from "../../../models/servers/text-assembler.ts";

/** Tokens are bytes here, the hardest case there is. */
function assemble(bytes: Iterable<number>, stop: readonly string[]): { parts: GeneratedPart[]; stopped: boolean } {
  const parts: GeneratedPart[] = [];
  const assembler = createTextAssembler<number>({
    detokenize: (tokens) => Buffer.from(tokens).toString("utf8"),
    before: [],
    stop,
    emit: (part) => parts.push(part),
  });
  for (const byte of bytes) if (assembler.push(byte, 1)) return { parts, stopped: true };
  assembler.end();
  return { parts, stopped: false };
}

describe("text from tokens", () => {
  test("is emitted in whole characters only", () => {
    const { parts } = assemble(Buffer.from("né😀"), []);
    expect(parts.map((part) => part.text)).toEqual(["n", "é", "😀"]);
  });

  test("is all there, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const { parts } = assemble(Buffer.from(text), ["never in it\0"]);
        expect(parts.map((part) => part.text).join("")).toBe(text);
        expect(parts.some((part) => part.text.includes("\uFFFD"))).toBe(text.includes("\uFFFD"));
      }),
    );
  });

  test("is all there when a model writes the sign for a broken character itself", () => {
    for (const text of ["\uFFFD\u00A0", "\uFFFD\uFFFDé😀", "a\uFFFD😀\uFFFD"]) {
      const { parts } = assemble(Buffer.from(text), []);
      expect(parts.map((part) => part.text).join("")).toBe(text);
    }
  });

  test("that is no text at all neither blocks nor is lost for ever", () => {
    const { parts } = assemble([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 65], []);
    expect(parts.map((part) => part.text).join("")).toMatch(/^\uFFFD{8}A$/);
    expect(parts.length).toBeGreaterThan(1);
  });

  test("ends before the first stop string, and not one character of it is emitted", () => {
    const words = fc.array(fc.constantFrom("a", "b", "ab", "STOP", "STO", "<|im_end|>", "é"), { maxLength: 12 });
    fc.assert(
      fc.property(words, (list) => {
        const text = list.join("");
        const stops = ["STOP", "<|im_end|>"];
        const at = Math.min(...stops.map((stop) => text.indexOf(stop)).filter((found) => found >= 0));
        const { parts, stopped } = assemble(Buffer.from(text), stops);
        expect(stopped).toBe(Number.isFinite(at));
        expect(parts.map((part) => part.text).join("")).toBe(Number.isFinite(at) ? text.slice(0, at) : text);
      }),
    );
  });

  test("of several tokens carries the least of their probabilities", () => {
    const parts: GeneratedPart[] = [];
    const assembler = createTextAssembler<number>({
      detokenize: (tokens) => Buffer.from(tokens).toString("utf8"),
      before: [],
      stop: [],
      emit: (part) => parts.push(part),
    });
    const [first = 0, second = 0] = Buffer.from("é");
    assembler.push(first, 0.25);
    assembler.push(second, 0.75);
    assembler.push(65, 0.5);
    expect(parts).toEqual([
      { text: "é", probability: 0.25 },
      { text: "A", probability: 0.5 },
    ]);
  });
});
