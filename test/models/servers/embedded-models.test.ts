import { systemClock } from "../../../models/clock.ts";
import { packageFile } from "../../../models/host/entries.ts";
import { ChatWriter } from "../../../models/servers/chat-writer.ts";
import { EmbeddedModels } from "../../../models/servers/embedded-models.ts";
import type { LoadOptions } from "../../../models/servers/model-server.ts";
import { serverContract } from "../../contracts/server-contract.ts";
import type { ServerUnderTest } from "../../contracts/server-spec.ts";
import { childProcesses } from "../../support/child-processes.ts";
import { writeRandomGguf } from "../../support/random-gguf.ts";

const options: LoadOptions = {
  contextTokens: 1_024,
  sequences: 1,
  kvType: "f16",
  batchTokens: 128,
  gpuLayers: 0,
  threads: 1,
};
const hosts = () => childProcesses().filter(({ command }) => command.includes("language-host"));

async function open(): Promise<ServerUnderTest> {
  const other = await writeRandomGguf();
  const files = new Map([
    ["starter", packageFile("models/starter/voice.gguf")],
    ["other", other.path],
  ]);
  const server = new EmbeddedModels({
    files: async () => files,
    writerFor: (_model, completion) => new ChatWriter({ completion, temperature: 0, contextTokens: 1_024 }),
    gpus: [],
    clock: systemClock,
    log: () => undefined,
  });
  let holding: NodeJS.Timeout | undefined;
  return {
    server,
    heldBytes: () => hosts().reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    lose: (model) => {
      const pid = server.pid(model);
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    },
    holdLoads: () => {
      holding = setInterval(() => {
        for (const { pid } of hosts()) process.kill(pid, "SIGSTOP");
      }, 20);
    },
    close: async () => {
      clearInterval(holding);
      await server[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    },
  };
}

serverContract("llama.cpp inside Sotto", {
  open,
  capabilities: {
    load: "explicit",
    unload: "explicit",
    pause: "process",
    reportsBytes: true,
    evictsByItself: false,
    kvTypes: ["f16", "q8_0", "q4_0"],
    partialOffload: true,
    placement: "asked",
    adapters: false,
  },
  model: "starter",
  otherModel: "other",
  missing: { model: "nothing-7b", howToGet: /sotto models pull nothing-7b/ },
  options,
  longAnswer: {
    conversation: "c",
    messages: [{ from: "user", text: "what can you do" }],
    tools: [],
    toolChoice: "none",
    maxTokens: 40,
  },
  loss: "process-exit",
  slowLoads: true,
  timeoutMs: 90_000,
});
