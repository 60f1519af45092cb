import { z } from "zod";
import { ModelError } from "../../errors.ts";
import type { LoadRequest, ModelFacts } from "../model-server.ts";
import { failureOf } from "./failures.ts";
import { fixedCapabilities, notServed } from "./fixed.ts";
import { type Http, read } from "./http.ts";
import { type ChatRoute, chatPath, type Keeper, type Resident } from "./keeper.ts";

export interface VllmOptions {
  /** It runs with `VLLM_SERVER_DEV_MODE=1`, so it can be put to sleep. */
  readonly sleeps: boolean;
  /** 1 keeps the weights in RAM and wakes in well under a second; 2 keeps nothing, and reads them again. */
  readonly sleepLevel: 1 | 2;
  /** It runs with `--scheduling-policy priority`. Without that, vLLM refuses requests that name a priority. */
  readonly priorities: boolean;
  /** LoRA adapters that may be loaded while it runs, as paths on its machine. */
  readonly adapters: Readonly<Record<string, string>>;
}

/** What its owner may say of it; whether it can sleep is found out. */
export type VllmSettings = Partial<Omit<VllmOptions, "sleeps">>;

const listed = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      root: z.string().nullish(),
      parent: z.string().nullish(),
      max_model_len: z.number().nullish(),
    }),
  ),
});
type Listed = z.infer<typeof listed>["data"][number];
const sleeping = z.object({ is_sleeping: z.boolean() });

const never = new AbortController().signal;

/** Lower is sooner. */
const pinnedPriority = 0;
const otherPriority = 10;

/**
 * vLLM: one model, and its LoRA adapters, from start to end. In development mode it can be put to sleep, which gives the
 * GPU's memory back. A request to one that sleeps takes the whole engine down (vLLM #15483), so each is preceded by a look.
 * Several models are several servers; a draft model for speculative decoding is named where vLLM is started and is not seen here.
 */
export function vllmKeeper(http: Http, { sleeps, sleepLevel, priorities, adapters }: VllmOptions): Keeper {
  const list = async (signal: AbortSignal): Promise<readonly Listed[]> =>
    read(http, "list its models", await http.get("/v1/models", signal), listed).data;
  const asleep = async (signal: AbortSignal): Promise<boolean> =>
    sleeps && read(http, "say whether it sleeps", await http.get("/is_sleeping", signal), sleeping).is_sleeping;
  const blobOf = ({ id, root }: Listed): string => root ?? `${http.who} ${id}`;
  const residents = async (signal: AbortSignal): Promise<readonly Resident[]> => {
    const [models, isAsleep] = await Promise.all([list(signal), asleep(signal)]);
    const base = models.find(({ parent }) => !parent);
    return models.map((model) => ({
      model: model.id,
      id: model.id,
      state: isAsleep ? "asleep" : "ready",
      mark: blobOf(model),
      blob: blobOf(model),
      contextTokens: model.max_model_len ?? base?.max_model_len ?? undefined,
    }));
  };
  const find = async (model: string, signal: AbortSignal): Promise<Resident | undefined> =>
    (await residents(signal)).find((resident) => resident.model === model);
  const demand = async (what: string, path: string, body: unknown, signal: AbortSignal): Promise<void> => {
    const answer = await http.post(path, body, signal, null);
    if (answer.status !== 200) throw failureOf(http.who, what, answer);
  };
  const wake = async (signal: AbortSignal): Promise<void> => {
    if (sleepLevel === 1) await demand("wake up", "/wake_up", null, signal);
    else {
      // Level 2 has thrown the weights away: room for them, the weights, and only then the cache.
      await demand("wake up", "/wake_up?tags=weights", null, signal);
      await demand("read its weights again", "/collective_rpc", { method: "reload_weights" }, signal);
      await demand("wake up", "/wake_up?tags=kv_cache", null, signal);
    }
    for (let waitMs = 20; await asleep(signal); waitMs = Math.min(waitMs * 2, 500))
      await http.clock.sleep(waitMs, signal);
  };
  const addAdapter = async (name: string, path: string, signal: AbortSignal): Promise<void> => {
    const answer = await http.post("/v1/load_lora_adapter", { lora_name: name, lora_path: path }, signal, null);
    if (answer.status === 200) return;
    if (answer.status === 404 && !/lora|adapter/i.test(JSON.stringify(answer.body))) {
      throw new ModelError(
        "unsupported",
        `${http.who} takes no adapters while it runs; start it with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, or with --lora-modules`,
      );
    }
    throw failureOf(http.who, `load the adapter ${name}`, answer);
  };
  return {
    capabilities: {
      ...fixedCapabilities,
      load: sleeps ? "explicit" : "fixed",
      unload: sleeps ? "explicit" : "none",
      pause: "between-tokens",
      evictsByItself: sleeps,
      adapters: true,
    },
    installed: async (signal) => {
      const ids = (await list(signal)).map(({ id }) => id);
      return [...ids, ...Object.keys(adapters).filter((name) => !ids.includes(name))];
    },
    facts: async (model, signal): Promise<ModelFacts> => {
      const models = await list(signal);
      const entry = models.find(({ id }) => id === model);
      const path = adapters[model];
      if (entry === undefined && path === undefined) throw notServed(http, model);
      const contextTokens = entry?.max_model_len ?? models.find(({ parent }) => !parent)?.max_model_len;
      return {
        model,
        blob: entry === undefined ? (path ?? model) : blobOf(entry),
        fileBytes: 0,
        path: undefined,
        shape: undefined,
        ...(contextTokens ? { contextTokens } : {}),
      };
    },
    residents,
    load: async ({ model }: LoadRequest, signal) => {
      const path = adapters[model];
      if (!(await list(signal)).some(({ id }) => id === model) && path === undefined) throw notServed(http, model);
      if (await asleep(signal)) {
        try {
          await wake(signal);
        } catch (error) {
          // vLLM goes on with a wake-up that nobody waits for; what comes after it in its queue undoes it.
          await demand("go to sleep", `/sleep?level=${sleepLevel}`, null, never).catch(() => undefined);
          throw error;
        }
      }
      if (path !== undefined && (await find(model, signal)) === undefined) await addAdapter(model, path, signal);
      const loaded = await find(model, signal);
      if (loaded === undefined) throw notServed(http, model);
      return loaded;
    },
    release: async ({ id }, signal) => {
      if ((await list(signal)).some((entry) => entry.id === id && entry.parent)) {
        await demand(`unload the adapter ${id}`, "/v1/unload_lora_adapter", { lora_name: id }, signal);
        return;
      }
      await demand("go to sleep", `/sleep?level=${sleepLevel}`, null, signal);
    },
    chat: ({ id }, pinned): ChatRoute => ({
      model: id,
      path: chatPath,
      extra: priorities ? { priority: pinned ? pinnedPriority : otherPriority } : {},
    }),
  };
}
