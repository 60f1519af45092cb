import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBytes, toBytes, toFloat, toInt16 } from "../../../pipeline/audio/pcm.ts";

const sample = fc.integer({ min: -32_768, max: 32_767 });
const samples = fc.array(sample, { maxLength: 50 }).map((values) => Int16Array.from(values));

test("samples survive the way to numbers and back, and to bytes and back", () => {
  fc.assert(
    fc.property(samples, (pcm) => {
      expect(toInt16(toFloat(pcm))).toEqual(pcm);
      expect(fromBytes(toBytes(pcm))).toEqual(pcm);
    }),
  );
});

test("bytes are little-endian, whatever their place in memory", () => {
  const memory = Uint8Array.of(99, 0x34, 0x12, 0x00, 0x80, 77);
  expect([...fromBytes(memory.subarray(1, 5))]).toEqual([0x1234, -32_768]);
  expect([...toBytes(Int16Array.of(0x1234, -2))]).toEqual([0x34, 0x12, 0xfe, 0xff]);
});

test("an odd last byte is ignored", () => {
  expect([...fromBytes(Uint8Array.of(1, 0, 2))]).toEqual([1]);
});

test("numbers run from −1 to 1, and what is louder is clipped", () => {
  expect([...toFloat(Int16Array.of(-32_768, 0, 16_384))]).toEqual([-1, 0, 0.5]);
  expect([...toInt16(Float32Array.of(-2, -1, 0, 0.5, 1, 7))]).toEqual([-32_768, -32_768, 0, 16_384, 32_767, 32_767]);
});
