import { expect, test } from "vitest";
import { bytesOf } from "../../pipeline/byte-size.ts";

test.each([
  ["6GB", 6e9],
  ["512 MiB", 512 * 1024 ** 2],
  ["1.5g", 1.5e9],
  ["2e9", 2e9],
  ["2000000000", 2e9],
  ["0", 0],
])("%s is a size", (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

test.each(["", "big", "6 GBs", "-1GB", "6GB 2"])("%j is none, and stays what it is", (text) => {
  expect(bytesOf(text)).toBe(text);
});

test("a number is one already", () => {
  expect(bytesOf(5)).toBe(5);
});
