import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { childOf } from "../../../pipeline/flow/scope.ts";

test("a child aborts with its parent, for the parent's reason", () => {
  const parent = new AbortController();
  using child = childOf(parent.signal);
  expect(child.signal.aborted).toBe(false);
  const reason = new Error("gone");
  parent.abort(reason);
  expect(child.signal.reason).toBe(reason);
});

test("a child of a signal that aborted is born aborted", () => {
  const reason = new Error("gone");
  using child = childOf(AbortSignal.abort(reason));
  expect(child.signal.reason).toBe(reason);
});

test("a child aborts alone", () => {
  const parent = new AbortController();
  using child = childOf(parent.signal);
  child.abort(new Error("mine"));
  expect(child.signal.reason).toMatchObject({ message: "mine" });
  expect(parent.signal.aborted).toBe(false);
});

test("a child that was disposed is aborted, and its parent has forgotten it", () => {
  const parent = new AbortController();
  for (let n = 0; n < 100; n += 1) {
    const child = childOf(parent.signal);
    child[Symbol.dispose]();
    expect(child.signal.aborted).toBe(true);
  }
  expect(getEventListeners(parent.signal, "abort")).toEqual([]);
});
