import { expect, test } from "vitest";
import { isStop } from "../../../pipeline/stages/commands.ts";

test.each(["stop", "Stop!", " STOP  it. ", "be quiet", "that's enough", "That’s enough.", "Never mind", "okay, stop"])(
  "%s asks for silence",
  (text) => {
    expect(isStop(text)).toBe(true);
  },
);

test.each([
  "",
  "don't stop",
  "stop the timer",
  "where is the bus stop",
  "enough about me",
  "unstoppable",
  "stop stop go",
])("%s does not", (text) => {
  expect(isStop(text)).toBe(false);
});
