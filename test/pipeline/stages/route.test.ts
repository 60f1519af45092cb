import { describe, expect, test } from "vitest";
import { complexity, route } from "../../../pipeline/stages/route.ts";

const rules = { coding: true, asked: true, tasks: ["plan", "compare"], hardFrom: 0.6, fallback: "auto" } as const;

describe("a question is for the director", () => {
  test.each([
    "ask the director about memory",
    "Please ask the director what a swap is.",
    "can you ask the bigger model why the sky is blue",
    "director, explain the slot",
    "what does the director think about swapping",
    "give that to the director",
    "question for the director",
    "I want to talk to the director about leases",
  ])("when it is asked for by name: %s", (text) => {
    expect(route(text, rules)).toEqual({ to: "director", why: "asked" });
    expect(route(text, { ...rules, asked: false, hardFrom: 2 }).to).toBe("voice");
  });

  test.each(["plan a trip to lisbon", "could you please compare cats and dogs"])("by its task: %s", (text) => {
    expect(route(text, rules)).toEqual({ to: "director", why: "task" });
    expect(route(text, { ...rules, tasks: [] }).to).toBe("voice");
  });

  test("when it looks hard enough", () => {
    const hard =
      "explain why the tides differ between the atlantic and the mediterranean and how that follows from the shape of the basins " +
      "although the moon is the same for both, and compare it with the north sea";
    expect(complexity(hard)).toBeGreaterThan(0.6);
    expect(route(hard, rules)).toEqual({ to: "director", why: "complexity" });
    expect(route(hard, { ...rules, hardFrom: 2 }).to).toBe("voice");
  });
});

describe("a task goes to the coder", () => {
  test.each([
    ["ask the coder to fix the parser", "asked"],
    ["please give that to the coder", "asked"],
    ["tell the coder to write a fizz buzz in python", "asked"],
    ["create a fizz buzz script in python", "task"],
    ["can you please add unit tests for the parser", "task"],
    ["write me a program that counts words", "task"],
    ["fix the bug in the login function", "task"],
  ])("%s", (text, why) => {
    expect(route(text, rules)).toEqual({ to: "coder", why });
    expect(route(text, { ...rules, coding: false }).to).not.toBe("coder");
  });

  test.each([
    "write a poem about the sea",
    "what is a function",
    "make a note",
    "add twelve and thirty five",
    "who wrote the script of alien",
    "tell me about the coder",
  ])("but not: %s", (text) => {
    expect(route(text, rules).to).not.toBe("coder");
  });
});

test.each(["what time is it", "the director is a nice film", "who was the director of alien", "tell me a joke", ""])(
  "others are not: %s",
  (text) => {
    expect(route(text, rules)).toEqual({ to: "voice" });
  },
);
