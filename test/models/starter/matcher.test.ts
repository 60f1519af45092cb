import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { intents } from "../../../models/starter/phrase-book/book.ts";
import { createMatcher, matcher } from "../../../models/starter/phrase-book/matcher.ts";
import { drawValue, sampleIntent, seededRandom } from "../../../models/starter/phrase-book/sample.ts";

const sentence = fc.tuple(fc.constantFrom(...intents), fc.nat()).map(([intent, seed]) => {
  const random = seededRandom(seed);
  const fill = (slot: string): string => drawValue(slot, random, "any");
  return { intent, text: sampleIntent(intent, random, { from: ["wordings", "heldOut"], fill, politeShare: 0.5 }) };
});

describe("the matcher", () => {
  test("knows every sentence of the book", () => {
    fc.assert(
      fc.property(sentence, ({ intent, text }) => {
        expect(matcher.match(text)?.name, text).toBe(intent.name);
      }),
      { numRuns: 500 },
    );
  });

  test("takes every beginning of a sentence for one", () => {
    fc.assert(
      fc.property(sentence, fc.nat(), ({ text }, cut) => {
        const words = text.split(" ");
        expect(matcher.isPrefix(words.slice(0, cut % (words.length + 1)).join(" ")), text).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("takes no sentence with a strange word in it", () => {
    fc.assert(
      fc.property(sentence, fc.nat(), ({ text }, at) => {
        const words = text.split(" ");
        const strange = words.toSpliced(at % (words.length + 1), 0, "xyzzy").join(" ");
        expect(matcher.match(strange)).toBeNull();
        expect(matcher.isPrefix(strange)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["What's the time?", "time"],
    ["Please apply the changes.", "apply"],
    ["okay stop", "stop"],
    ["What is 12 * 7?", "arithmetic"],
    ["what is the capital of the netherlands", "capital"],
    ["Create a fizz buzz script in Python!", "write_program"],
    ["add unit tests for the parser module", "write_tests"],
    ["I'm Adam.", "introduce"],
  ])("%s asks for %s", (text, name) => {
    expect(matcher.match(text)?.name).toBe(name);
  });

  test.each([
    "",
    "   ",
    "apply the butter",
    "stop the world",
    "what is the capital of",
    "please yes",
    "yes please please",
  ])("%j is no sentence of the book", (text) => {
    expect(matcher.match(text)).toBeNull();
  });

  test("forgets the wordings kept for measuring when asked to", () => {
    const trained = createMatcher(intents, "heldOut");
    expect(matcher.match("hold your tongue")?.name).toBe("stop");
    expect(trained.match("hold your tongue")).toBeNull();
    expect(trained.match("be quiet")?.name).toBe("stop");
  });

  test("is not led astray by the names of object properties", () => {
    for (const text of ["constructor", "spell constructor", "__proto__", "toString"])
      expect(matcher.match(text)).toBeNull();
  });
});
