import type { Clock } from "../clock.ts";
import { ModelError } from "../errors.ts";
import { ollamaPlacement, ollamaPredictedBytes, wouldOllamaEvict } from "../memory/ollama-prediction.ts";
import { shapeFromShow } from "../memory/ollama-shape.ts";
import { apiKeyOf, apiKeyVariable } from "./api-key.ts";
import { LateServer } from "./late-server.ts";
import type { ModelServer } from "./model-server.ts";
import { freeOn } from "./ollama/gpu-parts.ts";
import { ollamaEnvironment } from "./ollama/ollama-environment.ts";
import { type LoadPlan, OllamaServer } from "./ollama/ollama-server.ts";
import { detectOpenAi, type OpenAiKind } from "./openai/detect.ts";
import { openOpenAi } from "./openai/open-openai.ts";
import type { VllmSettings } from "./openai/vllm.ts";
import { isHere, type ServerPlace } from "./server-place.ts";

export interface OpenServerOptions {
  /** The GPUs that programs of this machine use. */
  readonly gpuPools: readonly string[];
  /** Free memory of a pool of this machine, as its driver or the system tells now. */
  readonly freeBytes: (pool: string, signal: AbortSignal) => Promise<number | undefined>;
  /** Ours, and so that of a server of this machine, as far as nothing else tells. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A server that was down has come up: what is known of its models is to be learnt before one is loaded. */
  readonly onLate: (name: string, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
}

/** A program that serves models, here or elsewhere, whichever of those we know it is; it need not run yet. */
export function serverAt(place: ServerPlace, options: OpenServerOptions): ModelServer {
  return new LateServer({
    name: place.name,
    pool: isHere(place) ? undefined : place.name,
    open: (signal) => open(place, options, signal),
    onLate: (signal) => options.onLate(place.name, signal),
  });
}

async function open(place: ServerPlace, options: OpenServerOptions, signal: AbortSignal): Promise<ModelServer> {
  const { name, url } = place;
  const { clock, environment } = options;
  const apiKey = apiKeyOf(name, environment);
  const found = await detectOpenAi({ url, clock, apiKey }, signal);
  if (found.kind === "nobody") {
    const why = found.wantsKey
      ? `${name} at ${url} wants an API key; set ${apiKeyVariable(name)} to it`
      : `${name} does not answer at ${url}: ${found.why}. Is it running?`;
    throw new ModelError("server-down", why);
  }
  const vllm = place.vllm === undefined ? {} : { vllm: suited(place, place.vllm, found) };
  if (found.kind !== "ollama") return await openOpenAi({ name, url, clock, apiKey, ...vllm }, signal);
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const common = { name, address: url, clock, shapeOf: shapeFromShow, headers };
  // Of another machine's memory nothing is known.
  if (!isHere(place)) return new OllamaServer(common);
  return new OllamaServer({
    ...common,
    ...ollamaEnvironment(environment),
    // A GPU that we do not see is most likely one that has its memory from the system.
    gpuPools: options.gpuPools.length > 0 ? options.gpuPools : ["ram"],
    freeBytes: options.freeBytes,
    wouldEvict: (plan, inner) => whyEvict(plan, options, inner),
  });
}

/** @throws ModelError `unsupported` when what was said of a vLLM is said of something else, or of one that cannot do it. */
function suited({ name, url }: ServerPlace, vllm: VllmSettings, found: OpenAiKind): VllmSettings {
  if (found.kind !== "vllm") {
    const keys = "models.priorities, models.sleepLevels and models.adapters";
    throw new ModelError("unsupported", `${name} at ${url} is not vLLM: leave it out of ${keys}`);
  }
  if (vllm.sleepLevel !== undefined && !found.sleeps) {
    const todo = "start it with VLLM_SERVER_DEV_MODE=1 and --enable-sleep-mode, or leave it out of models.sleepLevels";
    throw new ModelError("unsupported", `${name} at ${url} cannot be put to sleep: ${todo}`);
  }
  return vllm;
}

async function whyEvict(
  { facts, options: wanted, parallel, loaded }: LoadPlan,
  { gpuPools, freeBytes, environment }: OpenServerOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { shape, fileBytes } = facts;
  if (gpuPools.length === 0) return;
  // However many of them we use, it counts the cache of all that it keeps.
  const options = { ...wanted, sequences: parallel };
  const otherModels = loaded.length;
  const free = await freeOn(gpuPools, freeBytes, signal);
  const predicted = shape === undefined ? undefined : ollamaPredictedBytes(fileBytes, shape, options);
  const chosen = ollamaPlacement(free, predicted, ollamaEnvironment(environment));
  const freeGpuBytes = chosen.length === 0 ? undefined : chosen.reduce((sum, pool) => sum + (free.get(pool) ?? 0), 0);
  const evicts =
    shape === undefined
      ? // Its sum is not known, but it is more than the file.
        otherModels > 0 && options.gpuLayers !== 0 && fileBytes > 0.8 * (freeGpuBytes ?? Number.POSITIVE_INFINITY)
      : wouldOllamaEvict({ fileBytes, shape, options, otherModels, freeGpuBytes });
  return evicts
    ? `Ollama would put out ${loaded.map(({ model }) => model).join(" or ")} for ${facts.model}: by its own sum it needs more than four fifths of the free memory`
    : undefined;
}
