import { expect, test } from "vitest";
import type { Resident } from "../../../../models/servers/openai/keeper.ts";
import { lossOf, type Sight, silentLooks } from "../../../../models/servers/openai/loss.ts";

const resident: Resident = {
  model: "qwen",
  id: "qwen:2",
  state: "ready",
  mark: "4096",
  blob: undefined,
  contextTokens: 4_096,
};
const list = (...residents: readonly Resident[]): Sight => ({ type: "list", residents });

test("a model that is listed as it was is not lost", () => {
  expect(lossOf(resident, list({ ...resident, model: "other" }, resident), 0)).toBeUndefined();
});

test("one that is not listed, or sleeps, was evicted", () => {
  expect(lossOf(resident, list(), 0)).toBe("evicted");
  expect(lossOf(resident, list({ ...resident, state: "asleep" }), 0)).toBe("evicted");
});

test("another instance of the same model is not ours", () => {
  expect(lossOf(resident, list({ ...resident, id: "qwen" }), 0)).toBe("evicted");
});

test("one that is loaded differently, or again, was reloaded", () => {
  expect(lossOf(resident, list({ ...resident, mark: "8192" }), 0)).toBe("reloaded");
  expect(lossOf(resident, list({ ...resident, state: "loading" }), 0)).toBe("reloaded");
});

test("a refused connection is a loss at once, a missed look only when it is the third in a row", () => {
  expect(lossOf(resident, { type: "refused" }, 0)).toBe("server-down");
  for (let before = 0; before < silentLooks - 1; before += 1) {
    expect(lossOf(resident, { type: "silent" }, before)).toBeUndefined();
  }
  expect(lossOf(resident, { type: "silent" }, silentLooks - 1)).toBe("server-down");
});
