import { describe, expect, test } from "vitest";
import type { RunningModel } from "../../../../models/servers/ollama/answers.ts";
import { lossOf, residenceOf, sharesOf } from "../../../../models/servers/ollama/residence.ts";

const now = new Date("2026-11-21T14:05:00Z");
const inYears = (years: number): string => new Date(now.getTime() + years * 365 * 86_400_000).toISOString();
const entry: RunningModel = {
  name: "voice:1b",
  digest: "d1",
  size: 1_000,
  size_vram: 1_000,
  context_length: 4_096,
  expires_at: inYears(291),
};
const pinned = residenceOf(entry, true);
const loose = residenceOf({ ...entry, expires_at: inYears(0.01) }, false);

describe("what became of a loaded model", () => {
  test("nothing, when the list has it as it was", () => {
    expect(lossOf(pinned, [{ ...entry, name: "another" }], now)).toBeUndefined();
    expect(lossOf(pinned, [entry], now)).toBeUndefined();
    expect(lossOf(loose, [{ ...entry, expires_at: now.toISOString() }], now)).toBeUndefined();
  });

  test("it is evicted when the list does not have it, or its end is now", () => {
    expect(lossOf(pinned, [], now)).toBe("evicted");
    expect(lossOf(pinned, [{ ...entry, name: "other", digest: "d2" }], now)).toBe("evicted");
    expect(lossOf(pinned, [{ ...entry, expires_at: now.toISOString() }], now)).toBe("evicted");
  });

  test("it is loaded anew when its context, its file or its end is another", () => {
    expect(lossOf(pinned, [{ ...entry, context_length: 2_048 }], now)).toBe("reloaded");
    expect(lossOf(pinned, [{ ...entry, digest: "d2" }], now)).toBe("reloaded");
    expect(lossOf(pinned, [{ ...entry, expires_at: inYears(0.01) }], now)).toBe("reloaded");
  });

  test("it is spilled when less of it is on the GPU; on a machine without one it never is", () => {
    expect(lossOf(pinned, [{ ...entry, size_vram: 999 }], now)).toBe("spilled");
    const onCpu = { ...entry, size_vram: 0 };
    expect(lossOf(residenceOf(onCpu, true), [onCpu], now)).toBeUndefined();
  });
});

test("a model's bytes are told by pool", () => {
  expect(sharesOf(entry, new Map([["gpu1", 1]]))).toEqual([{ pool: "gpu1", bytes: 1_000 }]);
  expect(sharesOf({ ...entry, size_vram: 400 }, new Map([["gpu0", 1]]))).toEqual([
    { pool: "gpu0", bytes: 400 },
    { pool: "ram", bytes: 600 },
  ]);
  expect(sharesOf({ ...entry, size_vram: 0 }, new Map([["gpu0", 1]]))).toEqual([{ pool: "ram", bytes: 1_000 }]);
});
