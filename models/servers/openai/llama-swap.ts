import { z } from "zod";
import { ModelError } from "../../errors.ts";
import type { LoadRequest, ModelFacts } from "../model-server.ts";
import { failureOf, tookTooLong } from "./failures.ts";
import { fixedCapabilities } from "./fixed.ts";
import { type Answer, type Http, read } from "./http.ts";
import { type ChatRoute, chatPath, type Keeper, type Resident } from "./keeper.ts";
import { modelFile, modelPathIn } from "./model-file.ts";

/** llama-swap v250, internal/server/api.go. Older ones leave `cmd` out. */
export const llamaSwapRunning = z.object({
  running: z.array(z.object({ model: z.string(), state: z.string(), cmd: z.string().optional() })),
});
type Running = z.infer<typeof llamaSwapRunning>["running"][number];
const listed = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      context_length: z.number().optional(),
      meta: z.object({ n_ctx: z.number().optional() }).nullish(),
    }),
  ),
});
type Listed = z.infer<typeof listed>["data"][number];

const usualRetryMs = 1_000;

/**
 * llama-swap: starts the command of the model that is asked for, and stops what its groups say cannot run beside it; that
 * is its configuration's choice, so a load here may cost another model its place, which is then reported as a loss. It
 * never stops a model that is answering; requests wait in its queue, first in, first out.
 * A model is loaded by asking it for one token, which works whatever program is behind it.
 */
export function llamaSwapKeeper(http: Http, url: string, unloads: boolean): Keeper {
  const list = async (signal: AbortSignal): Promise<readonly Listed[]> =>
    read(http, "list its models", await http.get("/v1/models", signal), listed).data;
  const running = async (signal: AbortSignal): Promise<readonly Running[]> =>
    read(http, "list what runs", await http.get("/running", signal), llamaSwapRunning).running;
  const residentOf = ({ model, state, cmd }: Running, models: readonly Listed[]): Resident => {
    const entry = models.find(({ id }) => id === model);
    return {
      model,
      id: model,
      // One that is stopping still has its memory, and must not be asked.
      state: state === "ready" ? "ready" : "loading",
      mark: cmd ?? model,
      blob: blobOf(model),
      contextTokens: contextOf(entry),
    };
  };
  // By its name, since its file is told only while it runs, and a blob must not change.
  const blobOf = (model: string): string => `${http.who} ${model}`;
  const residents = async (signal: AbortSignal): Promise<readonly Resident[]> => {
    const [processes, models] = await Promise.all([running(signal), list(signal)]);
    return processes.map((process) => residentOf(process, models));
  };
  const known = async (model: string, signal: AbortSignal): Promise<Listed> => {
    const entry = (await list(signal)).find(({ id }) => id === model);
    if (entry !== undefined) return entry;
    throw new ModelError("not-installed", `${http.who} does not know ${model}; add it to llama-swap's configuration`);
  };
  const oneToken = async (model: string, signal: AbortSignal): Promise<void> => {
    const body = { model, messages: [{ role: "user", content: "Hello" }], max_tokens: 1, stream: false };
    for (let tries = 0; ; tries += 1) {
      const answer = await patient(() => http.post(chatPath, body, signal, null), signal);
      if (answer?.status === 200) return;
      if (answer !== undefined && (answer.status !== 429 || tries >= 5))
        throw failureOf(http.who, `load ${model}`, answer);
      await http.clock.sleep(usualRetryMs, signal);
    }
  };

  return {
    capabilities: {
      ...fixedCapabilities,
      load: "explicit",
      unload: unloads ? "explicit" : "none",
      evictsByItself: true,
    },
    installed: async (signal) => (await list(signal)).map(({ id }) => id),
    facts: async (model, signal): Promise<ModelFacts> => {
      const contextTokens = contextOf(await known(model, signal));
      const process = (await running(signal)).find((other) => other.model === model);
      const file = await modelFile(url, pathIn(process?.cmd));
      const context = contextTokens === undefined ? {} : { contextTokens };
      const { fileBytes = 0, path, shape } = file ?? {};
      return { model, blob: blobOf(model), fileBytes, path, shape, ...context };
    },
    residents,
    load: async ({ model }: LoadRequest, signal) => {
      await known(model, signal);
      await oneToken(model, signal);
      const loaded = (await residents(signal)).find((resident) => resident.model === model);
      if (loaded?.state === "ready") return loaded;
      throw new ModelError(
        "engine-failed",
        `${http.who} lost ${model} as soon as it was loaded; another client wanted its place`,
      );
    },
    release: async ({ id }, signal) => {
      const answer = await http.post(`/api/models/unload/${id}`, null, signal, null);
      if (answer.status !== 200) throw failureOf(http.who, `unload ${id}`, answer);
    },
    chat: ({ id }): ChatRoute => ({ model: id, path: chatPath, extra: {} }),
  };
}

/** A load that takes longer than a request may is asked for again: llama-swap goes on with it meanwhile. */
async function patient(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    if (tookTooLong(error)) return undefined;
    throw error;
  }
}

function contextOf(entry: Listed | undefined): number | undefined {
  return entry?.meta?.n_ctx ?? entry?.context_length;
}

function pathIn(cmd: string | undefined): string | undefined {
  return cmd === undefined ? undefined : modelPathIn(cmd.split(/[\s\\]+/));
}
