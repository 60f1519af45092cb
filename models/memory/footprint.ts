import type { LoadOptions, ModelShape, Share } from "../servers/model-server.ts";

/** Where a model would run. */
export interface Target {
  /** The system's memory: "ram", or the one memory of a machine whose GPU shares it. */
  readonly hostPool: string;
  /** GPUs that share its layers, with their parts of them (adding up to 1). Empty: the CPU alone. */
  readonly gpus: readonly GpuTarget[];
  /**
   * `embedded`: in a process of ours, by node-llama-cpp, which computes one token more at a time for models with a sliding window.
   * `server`: llama-server, Ollama.
   */
  readonly runner: "embedded" | "server";
}

export interface GpuTarget {
  readonly pool: string;
  readonly part: number;
  readonly kind: "discrete" | "metal";
}

export interface MemoryParts {
  readonly weightsBytes: number;
  readonly kvBytes: number;
  readonly recurrentBytes: number;
  readonly computeBytes: number;
  readonly overheadBytes: number;
}

export interface Footprint {
  readonly gpu: MemoryParts;
  readonly host: MemoryParts;
  /** By pool, the larger first; both of a pool that is host and GPU in one. */
  readonly shares: readonly Share[];
  readonly totalBytes: number;
}

const mib = 1024 * 1024;
/** Context and libraries of a process that uses a GPU: Ollama's ml/device.go, MinimumMemory. */
const gpuOverheadBytes = { discrete: 457 * mib, metal: 512 * mib };
/**
 * What a process of ours takes beside llama.cpp's buffers: Node, the library, work buffers. The host with the starter model held
 * 92 MiB by its part of shared pages; test/bench/footprint.bench.ts prints 75 for small models and 123 for one of a gigabyte.
 */
const embeddedOverheadBytes = 125 * mib;
/** The same of llama-server, taken for smaller because it has no Node in it; not measured. */
const serverOverheadBytes = 60 * mib;

/** Bytes for each number in the cache of keys and values. */
const kvTypeBytes: Readonly<Record<LoadOptions["kvType"], number>> = { f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 };

/**
 * Memory that a model takes when it is loaded like this, with flash attention on, before anything was measured. The formulas are
 * llama.cpp's (src/llama-kv-cache*.cpp) where it allocates by formula, and fits to its published and measured buffers where the
 * size falls out of its graph allocator.
 *
 * Weights count once. For the CPU llama.cpp repacks 4-bit weights into a second buffer; when the file is mapped (`useMmap`), its pages
 * lie beside the copy, and a process that was measured seems to hold nearly twice the weights. Load without mapping there.
 */
export function footprint(shape: ModelShape, options: LoadOptions, target: Target): Footprint {
  const first = firstGpuLayer(shape, options, target);
  const onGpu = (layer: number): boolean => layer >= first;
  const weights = weightsOf(shape, onGpu, target);
  const kv = shape.kvHeads.map((_, layer) => kvBytes(shape, options, target, layer));
  const gpuLayers = shape.layers - Math.min(first, shape.layers);
  const recurrent = shape.recurrentBytes * options.sequences;
  const gpuRecurrent = shape.layers === 0 ? 0 : Math.ceil((recurrent * gpuLayers) / shape.layers);
  const compute = computeOf(shape, options, target, first);
  const cards = usesGpu(options, target) ? target.gpus : [];
  const gpu: MemoryParts = {
    weightsBytes: weights.gpu,
    kvBytes: sum(kv.filter((_, layer) => onGpu(layer))),
    recurrentBytes: gpuRecurrent,
    computeBytes: compute.gpu * cards.length,
    overheadBytes: sum(cards.map((card) => gpuOverheadBytes[card.kind])),
  };
  const host: MemoryParts = {
    weightsBytes: weights.host,
    kvBytes: sum(kv.filter((_, layer) => !onGpu(layer))),
    recurrentBytes: recurrent - gpuRecurrent,
    computeBytes: compute.host,
    overheadBytes: target.runner === "embedded" ? embeddedOverheadBytes : serverOverheadBytes,
  };
  const pools = new Map([[target.hostPool, total(host)]]);
  for (const card of cards) {
    const divided = (gpu.weightsBytes + gpu.kvBytes + gpu.recurrentBytes) * card.part;
    const bytes = Math.ceil(divided) + compute.gpu + gpuOverheadBytes[card.kind];
    pools.set(card.pool, (pools.get(card.pool) ?? 0) + bytes);
  }
  const shares = [...pools].map(([pool, bytes]) => ({ pool, bytes })).toSorted((a, b) => b.bytes - a.bytes);
  return { gpu, host, shares, totalBytes: sum(shares.map((share) => share.bytes)) };
}

/** Keys and values that each further token of a conversation takes once all windows are full. */
export function kvBytesPerToken(shape: ModelShape, kvType: LoadOptions["kvType"]): number {
  return sum(shape.kvHeads.map((_, layer) => (shape.sliding[layer] ? 0 : kvCellBytes(shape, kvType, layer))));
}

function usesGpu(options: LoadOptions, target: Target): boolean {
  return target.gpus.length > 0 && options.gpuLayers !== 0;
}

/** llama.cpp counts the output as one layer and takes it first, then the layers from the last on. */
function firstGpuLayer(shape: ModelShape, { gpuLayers }: LoadOptions, target: Target): number {
  if (target.gpus.length === 0 || gpuLayers === 0) return shape.layers;
  return gpuLayers === "all" ? 0 : Math.max(0, shape.layers + 1 - gpuLayers);
}

function weightsOf(
  shape: ModelShape,
  onGpu: (layer: number) => boolean,
  target: Target,
): { gpu: number; host: number } {
  const input = shape.embeddingBytes + shape.inputBytes;
  const output = shape.outputBytes + shape.otherBytes;
  const layers = sum(shape.layerBytes);
  if (target.gpus.length === 0) return { gpu: 0, host: input + output + layers };
  const gpuLayers = sum(shape.layerBytes.filter((_, layer) => onGpu(layer)));
  // A tied output is the embedding again, in the GPU's memory; where the memory is one, it is the same bytes.
  const one = target.gpus.some((card) => card.pool === target.hostPool);
  const tied = shape.outputBytes === 0 && !one ? shape.embeddingBytes : 0;
  return { gpu: gpuLayers + output + tied, host: input + layers - gpuLayers };
}

function kvBytes(shape: ModelShape, options: LoadOptions, target: Target, layer: number): number {
  if (shape.sharedKv[layer] === true) return 0;
  const cells = shape.sliding[layer] ? slidingCells(shape, options, target) : fullCells(options);
  return Math.ceil(options.sequences * cells * kvCellBytes(shape, options.kvType, layer));
}

function kvCellBytes(shape: ModelShape, kvType: LoadOptions["kvType"], layer: number): number {
  if (shape.sharedKv[layer] === true) return 0;
  const heads = shape.kvHeads[layer] ?? 0;
  return heads * ((shape.keyLength[layer] ?? 0) + (shape.valueLength[layer] ?? 0)) * kvTypeBytes[kvType];
}

/** Tokens that one conversation's cache holds. */
function fullCells({ contextTokens }: LoadOptions): number {
  return padded(contextTokens);
}

/** llama_kv_cache_iswa: the window and one batch, padded, but never more than the context. */
function slidingCells(shape: ModelShape, options: LoadOptions, target: Target): number {
  const window = shape.windowTokens ?? 0;
  return Math.min(fullCells(options), padded(window + ubatchTokens(shape, options, target)));
}

function ubatchTokens(shape: ModelShape, { batchTokens }: LoadOptions, { runner }: Target): number {
  return batchTokens + (runner === "embedded" && shape.windowTokens !== undefined ? 1 : 0);
}

/**
 * The graph's buffer, in 32-bit numbers for each token of a batch: either the logits are the largest, or the inside of a layer with
 * the attention mask (16 bits a cell).
 */
function computeOf(
  shape: ModelShape,
  options: LoadOptions,
  target: Target,
  firstLayer: number,
): { readonly gpu: number; readonly host: number } {
  const tokens = ubatchTokens(shape, options, target);
  const slides = shape.sliding.some((one) => one);
  const attends = shape.kvHeads.some((heads) => heads > 0);
  const mask = attends ? (fullCells(options) + (slides ? slidingCells(shape, options, target) : 0)) / 2 : 0;
  const inside = layerCopies * shape.feedForwardLength + 1.5 * shape.embeddingLength;
  const bytes = (numbers: number): number => Math.ceil(4 * tokens * numbers);
  const recurrent = shape.recurrentBytes > 0 ? 14 * shape.embeddingLength : 0;
  const layer = Math.max(inside, recurrent) + mask;
  const { vocabularySize: vocabulary, embeddingLength: width } = shape;
  // On a CPU, what is left of the last layer may lie before the logits; measured 2 to 9 widths, at most this.
  const rest = 2 * shape.feedForwardLength + 3 * width;
  if (!usesGpu(options, target)) return { gpu: 0, host: bytes(Math.max(vocabulary + rest, layer)) };
  const cpuLayers = firstLayer > 0 ? Math.max(inside, recurrent) : 0;
  return { gpu: bytes(Math.max(vocabulary + width, layer)), host: bytes(width + mask + cpuLayers) };
}

/** Of the feed-forward's width: gate, up and their products. */
const layerCopies = 4;
function padded(cells: number): number {
  return Math.ceil(cells / 256) * 256;
}

function total(parts: MemoryParts): number {
  return parts.weightsBytes + parts.kvBytes + parts.recurrentBytes + parts.computeBytes + parts.overheadBytes;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
