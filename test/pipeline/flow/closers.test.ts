import { expect, test } from "vitest";
import { Closers } from "../../../pipeline/flow/closers.ts";

test("closes in reverse order, one after the other", async () => {
  const trace: string[] = [];
  const closers = new Closers();
  const resource = {
    [Symbol.asyncDispose]: async () => {
      trace.push("first begins");
      await new Promise((resolve) => setImmediate(resolve));
      trace.push("first ends");
    },
  };
  expect(closers.use(resource)).toBe(resource);
  closers.defer(async () => {
    trace.push("second begins");
    await new Promise((resolve) => setImmediate(resolve));
    trace.push("second ends");
  });
  closers.defer(() => trace.push("third"));
  await closers[Symbol.asyncDispose]();
  expect(trace).toEqual(["third", "second begins", "second ends", "first begins", "first ends"]);
});

test("one that fails to close does not keep the others open; the first failure is told", async () => {
  const trace: string[] = [];
  const closers = new Closers();
  closers.defer(() => trace.push("closed"));
  closers.defer(() => {
    throw new Error("later failure");
  });
  closers.defer(async () => {
    throw new Error("first failure");
  });
  await expect(closers[Symbol.asyncDispose]()).rejects.toThrow("first failure");
  expect(trace).toEqual(["closed"]);
});

test("closes everything once", async () => {
  let closed = 0;
  const closers = new Closers();
  closers.defer(() => {
    closed += 1;
  });
  await closers[Symbol.asyncDispose]();
  await closers[Symbol.asyncDispose]();
  expect(closed).toBe(1);
});
