import { z } from "zod";
import type { LoadRequest, ModelFacts } from "../model-server.ts";
import { failureOf } from "./failures.ts";
import { fixedCapabilities, notServed } from "./fixed.ts";
import { type Answer, type Http, read } from "./http.ts";
import { type ChatRoute, chatPath, type Keeper, type Resident } from "./keeper.ts";
import { modelFile } from "./model-file.ts";

/** Of llama.cpp's tools/server: `GET /props` and `GET /v1/models`, whose `meta` is null or absent while it loads. */
export const llamaProps = z.object({
  model_path: z.string().optional(),
  default_generation_settings: z.object({ n_ctx: z.number() }),
  is_sleeping: z.boolean().optional(),
});
const listed = z.object({
  data: z.array(z.object({ id: z.string(), meta: z.object({ size: z.number().optional() }).nullish() })),
});

interface Served extends Resident {
  readonly blob: string;
  /** As the server sees it. */
  readonly path: string | undefined;
  readonly weightBytes: number;
}

/**
 * llama.cpp's server with the one model that it was started with. It may fall asleep when idle (`--sleep-idle-seconds`),
 * which gives its memory back; any request would wake it.
 */
export function llamaServerKeeper(http: Http, url: string): Keeper {
  const residents = async (signal: AbortSignal): Promise<readonly Served[]> => {
    const [props, models] = await Promise.all([http.get("/props", signal), http.get("/v1/models", signal)]);
    // Both say 503 "Loading model" until it is ready.
    if (props.status === 503) return [];
    const { model_path, default_generation_settings, is_sleeping } = read(http, "tell its settings", props, llamaProps);
    return read(http, "list its models", models, listed).data.map(({ id, meta }) => ({
      model: id,
      id,
      state: is_sleeping ? "asleep" : "ready",
      mark: `${model_path} ${default_generation_settings.n_ctx}`,
      blob: model_path ?? `${http.who} ${id}`,
      contextTokens: default_generation_settings.n_ctx,
      path: model_path,
      weightBytes: meta?.size ?? 0,
    }));
  };
  const ready = async (signal: AbortSignal): Promise<readonly Served[]> => {
    await untilLoaded(http, signal);
    return await residents(signal);
  };
  const one = async (model: string, signal: AbortSignal): Promise<Served> => {
    const found = (await ready(signal)).find((resident) => resident.model === model);
    if (found === undefined) throw notServed(http, model);
    return found;
  };
  const wake = async (model: string, signal: AbortSignal): Promise<void> => {
    const body = { model, messages: [{ role: "user", content: "Hello" }], max_tokens: 1 };
    const answer = await http.post(chatPath, body, signal, null);
    if (answer.status !== 200) throw failureOf(http.who, `wake ${model}`, answer);
  };
  return {
    capabilities: { ...fixedCapabilities, pause: "between-tokens", evictsByItself: true },
    installed: async (signal) => (await ready(signal)).map(({ model }) => model),
    facts: async (wanted, signal): Promise<ModelFacts> => {
      const { model, blob, path, weightBytes, contextTokens } = await one(wanted, signal);
      const file = await modelFile(url, path);
      const context = contextTokens === undefined ? {} : { contextTokens };
      return {
        model,
        blob,
        fileBytes: file?.fileBytes ?? weightBytes,
        path: file?.path,
        shape: file?.shape,
        ...context,
      };
    },
    residents,
    load: async ({ model }: LoadRequest, signal) => {
      const there = await one(model, signal);
      if (there.state !== "asleep") return there;
      await wake(model, signal);
      return await one(model, signal);
    },
    release: () => Promise.resolve(),
    chat: ({ id }): ChatRoute => ({ model: id, path: chatPath, extra: {} }),
  };
}

/** Waits while it says that its model is loading. */
async function untilLoaded(http: Http, signal: AbortSignal): Promise<void> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 1_000)) {
    const { status }: Answer = await http.get("/health", signal);
    if (status !== 503) return;
    await http.clock.sleep(waitMs, signal);
  }
}
