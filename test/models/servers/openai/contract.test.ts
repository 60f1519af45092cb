import { systemClock } from "../../../../models/clock.ts";
import { detectOpenAi } from "../../../../models/servers/openai/detect.ts";
import { serverContract } from "../../../contracts/server-contract.ts";
import { FakeLlamaRouter, FakeLlamaServer } from "../../../support/fake-llama-server.ts";
import { FakeLlamaSwap } from "../../../support/fake-llama-swap.ts";
import { FakeLmStudio } from "../../../support/fake-lm-studio.ts";
import { FakeVllm } from "../../../support/fake-vllm.ts";
import { capable, contextTokens, longAnswer, never, open, options, toolCall } from "./spec.ts";

const models = ["small.gguf", "large.gguf"] as const;
const common = { options, longAnswer, toolCall };

serverContract("llama-server with one model", {
  ...common,
  capabilities: capable({ pause: "between-tokens", evictsByItself: true }),
  model: "fake.gguf",
  missing: { model: "other.gguf", howToGet: /start it with that model/ },
  loss: "evicted",
  mayGoDown: true,
  open: async () => {
    const fake = await FakeLlamaServer.start(contextTokens);
    const server = await open(fake.http.url);
    return {
      server,
      lose: () => {
        fake.asleep = true;
      },
      goDown: () => fake.http.stop(),
      close: async () => {
        await server[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    };
  },
});

serverContract("llama-server's router", {
  ...common,
  capabilities: capable({ load: "explicit", unload: "explicit", pause: "between-tokens", evictsByItself: true }),
  model: models[0],
  otherModel: models[1],
  missing: { model: "other.gguf", howToGet: /--models-dir/ },
  loss: "evicted",
  slowLoads: true,
  mayGoDown: true,
  open: async () => {
    const fake = await FakeLlamaRouter.start(models, contextTokens);
    const server = await open(fake.http.url);
    return {
      server,
      heldBytes: () => fake.heldBytes,
      lose: (model) => fake.evict(model),
      holdLoads: () => {
        fake.held = true;
      },
      goDown: () => fake.http.stop(),
      close: async () => {
        await server[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    };
  },
});

serverContract("LM Studio", {
  ...common,
  capabilities: capable({ load: "explicit", unload: "explicit", evictsByItself: true }),
  model: models[0],
  otherModel: models[1],
  missing: { model: "other.gguf", howToGet: /lms get other\.gguf/ },
  loss: "evicted",
  slowLoads: true,
  mayGoDown: true,
  open: async () => {
    const fake = await FakeLmStudio.start(models);
    const server = await open(fake.http.url);
    return {
      server,
      heldBytes: () => fake.heldBytes,
      lose: (model) => fake.evict(model),
      holdLoads: () => {
        fake.held = true;
      },
      goDown: () => fake.http.stop(),
      close: async () => {
        await server[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    };
  },
});

serverContract("LM Studio 0.3", {
  ...common,
  capabilities: capable({ evictsByItself: true }),
  model: models[0],
  otherModel: models[1],
  missing: { model: "other.gguf", howToGet: /lms get other\.gguf/ },
  notServed: "unloaded.gguf",
  loss: "reloaded",
  mayGoDown: true,
  open: async () => {
    const fake = await FakeLmStudio.start([...models, "unloaded.gguf"], 0);
    for (const model of models) fake.put(model, contextTokens, false);
    const server = await open(fake.http.url);
    return {
      server,
      lose: (model) => {
        fake.evict(model);
        fake.put(model, contextTokens * 2, true);
      },
      goDown: () => fake.http.stop(),
      close: async () => {
        await server[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    };
  },
});

serverContract("llama-swap", {
  ...common,
  capabilities: capable({ load: "explicit", unload: "explicit", evictsByItself: true }),
  model: models[0],
  otherModel: models[1],
  missing: { model: "other.gguf", howToGet: /llama-swap's configuration/ },
  loss: "evicted",
  slowLoads: true,
  mayGoDown: true,
  open: async () => {
    const fake = await FakeLlamaSwap.start({ "small.gguf": [], "large.gguf": [] }, contextTokens);
    const server = await open(fake.http.url);
    return {
      server,
      heldBytes: () => fake.heldBytes,
      lose: (model) => fake.stop(model),
      holdLoads: () => {
        fake.held = true;
      },
      goDown: () => fake.http.stop(),
      close: async () => {
        await server[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    };
  },
});

serverContract("vLLM", {
  ...common,
  capabilities: capable({ pause: "between-tokens", adapters: true }),
  model: "base",
  otherModel: "sql-lora",
  missing: { model: "other", howToGet: /start it with that model/ },
  mayGoDown: true,
  open: async () => {
    const fake = await FakeVllm.start("base", { contextTokens, adapters: { "sql-lora": "/loras/sql" } });
    fake.devMode = false;
    const server = await open(fake.http.url);
    return {
      server,
      goDown: () => fake.http.stop(),
      close: async () => {
        await server[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    };
  },
});

serverContract("vLLM that can sleep", {
  ...common,
  capabilities: capable({
    load: "explicit",
    unload: "explicit",
    pause: "between-tokens",
    evictsByItself: true,
    adapters: true,
  }),
  model: "base",
  otherModel: "sql-lora",
  missing: { model: "other", howToGet: /start it with that model/ },
  loss: "evicted",
  slowLoads: true,
  mayGoDown: true,
  open: async () => {
    const fake = await FakeVllm.start("base", { contextTokens, adapters: { "sql-lora": "/loras/sql" }, asleep: true });
    const server = await open(fake.http.url);
    return {
      server,
      heldBytes: () => fake.heldBytes,
      lose: () => fake.fallAsleep(),
      holdLoads: () => {
        fake.held = true;
      },
      goDown: () => fake.http.stop(),
      close: async () => {
        await server[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    };
  },
});

// By hand, against a llama-server of one's own, with a model or as a router: SOTTO_LLAMA_SERVER=http://127.0.0.1:8080.
const realUrl = process.env["SOTTO_LLAMA_SERVER"];
if (realUrl !== undefined) {
  const { kind } = await detectOpenAi({ url: realUrl, clock: systemClock }, never);
  const router = kind === "llama-router";
  await using real = await open(realUrl);
  const [model = "", otherModel] = await real.installed(never);
  const [loaded] = await real.loaded(never);
  const realContext = loaded?.contextTokens ?? Number(process.env["SOTTO_LLAMA_CONTEXT"] ?? contextTokens);
  serverContract(`a real ${kind} at ${realUrl}`, {
    capabilities: real.capabilities,
    options: { ...options, contextTokens: realContext },
    longAnswer: { ...longAnswer, messages: [{ from: "user", text: "weather in Paris" }] },
    model,
    ...(router && otherModel !== undefined ? { otherModel } : {}),
    missing: { model: "no-such-model", howToGet: router ? /--models-dir/ : /start it with that model/ },
    ...(router ? { loss: "evicted" } : {}),
    timeoutMs: 300_000,
    open: async () => {
      const server = await open(realUrl, { temperature: 0 });
      return {
        server,
        lose: async (lost) => {
          await fetch(`${realUrl}/models/unload`, { method: "POST", body: JSON.stringify({ model: lost }) });
        },
        close: async () => {
          await server[Symbol.asyncDispose]();
          if (!router) return;
          for (const { model: left } of await real.loaded(never)) {
            await fetch(`${realUrl}/models/unload`, { method: "POST", body: JSON.stringify({ model: left }) });
          }
          while ((await real.loaded(never)).length > 0) await systemClock.sleep(50);
        },
      };
    },
  });
}
