import { z } from "zod";
import { ModelError } from "../../errors.ts";
import type { LoadRequest, ModelFacts } from "../model-server.ts";
import { errorIn, failureOf, tookTooLong } from "./failures.ts";
import { fixedCapabilities } from "./fixed.ts";
import { type Http, read } from "./http.ts";
import { type ChatRoute, chatPath, type Keeper, type Resident } from "./keeper.ts";

/** LM Studio 0.4.0 and later; from its documentation of `GET /api/v1/models`, April 2026. */
export const lmStudioModels = z.object({
  models: z.array(
    z.object({
      type: z.string(),
      key: z.string(),
      size_bytes: z.number().nullish(),
      selected_variant: z.string().nullish(),
      loaded_instances: z.array(
        z.object({ id: z.string(), config: z.object({ context_length: z.number().nullish() }).nullish() }),
      ),
    }),
  ),
});
type Listed = z.infer<typeof lmStudioModels>["models"][number];
const loadAnswer = z.object({ instance_id: z.string() });

/** How long we look after a load that was given up, in case LM Studio goes on with it. Its documentation does not say. */
const afterAbortMs = 2_000;
const never = new AbortController().signal;

/**
 * LM Studio by its own REST API. Models loaded on request are exempt from its time to live and from its auto-evict; those
 * that a chat request brought in (just-in-time) are not, and are evicted in the middle of an answer. So a pinned model is
 * never one that was there already. Chats name the instance, and only one that is loaded, or LM Studio loads another.
 */
export function lmStudioKeeper(http: Http): Keeper {
  const list = async (signal: AbortSignal): Promise<readonly Listed[]> => {
    const answer = await http.get("/api/v1/models", signal);
    return read(http, "list its models", answer, lmStudioModels).models.filter(({ type }) => type !== "embedding");
  };
  const residents = async (signal: AbortSignal): Promise<readonly Resident[]> =>
    (await list(signal)).flatMap(instances);
  const blobOf = (model: Listed): string => `${http.who} ${model.selected_variant ?? model.key}`;
  const instances = (model: Listed): readonly Resident[] =>
    model.loaded_instances.map(({ id, config }) => ({
      model: model.key,
      id,
      state: "ready",
      mark: `${id} ${config?.context_length}`,
      blob: blobOf(model),
      contextTokens: config?.context_length ?? undefined,
    }));
  const one = async (key: string, signal: AbortSignal): Promise<Listed> => {
    const model = (await list(signal)).find((other) => other.key === key);
    if (model === undefined) throw notDownloaded(http, key);
    return model;
  };
  const release = async ({ id }: Resident, signal: AbortSignal): Promise<void> => {
    const answer = await http.post("/api/v1/models/unload", { instance_id: id }, signal);
    if (answer.status !== 200 && answer.status !== 404) throw failureOf(http.who, `unload ${id}`, answer);
  };
  const instance = async (id: string, signal: AbortSignal): Promise<Resident | undefined> =>
    (await residents(signal)).find((resident) => resident.id === id);

  const load = async (request: LoadRequest, signal: AbortSignal): Promise<Resident> => {
    const { model: key, options, pinned } = request;
    const there = instances(await one(key, signal));
    const enough = there.find(({ contextTokens = 0 }) => contextTokens >= options.contextTokens);
    if (enough !== undefined && !pinned) return enough;
    for (const resident of there) {
      await release(resident, signal);
      while ((await instance(resident.id, signal)) !== undefined) await http.clock.sleep(50, signal);
    }
    const body = {
      model: key,
      context_length: options.contextTokens,
      eval_batch_size: options.batchTokens,
      flash_attention: true,
    };
    const id = await post(key, body, signal);
    const loaded = await instance(id, signal);
    if (loaded === undefined) throw new ModelError("engine-failed", `${http.who} lost ${key} as soon as it was loaded`);
    return loaded;
  };
  const post = async (key: string, body: unknown, signal: AbortSignal): Promise<string> => {
    try {
      const answer = await http.post("/api/v1/models/load", body, signal, null);
      return read(http, `load ${key}`, answer, loadAnswer).instance_id;
    } catch (error) {
      if (!signal.aborted && !tookTooLong(error)) throw error;
      if (signal.aborted) {
        await forget(key);
        throw error;
      }
    }
    for (;;) {
      const [loaded] = instances(await one(key, signal));
      if (loaded !== undefined) return loaded.id;
      await http.clock.sleep(1_000, signal);
    }
  };
  /** A load that was given up shows in no list until it is done. */
  const forget = async (key: string): Promise<void> => {
    const untilMs = http.clock.nowMs() + afterAbortMs;
    while (http.clock.nowMs() < untilMs) {
      for (const resident of instances(await one(key, never))) return await release(resident, never);
      await http.clock.sleep(100);
    }
  };

  return {
    capabilities: { ...fixedCapabilities, load: "explicit", unload: "explicit", evictsByItself: true },
    installed: async (signal) => (await list(signal)).map(({ key }) => key),
    facts: async (key, signal): Promise<ModelFacts> => {
      const model = await one(key, signal);
      return { model: key, blob: blobOf(model), fileBytes: model.size_bytes ?? 0, path: undefined, shape: undefined };
    },
    residents,
    load,
    release,
    chat,
  };
}

const chat = ({ id }: Resident): ChatRoute => ({ model: id, path: chatPath, extra: {} });

/** LM Studio 0.3.6 to 0.3.x, and 0.4 and later for those who ask: it says what is loaded, and cannot be told to load. */
export const lmStudioModelsV0 = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      state: z.string(),
      loaded_context_length: z.number().nullish(),
      quantization: z.string().nullish(),
    }),
  ),
});

/** LM Studio before 0.4.0: its models are loaded by a person or by the first chat request, so only what is there is used. */
export function oldLmStudioKeeper(http: Http): Keeper {
  const list = async (signal: AbortSignal): Promise<z.infer<typeof lmStudioModelsV0>["data"]> => {
    const answer = await http.get("/api/v0/models", signal);
    return read(http, "list its models", answer, lmStudioModelsV0).data.filter(({ type }) => type !== "embeddings");
  };
  const blobOf = (id: string): string => `${http.who} ${id}`;
  const residents = async (signal: AbortSignal): Promise<readonly Resident[]> =>
    (await list(signal))
      .filter(({ state }) => state === "loaded")
      .map(({ id, loaded_context_length }) => ({
        model: id,
        id,
        state: "ready",
        mark: `${id} ${loaded_context_length}`,
        blob: blobOf(id),
        contextTokens: loaded_context_length ?? undefined,
      }));
  const known = async (id: string, signal: AbortSignal): Promise<void> => {
    if (!(await list(signal)).some((model) => model.id === id)) throw notDownloaded(http, id);
  };
  return {
    capabilities: { ...fixedCapabilities, evictsByItself: true },
    installed: async (signal) => (await list(signal)).map(({ id }) => id),
    facts: async (id, signal): Promise<ModelFacts> => {
      await known(id, signal);
      return { model: id, blob: blobOf(id), fileBytes: 0, path: undefined, shape: undefined };
    },
    residents,
    load: async ({ model }, signal) => {
      await known(model, signal);
      const loaded = (await residents(signal)).find((resident) => resident.model === model);
      if (loaded !== undefined) return loaded;
      throw new ModelError(
        "unsupported",
        `${http.who} is older than 0.4.0 and cannot be told to load ${model}; load it there, or update LM Studio`,
      );
    },
    release: () => Promise.resolve(),
    chat,
  };
}

function notDownloaded({ who }: Http, model: string): ModelError {
  return new ModelError("not-installed", `${who} has no ${model}; get it there with: lms get ${model}`);
}

/** LM Studio answers what it does not know with a success that holds an error. */
export function isUnexpected(body: unknown): boolean {
  return /^unexpected endpoint/i.test(errorIn(body) ?? "");
}
