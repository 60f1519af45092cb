import { expect, test } from "vitest";
import { prefetch } from "../../../pipeline/flow/prefetch.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

test("the next item is made while this one is in use, and no more than that", async () => {
  const clock = new VirtualClock();
  const trace: string[] = [];
  const stage = async function* (signal: AbortSignal): AsyncGenerator<number> {
    for (let n = 1; n <= 4; n += 1) {
      trace.push(`make ${n} at ${clock.nowMs()}`);
      await clock.sleep(10, signal);
      yield n;
    }
  };
  const read = async (): Promise<void> => {
    for await (const n of prefetch(stage, 1, new AbortController().signal)) {
      trace.push(`use ${n} at ${clock.nowMs()}`);
      await clock.sleep(100);
    }
  };
  const done = read();
  await clock.advance(1_000);
  await done;
  expect(trace).toEqual([
    "make 1 at 0",
    "make 2 at 10",
    "use 1 at 10",
    "make 3 at 110",
    "use 2 at 110",
    "make 4 at 210",
    "use 3 at 210",
    "use 4 at 310",
  ]);
});

test("an error of the stage reaches the reader after the items before it", async () => {
  const seen: number[] = [];
  const stage = async function* (): AsyncGenerator<number> {
    yield 1;
    throw new Error("broken");
  };
  const read = async (): Promise<void> => {
    for await (const n of prefetch(stage, 2, new AbortController().signal)) seen.push(n);
  };
  await expect(read()).rejects.toThrow("broken");
  expect(seen).toEqual([1]);
});

test("leaving early aborts the stage; aborting ends the reader", async () => {
  let inner: AbortSignal | undefined;
  const stage = async function* (signal: AbortSignal): AsyncGenerator<number> {
    inner = signal;
    for (let n = 0; ; n += 1) yield n;
  };
  for await (const n of prefetch(stage, 1, new AbortController().signal)) if (n === 2) break;
  expect(inner?.aborted).toBe(true);

  const controller = new AbortController();
  const stuck = async function* (): AsyncGenerator<number> {
    await new Promise(() => undefined);
  };
  const reading = (async () => {
    for await (const _ of prefetch(stuck, 1, controller.signal));
  })();
  controller.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
});
