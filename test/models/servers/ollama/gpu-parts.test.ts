import { expect, test } from "vitest";
import { freeOn, partsOf } from "../../../../models/servers/ollama/gpu-parts.ts";
import { sharesOf } from "../../../../models/servers/ollama/residence.ts";

const gb = 1e9;
const free = (gpu0: number, gpu1: number) =>
  new Map([
    ["gpu0", gpu0 * gb],
    ["gpu1", gpu1 * gb],
  ]);

test("a model lies where memory became less, whatever was expected", () => {
  expect(partsOf(free(20, 10), free(20, 4))).toEqual(new Map([["gpu1", 1]]));
  expect(partsOf(free(20, 10), free(14, 8))).toEqual(
    new Map([
      ["gpu0", 0.75],
      ["gpu1", 0.25],
    ]),
  );
});

test("what comes and goes all the time, and what came back meanwhile, is nothing of it", () => {
  expect(partsOf(free(20, 10), free(14, 9.95))).toEqual(new Map([["gpu0", 1]]));
  expect(partsOf(free(20, 10), free(14, 12))).toEqual(new Map([["gpu0", 1]]));
  expect(partsOf(free(20, 10), free(20, 10))).toBeUndefined();
  expect(partsOf(free(20, 10), new Map())).toBeUndefined();
});

test("a GPU of which nothing can tell is not looked at", async () => {
  const asked = await freeOn(
    ["gpu0", "gpu1"],
    async (pool) => (pool === "gpu1" ? 7 : undefined),
    new AbortController().signal,
  );
  expect(asked).toEqual(new Map([["gpu1", 7]]));
});

test("its bytes are divided like that, and what is not on a GPU is in the system's memory", () => {
  const entry = { name: "m", digest: "d", size: 1_000, size_vram: 800, context_length: 4_096, details: {} };
  const parts = new Map([
    ["gpu0", 0.75],
    ["gpu1", 0.25],
  ]);
  expect(sharesOf(entry, parts)).toEqual([
    { pool: "gpu0", bytes: 600 },
    { pool: "gpu1", bytes: 200 },
    { pool: "ram", bytes: 200 },
  ]);
});
