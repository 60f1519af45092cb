import { expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { inspectGguf } from "../../../models/memory/gguf-header.ts";
import { EmbeddedServer } from "../../../models/servers/embedded.ts";
import { llamaOfBytes, writeRandomGguf } from "../../support/random-gguf.ts";

const { signal } = new AbortController();
const contextTokens = 8_192;
const slackBytes = 64_000_000;

test("a large model has one conversation's memory when it is loaded, and says how much it will have with all of them", async () => {
  await using file = await writeRandomGguf({ ...llamaOfBytes(120_000_000), hollow: true });
  const { kvBytesPerToken = 0 } = await inspectGguf(file.path);
  const cacheBytes = kvBytesPerToken * contextTokens;
  await using server = new EmbeddedServer({
    name: "director",
    modelPath: file.path,
    contextTokens,
    sequences: 3,
    batchTokens: 256,
    gpu: false,
    gpuLayers: 0,
    clock: systemClock,
    log: () => undefined,
    restarts: false,
  });
  const said = await server.ready();
  expect(said.sequences).toBe(3);
  const { bytes: before } = await server.counters();
  expect(before).toBeLessThan(said.bytes - 2 * cacheBytes);
  const prompt = [{ text: "and then ".repeat(4), special: false }];
  const speak = async (sequence: string): Promise<void> => {
    const request = { sequence, prompt, maxTokens: 1, temperature: 0, stop: [] };
    for await (const _ of server.generate(request, signal));
  };
  await Promise.all(["a", "b", "c"].map(speak));
  const { bytes: after } = await server.counters();
  expect(after).toBeGreaterThan(before + 2 * cacheBytes);
  expect(after).toBeLessThan(said.bytes + slackBytes);
});
