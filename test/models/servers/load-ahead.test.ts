import { appendFile, readFile, rm } from "node:fs/promises";
import { GgufInsights } from "node-llama-cpp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoadAhead } from "../../../models/servers/load-ahead.ts";
import { type RandomGguf, writeRandomGguf } from "../../support/random-gguf.ts";

const options = { contextTokens: 512, sequences: 1, gpu: false, gpuLayers: 0 } as const;
let file: RandomGguf;
beforeEach(async () => {
  file = await writeRandomGguf();
});
afterEach(() => file[Symbol.asyncDispose]());

/** Whether this process has it mapped, as one that runs it has. */
async function isMapped(path: string): Promise<boolean> {
  return (await readFile("/proc/self/maps", "utf8")).includes(path);
}

test("it waits until it may take memory, and then loads the model", async () => {
  const ahead = await LoadAhead.begin(file.path, options);
  await ahead.waits();
  expect(await isMapped(file.path)).toBe(false);
  await using model = await ahead.go();
  expect(await isMapped(file.path)).toBe(true);
  expect(model.tokenize("abc")).toHaveLength(3);
});

test("it is for the very file and the very options that it was begun with", async () => {
  const ahead = await LoadAhead.begin(file.path, options);
  expect(await ahead.isFor(file.path, { ...options })).toBe(true);
  expect(await ahead.isFor(file.path, { ...options, contextTokens: 256 })).toBe(false);
  await using other = await writeRandomGguf();
  expect(await ahead.isFor(other.path, options)).toBe(false);
  await appendFile(file.path, "more");
  expect(await ahead.isFor(file.path, options)).toBe(false);
  await rm(file.path);
  expect(await ahead.isFor(file.path, options)).toBe(false);
  await ahead.abandon();
});

test("one that was not wanted takes nothing, and is not in the way of the next", async () => {
  const unwanted = await LoadAhead.begin(file.path, options);
  await unwanted.abandon();
  await expect(unwanted.go()).rejects.toThrow("not wanted");
  await using other = await writeRandomGguf({ architecture: "qwen3" });
  await using _model = await (await LoadAhead.begin(other.path, options)).go();
  expect(await isMapped(file.path)).toBe(false);
  expect(await isMapped(other.path)).toBe(true);
});

test("node-llama-cpp's formulas, which stand in for its rehearsal, tell about the same", async () => {
  await using model = await (await LoadAhead.begin(file.path, options)).go();
  const wanted = {
    contextSize: 4_096,
    modelGpuLayers: 0,
    batchSize: 128,
    sequences: 2,
    flashAttention: "auto",
  } as const;
  const told = await model.fileInsights.estimateContextResourceRequirementsV2(wanted);
  const rehearsed = await GgufInsights.prototype.estimateContextResourceRequirementsV2.call(model.fileInsights, wanted);
  expect(told.gpuVram).toBe(0);
  expect(told.cpuRam / rehearsed.cpuRam).toBeGreaterThan(0.8);
  expect(told.cpuRam / rehearsed.cpuRam).toBeLessThan(1.5);
  expect(told).not.toEqual(rehearsed);
});
