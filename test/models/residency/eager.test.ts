import { expect, test } from "vitest";
import { eager } from "../../../models/residency/eager.ts";
import { until } from "../../support/until.ts";

const never = new AbortController().signal;

function source(parts: readonly number[], trace: string[]) {
  return async function* (signal: AbortSignal): AsyncGenerator<number, void, void> {
    for (const part of parts) {
      await Promise.resolve();
      if (signal.aborted) {
        trace.push("left");
        throw signal.reason;
      }
      trace.push(`made ${part}`);
      yield part;
    }
  };
}
const computing = (trace: string[]) => (): Disposable => {
  trace.push("begin");
  return { [Symbol.dispose]: () => trace.push("end") };
};

test("makes everything before the second part is asked for, and says when it is made", async () => {
  const trace: string[] = [];
  const parts = eager(source([1, 2, 3], trace), computing(trace), never);
  expect((await parts.next()).value).toBe(1);
  await until(() => trace.includes("end"));
  expect(trace).toEqual(["begin", "made 1", "made 2", "made 3", "end"]);
  expect([(await parts.next()).value, (await parts.next()).value, (await parts.next()).done]).toEqual([2, 3, true]);
});

test("begins nothing when nobody asks", async () => {
  const trace: string[] = [];
  const parts = eager(source([1], trace), computing(trace), never);
  await parts.return();
  expect(trace).toEqual([]);
});

test("a listener who leaves ends the work, too", async () => {
  const trace: string[] = [];
  const endless = Array.from({ length: 1_000 }, (_, index) => index);
  for await (const part of eager(source(endless, trace), computing(trace), never)) if (part === 2) break;
  await until(() => trace.includes("end"));
  expect(trace.slice(-2)).toEqual(["left", "end"]);
});

test("an abort ends it with the signal's reason", async () => {
  const trace: string[] = [];
  const controller = new AbortController();
  const parts = eager(source([1, 2, 3, 4, 5, 6, 7, 8], trace), computing(trace), controller.signal);
  await parts.next();
  controller.abort(new Error("enough"));
  const rest = async (): Promise<void> => {
    for await (const _ of parts);
  };
  await expect(rest()).rejects.toThrow("enough");
});

test("an error comes behind the parts before it", async () => {
  const failing = async function* (): AsyncGenerator<number, void, void> {
    yield 1;
    throw new Error("broke");
  };
  const trace: string[] = [];
  const parts = eager(failing, computing(trace), never);
  expect((await parts.next()).value).toBe(1);
  await expect(parts.next()).rejects.toThrow("broke");
  expect(trace).toEqual(["begin", "end"]);
});
