import fc from "fast-check";
import { expect, test } from "vitest";
import { PlaybackQueue, type Played } from "../../clients/playback-queue.ts";

function queueOf(prefillFrames: number) {
  const reports: Played[] = [];
  return { queue: new PlaybackQueue({ prefillFrames, report: (played) => reports.push(played) }), reports };
}

function pull(queue: PlaybackQueue, frames: number): Float32Array {
  const output = new Float32Array(frames).fill(9);
  queue.pull(output);
  return output;
}

test("an answer waits until enough of it is there, then plays in order", () => {
  const { queue, reports } = queueOf(4);
  queue.push("a", Float32Array.of(0.1, 0.2));
  expect([...pull(queue, 3)]).toEqual([0, 0, 0]);
  queue.push("a", Float32Array.of(0.3, 0.4));
  expect(pull(queue, 2)).toEqual(Float32Array.of(0.1, 0.2));
  expect(queue.current).toEqual({ key: "a", frames: 2, playing: true });
  queue.end("a");
  expect(pull(queue, 2)).toEqual(Float32Array.of(0.3, 0.4));
  expect(reports).toEqual([{ key: "a", frames: 4, playing: false }]);
  expect(queue.empty).toBe(true);
});

test("a short answer plays although it never fills the prefill", () => {
  const { queue } = queueOf(1_000);
  queue.push("a", Float32Array.of(0.5));
  queue.end("a");
  expect(pull(queue, 1)).toEqual(Float32Array.of(0.5));
});

test("clearing fades within 32 frames, counts what was played, and drops what comes late", () => {
  const { queue, reports } = queueOf(0);
  queue.push("a", new Float32Array(1_000).fill(1));
  pull(queue, 100);
  queue.clear();
  const rest = pull(queue, 100);
  expect(rest.subarray(32).every((value) => value === 0)).toBe(true);
  expect(reports).toEqual([{ key: "a", frames: 132, playing: false }]);
  queue.push("a", new Float32Array(50).fill(1));
  expect(pull(queue, 10).every((value) => value === 0)).toBe(true);
  queue.push("b", Float32Array.of(0.25));
  queue.end("b");
  expect(pull(queue, 1)).toEqual(Float32Array.of(0.25));
});

test("where the sound breaks off it sinks to silence and never jumps", () => {
  const { queue } = queueOf(0);
  queue.push("a", new Float32Array(10).fill(1));
  const output = pull(queue, 100);
  for (let i = 1; i < output.length; i += 1)
    expect(Math.abs((output[i] ?? 0) - (output[i - 1] ?? 0))).toBeLessThan(0.05);
  expect(output.at(-1)).toBe(0);
});

test("after a gap it waits for the prefill again", () => {
  const { queue } = queueOf(3);
  queue.push("a", Float32Array.of(1, 1, 1));
  pull(queue, 60);
  queue.push("a", Float32Array.of(0.5));
  expect(pull(queue, 1)).toEqual(Float32Array.of(0));
  queue.push("a", Float32Array.of(0.5, 0.5));
  expect(pull(queue, 1)).toEqual(Float32Array.of(0.5));
});

test("dropping an answer that has not begun leaves the one that sounds alone", () => {
  const { queue, reports } = queueOf(0);
  queue.push("a", new Float32Array(10).fill(1));
  pull(queue, 5);
  queue.push("b", new Float32Array(10).fill(1));
  queue.drop("b");
  pull(queue, 100);
  expect(reports).toEqual([
    { key: "b", frames: 0, playing: false },
    { key: "a", frames: 10, playing: false },
  ]);
});

test("whatever happens, every answer is reported over once, and never more is played than came", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("push" as const), frames: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ do: fc.constant("pull" as const), frames: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ do: fc.constantFrom("end" as const, "clear" as const, "next" as const), frames: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 200 }), (steps, prefill) => {
      const { queue, reports } = queueOf(prefill);
      const pushed = new Map<string, number>();
      let item = 0;
      for (const each of steps) {
        const key = `item-${item}`;
        if (each.do === "push") {
          queue.push(key, new Float32Array(each.frames).fill(0.5));
          pushed.set(key, (pushed.get(key) ?? 0) + each.frames);
        } else if (each.do === "pull") pull(queue, each.frames);
        else if (each.do === "end") queue.end(key);
        else if (each.do === "clear") queue.clear();
        else item += 1;
      }
      queue.clear();
      pull(queue, 64);
      expect(queue.empty).toBe(true);
      const over = reports.map(({ key }) => key);
      expect(new Set(over).size).toBe(over.length);
      expect(over.toSorted()).toEqual([...pushed.keys()].toSorted());
      for (const { key, frames } of reports) expect(frames).toBeLessThanOrEqual(pushed.get(key) ?? 0);
    }),
  );
});
