import { expect, test } from "vitest";
import { PendingCall } from "../../../models/host/pending-call.ts";

async function read(call: PendingCall): Promise<unknown[]> {
  const parts: unknown[] = [];
  for await (const part of call.parts()) parts.push(part);
  return parts;
}

test("parts come in order, before and after somebody listens, until the end", async () => {
  const call = new PendingCall();
  call.part("a");
  const parts = read(call);
  const result = call.result();
  await Promise.resolve();
  call.part("b");
  call.part("c");
  call.end("done");
  expect(await parts).toEqual(["a", "b", "c"]);
  expect(await result).toBe("done");
  expect(await call.result()).toBe("done");
});

test("an error comes after the parts before it, to everybody who waits", async () => {
  const call = new PendingCall();
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const part of call.parts()) seen.push(part);
  })();
  const outcomes = Promise.allSettled([reading, call.result(), call.result()]);
  call.part(1);
  const error = new Error("gone");
  call.fail(error);
  expect(await outcomes).toEqual(Array.from({ length: 3 }, () => ({ status: "rejected", reason: error })));
  expect(seen).toEqual([1]);
});

test("only the first outcome counts, and parts after it do not", async () => {
  const ended = new PendingCall();
  ended.end(1);
  ended.fail(new Error("late"));
  ended.end(2);
  ended.part("late");
  expect(await ended.result()).toBe(1);
  expect(await read(ended)).toEqual([]);
  const failed = new PendingCall();
  failed.fail(new Error("first"));
  failed.end(1);
  await expect(failed.result()).rejects.toThrow("first");
});
