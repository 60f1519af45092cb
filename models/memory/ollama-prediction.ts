import type { LoadOptions, ModelShape } from "../servers/model-server.ts";

const mib = 1024 * 1024;

/**
 * What Ollama 0.30 and later thinks a model takes, before it loads it: `PredictServerVRAM` of its llm/llama_server.go. It knows
 * nothing of sliding windows, of the real length of keys, of quantised caches or of compute buffers.
 */
export function ollamaPredictedBytes(fileBytes: number, shape: ModelShape, options: LoadOptions): number {
  const kvHeads = shape.kvHeads.reduce((least, heads) => Math.min(least, heads), Number.POSITIVE_INFINITY);
  const headLength = Math.floor(shape.embeddingLength / shape.heads);
  const tokens = options.contextTokens * options.sequences;
  return fileBytes + 2 * shape.layers * (Number.isFinite(kvHeads) ? kvHeads || 1 : 1) * headLength * tokens * 2;
}

/** A GPU is enough, and a model is loaded beside others, when so much of what is free is left. */
const headroom = 0.8;

/** What has to be free on a GPU, as it sees it, for Ollama to put a model there whole: `bestSingleGPUFit` of its server/sched.go. */
export function ollamaWantsFree(fileBytes: number, shape: ModelShape, options: LoadOptions): number {
  return Math.ceil(ollamaPredictedBytes(fileBytes, shape, options) / headroom);
}

/**
 * The GPUs that Ollama would load a model into, of several: the emptiest one where it fits whole by its own sum, else all of them,
 * layer by layer (`selectLlamaServerPlacement`). With `OLLAMA_SCHED_SPREAD` always all.
 *
 * @param free Free bytes of each GPU.
 * @param predictedBytes Its own sum; undefined when it is not known.
 */
export function ollamaPlacement(
  free: ReadonlyMap<string, number>,
  predictedBytes: number | undefined,
  options: { readonly spreads?: boolean | undefined } = {},
): readonly string[] {
  const gpus = [...free].toSorted((a, b) => b[1] - a[1]);
  const [first] = gpus;
  if (first === undefined) return [];
  const isEnough = predictedBytes !== undefined && predictedBytes <= headroom * first[1];
  return isEnough && options.spreads !== true ? [first[0]] : gpus.map(([pool]) => pool);
}

/** Added for large batches: `generationBatchSurcharge` of its server/sched.go. */
function batchSurchargeBytes(batchTokens: number): number {
  if (batchTokens >= 2_048) return 2_048 * mib;
  return batchTokens >= 1_024 ? 768 * mib : 0;
}

export interface OllamaLoad {
  readonly fileBytes: number;
  readonly shape: ModelShape;
  readonly options: LoadOptions;
  /** Other models that it has in memory. */
  readonly otherModels: number;
  /** Free memory of the GPUs that it would load into (`ollamaPlacement`) as it sees it; undefined where there is no GPU. */
  readonly freeGpuBytes: number | undefined;
}

/**
 * Whether Ollama would put another model out before it loads this one: the check before a load, its trigger 2 (server/sched.go). The
 * cap on the number of models and running out of memory are other causes.
 */
export function wouldOllamaEvict({ fileBytes, shape, options, otherModels, freeGpuBytes }: OllamaLoad): boolean {
  if (otherModels === 0 || freeGpuBytes === undefined) return false;
  // It takes the user's word for a part of the layers, and does not look at GPUs for none.
  if (options.gpuLayers !== "all" && options.gpuLayers < shape.layers + 1) return false;
  const predicted = ollamaPredictedBytes(fileBytes, shape, options) + batchSurchargeBytes(options.batchTokens);
  return predicted > headroom * freeGpuBytes;
}
