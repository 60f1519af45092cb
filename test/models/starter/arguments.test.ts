import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argumentsFor } from "../../../models/starter/arguments.ts";
import type { ToolName } from "../../../models/starter/phrase-book/intent.ts";
import { numberToWords } from "../../../models/starter/phrase-book/number-words.ts";

const cases: readonly (readonly [ToolName, string, unknown])[] = [
  ["capital", "What's the capital of France?", { country: "France" }],
  ["capital", "capital of south korea please", { country: "South Korea" }],
  ["capital", "which city is Japan's capital", { country: "Japan" }],
  ["capital", "the capital of the UK", { country: "United Kingdom" }],
  ["capital", "what is the capital of Atlantis", null],
  ["arithmetic", "What is 3 + 4?", { a: 3, operation: "plus", b: 4 }],
  ["arithmetic", "subtract five from twenty", { a: 20, operation: "minus", b: 5 }],
  ["arithmetic", "divide a hundred by seven", { a: 100, operation: "divided by", b: 7 }],
  ["arithmetic", "multiply six and seven", { a: 6, operation: "times", b: 7 }],
  ["arithmetic", "what is three", null],
  ["arithmetic", "one plus two plus three", null],
  ["spell", "How do you spell rhythm?", { word: "rhythm" }],
  ["spell", "spell the word word", { word: "word" }],
  ["spell", "can you spell elephant for me please", { word: "elephant" }],
  ["spell", "spell", null],
  ["introduce", "Hi, my name is Adam", { name: "adam" }],
  ["introduce", "call me ishmael", { name: "ishmael" }],
  ["introduce", "this is Emma speaking", { name: "emma" }],
  ["introduce", "I am leaving now", null],
  ["introduce", "I am hungry", null],
  ["hand_off", " Fix the Parser! ", { task: "Fix the Parser!" }],
  ["ask_director", "Ask the director about X", { question: "Ask the director about X" }],
  ["time", "what time is it", {}],
];

describe("a call's arguments", () => {
  test.each(cases)("for %s in %j are %j", (tool, text, expected) => {
    expect(argumentsFor(tool, text)).toEqual(expected);
  });

  test("are the numbers that were said, typed or spoken", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.boolean(), (a, b, typed) => {
        const show = (value: number): string => (typed ? String(value) : numberToWords(value));
        expect(argumentsFor("arithmetic", `what is ${show(a)} times ${show(b)}`)).toEqual({ a, operation: "times", b });
      }),
    );
  });
});
