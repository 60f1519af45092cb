import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64, encodeBase64 } from "../../../pipeline/realtime/base64.ts";
import { idSource, newId } from "../../../pipeline/realtime/ids.ts";
import { decodePlaybackFrame, encodePlaybackFrame } from "../../../pipeline/realtime/playback-frame.ts";

describe("base64", () => {
  test("agrees with Node both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(encodeBase64(bytes)).toBe(text);
        expect(decodeBase64(text)).toEqual(bytes);
      }),
    );
  });

  test("encodes more than the stack holds arguments", () => {
    const bytes = new Uint8Array(1_000_000).map((_, index) => index * 7);
    expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
  });

  test("anything that is not base64 is refused", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const strict = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
        expect(decodeBase64(text) !== undefined).toBe(strict);
      }),
      { examples: [["===="], ["AA=="], ["A==="], ["AA=A"], ["\u0141AAA"], ["AAAA\n"]] },
    );
  });
});

test("a frame of sound keeps its stream, its place and its bytes", () => {
  const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(u32, u32, fc.uint8Array(), (stream, firstSample, bytes) => {
      // At an odd offset, as it may lie in what a socket received.
      const message = new Uint8Array([0, ...encodePlaybackFrame({ stream, firstSample, bytes })]).subarray(1);
      expect(decodePlaybackFrame(message)).toEqual({ stream, firstSample, bytes });
    }),
  );
  expect(decodePlaybackFrame(new Uint8Array(7))).toBeUndefined();
});

describe("ids", () => {
  test("have their prefix and are safe anywhere", () => {
    expect(newId("item")).toMatch(/^item_[A-Za-z0-9]{21}$/);
    expect(new Set(Array.from({ length: 1_000 }, () => newId("event"))).size).toBe(1_000);
  });

  test("are the same for the same randomness", () => {
    let next = 0;
    const predictable = idSource((bytes) => bytes.fill(next++));
    expect([predictable("resp"), predictable("resp")]).toEqual([`resp_${"0".repeat(21)}`, `resp_${"1".repeat(21)}`]);
  });
});
