import { z } from "zod";
import { ModelError } from "../../errors.ts";
import type { LoadRequest, ModelFacts } from "../model-server.ts";
import { eventData } from "./event-stream.ts";
import { errorIn, failureOf } from "./failures.ts";
import { fixedCapabilities } from "./fixed.ts";
import { type Http, jsonOr, read } from "./http.ts";
import { type ChatRoute, chatPath, type Keeper, type Resident } from "./keeper.ts";
import { llamaProps } from "./llama-server.ts";
import { modelFile, modelPathIn } from "./model-file.ts";
import { childOf } from "./within.ts";

/** Of llama.cpp's tools/server/server-models.cpp, September 2026. */
const listed = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      path: z.string().optional(),
      status: z.object({
        value: z.string(),
        args: z.array(z.string()).optional(),
        preset: z.string().optional(),
        failed: z.boolean().optional(),
        exit_code: z.number().optional(),
      }),
      meta: z.object({ size: z.number().optional() }).nullish(),
    }),
  ),
});
type Listed = z.infer<typeof listed>["data"][number];
const routerProps = z.object({ max_instances: z.number().optional() });
const loadEvent = z.object({
  model: z.string(),
  data: z.object({
    progress: z.object({ stages: z.array(z.string()).min(1), current: z.string(), value: z.number() }),
  }),
});

const states: Readonly<Record<string, Resident["state"]>> = { loading: "loading", loaded: "ready", sleeping: "asleep" };

/**
 * llama.cpp's server without a model: a router that runs one server for each model that is asked for. How each is loaded
 * stands in its command line and presets; nothing of that can be asked for. Over `--models-max` it evicts by itself, so
 * a load that would make it do so is refused here.
 */
export function llamaRouterKeeper(http: Http, url: string): Keeper {
  /** Context by model and by how it was started, so that a look at the list is one request. */
  const contexts = new Map<string, number>();
  const list = async (signal: AbortSignal): Promise<readonly Listed[]> =>
    read(http, "list its models", await http.get("/models", signal), listed).data;
  const residentOf = async (entry: Listed, signal: AbortSignal): Promise<Resident | undefined> => {
    const state = states[entry.status.value];
    if (state === undefined) return undefined;
    // The port is another one each time.
    const mark = markOf(entry.status.args ?? []);
    let contextTokens = contexts.get(`${entry.id} ${mark}`);
    if (contextTokens === undefined && state === "ready") {
      const props = await http.get(`/props?autoload=false&model=${encodeURIComponent(entry.id)}`, signal);
      contextTokens = llamaProps.safeParse(props.body).data?.default_generation_settings.n_ctx;
      if (contextTokens !== undefined) contexts.set(`${entry.id} ${mark}`, contextTokens);
    }
    return { model: entry.id, id: entry.id, state, mark, blob: blobOf(entry), contextTokens };
  };
  const blobOf = (entry: Listed): string => pathOf(entry) ?? `${http.who} ${entry.id}`;
  const one = async (model: string, signal: AbortSignal): Promise<Listed> => {
    const entry = (await list(signal)).find(({ id }) => id === model);
    if (entry !== undefined) return entry;
    throw new ModelError(
      "not-installed",
      `${http.who} does not know ${model}; put its GGUF file into the router's --models-dir`,
    );
  };
  const refuseEviction = async (signal: AbortSignal): Promise<void> => {
    const { max_instances } = read(http, "tell its settings", await http.get("/props", signal), routerProps);
    const running = (await list(signal)).filter(({ status }) => states[status.value] !== undefined);
    if (max_instances === undefined || max_instances <= 0 || running.length < max_instances) return;
    throw new ModelError(
      "no-memory",
      `${http.who} runs ${running.length} models and would evict one of them for another; unload one, or start it with a larger --models-max`,
    );
  };
  const release = async (id: string, signal: AbortSignal): Promise<void> => {
    const answer = await http.post("/models/unload", { model: id }, signal);
    if (answer.status !== 200 && !/not running/.test(errorIn(answer.body) ?? "")) {
      throw failureOf(http.who, `unload ${id}`, answer);
    }
  };
  const load = async (request: LoadRequest, signal: AbortSignal): Promise<Resident> => {
    const { model } = request;
    // One that sleeps would wake at the first request only; it is started anew, so that it is warm when we say so.
    if (states[(await one(model, signal)).status.value] === "asleep") {
      await release(model, signal);
      while (states[(await one(model, signal)).status.value] !== undefined) await http.clock.sleep(50, signal);
    }
    if (states[(await one(model, signal)).status.value] === undefined) {
      await refuseEviction(signal);
      const answer = await http.post("/models/load", { model }, signal);
      // Somebody else may have been quicker; then we wait with them.
      if (!/already (running|loaded)/.test(errorIn(answer.body) ?? "") && answer.status !== 200) {
        throw failureOf(http.who, `load ${model}`, answer);
      }
    }
    for (let waitMs = 20; ; waitMs = Math.min(waitMs * 2, 500)) {
      const entry = await one(model, signal);
      const resident = await residentOf(entry, signal);
      if (resident?.state === "ready") return resident;
      if (resident === undefined && entry.status.failed) {
        throw new ModelError(
          "bad-model",
          `${http.who} cannot load ${model}: its server ended with ${entry.status.exit_code ?? "an error"}; its log says why (a broken file, or too little memory)`,
        );
      }
      await http.clock.sleep(waitMs, signal);
    }
  };
  return {
    capabilities: {
      ...fixedCapabilities,
      load: "explicit",
      unload: "explicit",
      pause: "between-tokens",
      evictsByItself: true,
    },
    installed: async (signal) => (await list(signal)).map(({ id }) => id),
    facts: async (model, signal): Promise<ModelFacts> => {
      const entry = await one(model, signal);
      const file = await modelFile(url, pathOf(entry));
      return {
        model,
        blob: blobOf(entry),
        fileBytes: file?.fileBytes ?? entry.meta?.size ?? 0,
        path: file?.path,
        shape: file?.shape,
      };
    },
    residents: async (signal) => {
      const entries = await list(signal);
      const residents = await Promise.all(entries.map((entry) => residentOf(entry, signal)));
      return residents.filter((resident) => resident !== undefined);
    },
    load: async (request, signal) => {
      using scope = childOf(signal);
      void tellProgress(http, request, scope.signal).catch(() => undefined);
      return await load(request, signal);
    },
    release: ({ id }, signal) => release(id, signal),
    // Otherwise a request for a model that is gone would load it again, and may evict another for it.
    chat: ({ id }): ChatRoute => ({ model: id, path: `${chatPath}?autoload=false`, extra: {} }),
  };
}

/** An absolute path in the command line, in the list, or in the preset that the router made for the file. */
function pathOf({ path, status }: Listed): string | undefined {
  return (
    modelPathIn(status.args ?? []) ??
    path ??
    /^\s*(?:LLAMA_ARG_MODEL|model)\s*=\s*(.+?)\s*$/m.exec(status.preset ?? "")?.[1]
  );
}

function markOf(args: readonly string[]): string {
  return args.filter((arg, index) => arg !== "--port" && args[index - 1] !== "--port").join(" ");
}

/** Older routers have no such stream; then nothing is told. */
async function tellProgress(http: Http, request: LoadRequest, signal: AbortSignal): Promise<void> {
  const response = await http.open("/models/sse", {}, signal);
  if (!response.ok || response.body === null) return;
  let told = 0;
  for await (const data of eventData(response.body)) {
    const event = loadEvent.safeParse(jsonOr(data));
    if (!event.success || event.data.model !== request.model) continue;
    const { stages, current, value } = event.data.data.progress;
    const share = Math.min(1, (Math.max(0, stages.indexOf(current)) + value) / stages.length);
    if (share <= told) continue;
    told = share;
    request.onProgress(share);
  }
}
