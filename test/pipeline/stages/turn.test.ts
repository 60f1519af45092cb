import { expect, test } from "vitest";
import { endpointSilenceMs, type TurnRule } from "../../../pipeline/stages/turn.ts";

const semantic = (eagerness: "low" | "medium" | "high" | "auto"): TurnRule => ({ type: "semantic", eagerness });
const after = (text: string, complete?: boolean, eagerness: "low" | "medium" | "high" | "auto" = "auto"): number =>
  endpointSilenceMs(semantic(eagerness), { text, complete });

test("server_vad waits as long as it was told, whatever was said", () => {
  const rule: TurnRule = { type: "silence", silenceMs: 420 };
  for (const text of ["", "what is the", "stop"]) expect(endpointSilenceMs(rule, { text, complete: true })).toBe(420);
});

test("whole sentences are answered sooner than unknown ones, and those sooner than broken ones", () => {
  for (const eagerness of ["low", "medium", "high", "auto"] as const) {
    const whole = after("what time is it", true, eagerness);
    const unknown = after("what time is it", undefined, eagerness);
    const half = after("what time", false, eagerness);
    const dangling = after("what is the", undefined, eagerness);
    expect(whole).toBeLessThan(unknown);
    expect(unknown).toBeLessThan(half);
    expect(half).toBeLessThanOrEqual(dangling);
    expect(after("", undefined, eagerness)).toBe(unknown);
  }
});

test("the more eager, the sooner; auto is medium", () => {
  for (const [text, complete] of [
    ["yes", true],
    ["yes", undefined],
    ["the", undefined],
    ["set an", false],
  ] as const) {
    const [low, medium, high] = (["low", "medium", "high"] as const).map((eager) => after(text, complete, eager));
    expect(low).toBeGreaterThan(medium ?? 0);
    expect(medium).toBeGreaterThan(high ?? 0);
    expect(after(text, complete, "auto")).toBe(medium);
  }
});

test.each(["The capital OF", "twelve plus", "i want to um", "tell me what's"])(
  "%s: a person goes on after that",
  (text) => {
    expect(after(text)).toBe(1_500);
  },
);

test("a recogniser that knows the sentence is whole outweighs its last word", () => {
  expect(after("what are you up to", true)).toBe(360);
});
