import fc from "fast-check";
import { expect, test } from "vitest";
import { createFramer } from "../../../pipeline/audio/framer.ts";

test("however the samples come in, the frames are the same: 512 each, in order, stamped by their place", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 20 }), (lengths) => {
      const framer = createFramer();
      let next = 0;
      const frames = lengths.flatMap((length) => framer.push(Int16Array.from({ length }, () => next++ % 30_000)));
      expect(frames).toHaveLength(Math.floor(next / 512));
      frames.forEach(({ samples, atMs }, index) => {
        expect(atMs).toBe(index * 32);
        expect([...samples]).toEqual(Array.from({ length: 512 }, (_, n) => (index * 512 + n) % 30_000));
      });
      expect(framer.receivedMs).toBe(next / 16);
    }),
    { numRuns: 60 },
  );
});

test("a frame is its own: what comes later does not change it", () => {
  const framer = createFramer();
  const chunk = new Int16Array(512).fill(1);
  const [frame] = framer.push(chunk);
  chunk.fill(2);
  framer.push(chunk);
  expect(new Set(frame?.samples)).toEqual(new Set([1]));
});
