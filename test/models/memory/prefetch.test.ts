import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { thisMachine } from "../../../models/memory/machine-sources.ts";
import { cachedShare, storageTier } from "../../../models/memory/model-file.ts";
import { Prefetcher } from "../../../models/memory/prefetch.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const signal = new AbortController().signal;
const mib = 1024 ** 2;
const bytes = 20 * mib + 7;
let folder = "";
let path = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sotto-prefetch-"));
  path = join(folder, "model.gguf");
  await writeFile(path, Buffer.alloc(bytes, 1));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Reads while time passes as fast as it is asked for. */
async function reading<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let done = false;
  void work.finally(() => {
    done = true;
  });
  while (!done) await clock.advance(1);
  return await work;
}

describe("a prefetch", () => {
  test("reads the file through once, and not again for a minute", async () => {
    const clock = new VirtualClock();
    const prefetcher = new Prefetcher({ clock, roomBytes: () => bytes });
    expect(await reading(clock, prefetcher.prefetch(path, signal))).toEqual({ outcome: "read", bytes });
    expect(await reading(clock, prefetcher.prefetch(path, signal))).toEqual({ outcome: "read-lately", bytes: 0 });
    await clock.advance(60_000);
    expect(await reading(clock, prefetcher.prefetch(path, signal))).toEqual({ outcome: "read", bytes });
  });

  test("does not begin where there is no room", async () => {
    const clock = new VirtualClock();
    const prefetcher = new Prefetcher({ clock, roomBytes: () => bytes - 1 });
    expect(await reading(clock, prefetcher.prefetch(path, signal))).toEqual({ outcome: "no-room", bytes: 0 });
  });

  test("stops when memory gets short", async () => {
    const large = join(folder, "large.gguf");
    await writeFile(large, "");
    // A hole is read like any other file, and costs no storage.
    await truncate(large, 300 * mib);
    const clock = new VirtualClock();
    let asked = 0;
    const prefetcher = new Prefetcher({
      clock,
      roomBytes: () => {
        asked += 1;
        return asked === 1 ? 300 * mib : 0;
      },
    });
    expect(await reading(clock, prefetcher.prefetch(large, signal))).toEqual({ outcome: "no-room", bytes: 256 * mib });
  });

  test("ends with its caller, between two chunks", async () => {
    const clock = new VirtualClock();
    const caller = new AbortController();
    const prefetcher = new Prefetcher({
      clock,
      roomBytes: () => {
        caller.abort();
        return bytes;
      },
    });
    const result = await reading(clock, prefetcher.prefetch(path, caller.signal));
    expect(result.outcome).toBe("aborted");
    expect(result.bytes).toBeLessThan(bytes);
    expect(await reading(clock, prefetcher.prefetch(path, caller.signal))).toEqual({ outcome: "aborted", bytes: 0 });
  });

  test("of a file that is not there is no error", async () => {
    const clock = new VirtualClock();
    const prefetcher = new Prefetcher({ clock, roomBytes: () => bytes });
    const missing = prefetcher.prefetch(join(folder, "none.gguf"), signal);
    expect(await reading(clock, missing)).toEqual({ outcome: "unreadable", bytes: 0 });
    expect(await reading(clock, prefetcher.prefetch(path, signal))).toMatchObject({ outcome: "read" });
  });

  test("waits for the one before", async () => {
    const clock = new VirtualClock();
    const prefetcher = new Prefetcher({ clock, roomBytes: () => bytes });
    const both = Promise.all([prefetcher.prefetch(path, signal), prefetcher.prefetch(path, signal)]);
    expect((await reading(clock, both)).map(({ outcome }) => outcome)).toEqual(["read", "read-lately"]);
  });
});

describe("a model's file", () => {
  const sources = thisMachine(systemClock);

  test("lies on some storage, whatever this machine has", async () => {
    expect(["nvme", "sata", "disk", "unknown"]).toContain(await storageTier(path, sources));
    expect(await storageTier(join(folder, "none.gguf"), { ...sources, platform: "linux" })).toBe("unknown");
  });

  test("has a share in the page cache, where the system tells", async () => {
    const share = await cachedShare(path, sources, signal);
    if (share !== undefined) expect(share >= 0 && share <= 1).toBe(true);
    expect(await cachedShare(join(folder, "none.gguf"), sources, signal)).toBeUndefined();
  });

  test.each([
    ["  10485760 20971520\n", 0.5],
    ["20975616 20971520", 1],
    ["0 20971520", 0],
    ["fincore: failed to open", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("is cached as fincore says: %j", async (answer, expected) => {
    expect(await cachedShare("x", { ...sources, run: async () => answer }, signal)).toBe(expected);
  });
});
