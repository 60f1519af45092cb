import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { gpuEnvironment } from "../../../models/memory/gpu-device.ts";
import { ChatWriter } from "../../../models/servers/chat-writer.ts";
import { EmbeddedModels } from "../../../models/servers/embedded-models.ts";
import type { LoadOptions } from "../../../models/servers/model-server.ts";
import { type RandomGguf, writeRandomGguf } from "../../support/random-gguf.ts";

const never = new AbortController().signal;
const options: LoadOptions = { contextTokens: 512, sequences: 1, kvType: "f16", batchTokens: 128, gpuLayers: 0 };
const uuids = ["GPU-8f3a", "GPU-17c2"];
let file: RandomGguf;
beforeAll(async () => {
  file = await writeRandomGguf();
});
afterAll(() => file[Symbol.asyncDispose]());

/** What a model's process found in its environment about GPUs. */
async function visibleTo(gpus: readonly string[] | undefined): Promise<readonly string[]> {
  const server = new EmbeddedModels({
    files: async () => new Map([["a", file.path]]),
    writerFor: (_model, completion) => new ChatWriter({ completion, contextTokens: 512 }),
    gpus: uuids.map((_, index) => ({ pool: `gpu${index}`, part: 1 / 2, kind: "discrete" })),
    gpuEnvironment: (pools) =>
      gpuEnvironment(
        uuids.flatMap((uuid, index) => (pools.includes(`gpu${index}`) ? [{ kind: "nvidia", uuid, index }] : [])),
      ),
    clock: systemClock,
    log: () => undefined,
  });
  try {
    const chosen = gpus === undefined ? options : { ...options, gpus };
    await server.load(
      { model: "a", options: chosen, pinned: false, onProgress: () => undefined, onLoss: () => undefined },
      never,
    );
    const environment = readFileSync(`/proc/${server.pid("a")}/environ`, "utf8").split("\0");
    return environment.filter((line) => line.includes("VISIBLE_DEVICES")).toSorted();
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

test.runIf(process.platform === "linux")(
  "the process of a model sees the GPUs that it was given, and no others",
  async () => {
    expect(await visibleTo(["gpu1"])).toEqual(["CUDA_VISIBLE_DEVICES=GPU-17c2", "GGML_VK_VISIBLE_DEVICES=1"]);
    expect(await visibleTo(["gpu0", "gpu1"])).toEqual([
      "CUDA_VISIBLE_DEVICES=GPU-8f3a,GPU-17c2",
      "GGML_VK_VISIBLE_DEVICES=0,1",
    ]);
  },
);

test.runIf(process.platform === "linux")("where none was chosen it sees what we see", async () => {
  const ours = Object.entries(process.env).flatMap(([key, value]) =>
    key.includes("VISIBLE_DEVICES") ? [`${key}=${value}`] : [],
  );
  expect(await visibleTo(undefined)).toEqual(ours.toSorted());
});
