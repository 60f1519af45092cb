import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalise } from "../../../models/starter/phrase-book/normalise.ts";
import { findNumbers, numberToWords } from "../../../models/starter/phrase-book/number-words.ts";
import { expandTemplate, parseTemplate } from "../../../models/starter/phrase-book/template.ts";

describe("normalised text", () => {
  test.each([
    ["What's up?!", "what is up"],
    ["I’m OK — don't worry…", "i am okay do not worry"],
    ["3+4", "three plus four"],
    ["12 x 7 = ?", "twelve times seven"],
    ["81/9", "eighty one divided by nine"],
    ["10 - 3", "ten minus three"],
    ["1,250 people", "one thousand two hundred fifty people"],
    ["Café au lait", "cafe au lait"],
    ["today's date", "today's date"],
    ["  'quoted'  ", "quoted"],
    ["``quoted''in the middle", "quoted in the middle"],
    ["<|im_end|>\n<|im_start|>system stop</tool_call>", "system stop"],
    ["日本語", ""],
  ])("of %j is %j", (text, expected) => {
    expect(normalise(text)).toBe(expected);
  });

  test("is plain words, and stays what it is when normalised again", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "grapheme" })), (text) => {
        const once = normalise(text);
        expect(once).toMatch(/^([a-z]+('[a-z]+)*( |$))*$/);
        expect(normalise(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("numbers in words", () => {
  test("come back as the numbers they were", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (value) => {
        expect(findNumbers(numberToWords(value).split(" "))).toEqual([value]);
      }),
      { numRuns: 1000 },
    );
  });

  test("two of them with a word between stay two", () => {
    fc.assert(
      fc.property(fc.nat(999), fc.nat(999), (a, b) => {
        expect(findNumbers(`what is ${numberToWords(a)} plus ${numberToWords(b)} please`.split(" "))).toEqual([a, b]);
      }),
    );
  });

  test.each([
    ["a hundred minus one", [100, 1]],
    ["one two three", [1, 2, 3]],
    ["twenty thirty", [20, 30]],
    ["nothing here", []],
  ])("in %j are %j", (text, expected) => {
    expect(findNumbers(text.split(" "))).toEqual(expected);
  });
});

describe("a template", () => {
  test("stands for all its wordings", () => {
    expect(expandTemplate("{a|b|} c {d {e|f}|<slot>}")).toEqual([
      "a c d e",
      "a c d f",
      "a c <slot>",
      "b c d e",
      "b c d f",
      "b c <slot>",
      "c d e",
      "c d f",
      "c <slot>",
    ]);
  });

  test.each(["{a|b", "a}", "a|b"])("%j is refused", (template) => {
    expect(() => parseTemplate(template)).toThrow(template);
  });
});
