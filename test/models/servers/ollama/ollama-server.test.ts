import { serverContract } from "../../../contracts/server-contract.ts";
import { ask, director, ollamaWorld, options, tool, voice } from "./ollama-world.ts";

for (const version of ["0.24.0", "0.32.15"]) {
  serverContract(`Ollama ${version}`, {
    open: async () => {
      const { fake, server, close } = await ollamaWorld({ version });
      return {
        server,
        heldBytes: () => fake.heldBytes,
        lose: (model) => fake.use("/api/generate", { model, keep_alive: 0 }).then(() => undefined),
        holdLoads: () => {
          fake.scheduler.loadGate = new Promise(() => undefined);
        },
        goDown: () => fake.stop(),
        close,
      };
    },
    capabilities: {
      load: "explicit",
      unload: "explicit",
      pause: "none",
      reportsBytes: true,
      evictsByItself: true,
      kvTypes: ["f16"],
      partialOffload: true,
      placement: "one",
      adapters: false,
    },
    model: voice.name,
    otherModel: director.name,
    missing: { model: "nothing:1b", howToGet: /ollama pull nothing:1b/ },
    options,
    longAnswer: ask("good morning"),
    toolCall: {
      request: ask('call set_timer {"minutes":5}', { tools: [tool] }),
      name: "set_timer",
      arguments: { minutes: 5 },
    },
    loss: "evicted",
    slowLoads: true,
    mayGoDown: true,
  });
}
