import { expect, test } from "vitest";
import { bridgeLine } from "../../../pipeline/stages/bridge.ts";

const swap = (waitMs: number) => ({ status: "swap", model: "big", waitMs }) as const;

test.each([
  [1_000, "Give me about a second; I am bringing up the director."],
  [4_200, "Give me about four seconds; I am bringing up the director."],
  [17_000, "Give me about 15 seconds; I am bringing up the director."],
  [33_000, "Give me about half a minute; I am bringing up the director."],
  [61_000, "Give me about a minute; I am bringing up the director."],
  [200_000, "Give me about three minutes; I am bringing up the director."],
])("a wait of %d ms is told in round words", (waitMs, line) => {
  expect(bridgeLine("director", swap(waitMs))).toBe(line);
});

test("whoever waits behind others is told so", () => {
  expect(bridgeLine("coder", { status: "queue", model: "big", waitMs: 9_000 })).toBe(
    "I will ask the coder; that takes about nine seconds, others are before you.",
  );
});

test("no wait, or none worth a sentence, is bridged by nothing", () => {
  expect(bridgeLine("director", { status: "ready", model: "big", waitMs: 0 })).toBeNull();
  expect(bridgeLine("director", swap(300))).toBeNull();
  expect(bridgeLine("director", { status: "unavailable", why: "none" })).toBeNull();
});
