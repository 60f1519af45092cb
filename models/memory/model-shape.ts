import type { ModelShape } from "../servers/model-server.ts";
import { recurrentBytesPerLayer } from "./recurrent-state.ts";
import { slidingLayers } from "./sliding-window.ts";

/** Keys of a model's header without the vocabulary; truth values are 0 and 1. */
export type Metadata = ReadonlyMap<string, number | string | readonly number[]>;

export interface TensorSize {
  readonly name: string;
  /** As in the file: of a matrix, columns first. */
  readonly sizes: readonly number[];
  readonly bytes: number;
}

/** llama.cpp's limit. */
const mostLayers = 512;

/**
 * What of a header decides the memory a model needs; undefined when it says too little. Where an array is missing (Ollama leaves
 * arrays out), the tensors tell the same.
 */
export function shapeOf(metadata: Metadata, tensors: readonly TensorSize[]): ModelShape | undefined {
  const keys = new ArchitectureKeys(metadata);
  const layers = keys.count("block_count");
  const embeddingLength = keys.count("embedding_length");
  const embedding = tensors.find((tensor) => tensor.name === "token_embd.weight");
  if (layers === undefined || layers > mostLayers || embeddingLength === undefined || embedding === undefined) return;
  const parts = partsOf(tensors, layers, embeddingLength);
  const heads = Math.max(1, keys.most("attention.head_count") ?? 1);
  const keyLength = keys.count("attention.key_length") ?? Math.floor(embeddingLength / heads);
  const valueLength = keys.count("attention.value_length") ?? Math.floor(embeddingLength / heads);
  const slidingKeyLength = keys.count("attention.key_length_swa");
  const slidingValueLength = keys.count("attention.value_length_swa");
  const { windowTokens, sliding } = slidingLayers({
    architecture: keys.architecture,
    layers,
    windowTokens: keys.number("attention.sliding_window"),
    pattern: keys.numberOrArray("attention.sliding_window_pattern") ?? patternOf(parts.layers, slidingKeyLength),
  });
  // With latent attention the values are a view of the keys: `has_v = !is_mla` in llama.cpp's src/llama-kv-cache.cpp.
  const latent =
    keys.count("attention.key_length_mla") !== undefined && keys.count("attention.value_length_mla") !== undefined;
  const keyLengths = sliding.map((slides) => (slides ? (slidingKeyLength ?? keyLength) : keyLength));
  const valueLengths = sliding.map((slides) =>
    latent ? 0 : slides ? (slidingValueLength ?? valueLength) : valueLength,
  );
  const recurrentLayers = parts.layers.filter((layer) => layer.recurrent).length;
  // Layers that only guess further tokens (MTP) keep nothing for a conversation.
  const lastKv = layers - (keys.number("nextn_predict_layers") ?? 0);
  const kvHeads = parts.layers.map((layer, index) => {
    const attends = layer.keys || (layer.fused && !layer.recurrent);
    if (!attends || index >= lastKv) return 0;
    const keyRows = layer.keyRows === undefined ? undefined : layer.keyRows / (keyLengths[index] ?? keyLength);
    return keys.at("attention.head_count_kv", index) ?? wholeOrUndefined(keyRows) ?? heads;
  });
  return {
    architecture: keys.architecture,
    layers,
    embeddingLength,
    vocabularySize: otherSize(embedding.sizes, embeddingLength),
    trainedContextTokens: keys.count("context_length"),
    kvHeads,
    keyLength: keyLengths,
    valueLength: valueLengths,
    sliding,
    windowTokens,
    sharedKv: kvHeads.map((_, index) => index >= firstSharedLayer(keys, layers)),
    layerBytes: parts.layers.map((layer) => layer.bytes),
    feedForwardLength: feedForwardLength(keys),
    embeddingBytes: embedding.bytes,
    outputBytes: parts.outputBytes,
    inputBytes: parts.inputBytes,
    otherBytes: parts.otherBytes,
    recurrentBytes: recurrentLayers * recurrentBytesPerLayer((key) => keys.number(key) ?? keys.most(key) ?? 0),
    heads,
  };
}

interface Layer {
  bytes: number;
  /** It has a matrix that makes keys; or one for queries, keys and values, as some recurrent layers call their input too. */
  keys: boolean;
  fused: boolean;
  recurrent: boolean;
  /** Rows of the matrix that makes the keys: heads × length of a key. */
  keyRows: number | undefined;
  /** Length of one key, where its norm tells. */
  keyNormLength: number | undefined;
}

interface Parts {
  readonly layers: readonly Layer[];
  outputBytes: number;
  inputBytes: number;
  otherBytes: number;
}

function partsOf(tensors: readonly TensorSize[], count: number, width: number): Parts {
  const layers = Array.from({ length: count }, (): Layer => {
    return { bytes: 0, keys: false, fused: false, recurrent: false, keyRows: undefined, keyNormLength: undefined };
  });
  const parts: Parts = { layers, outputBytes: 0, inputBytes: 0, otherBytes: 0 };
  for (const { name, sizes, bytes } of tensors) {
    const [, index, part = ""] = /^blk\.(\d+)\.(.*)$/.exec(name) ?? [];
    const layer = index === undefined ? undefined : layers[Number(index)];
    if (layer !== undefined) {
      layer.bytes += bytes;
      if (/^(ssm_|shortconv\.|time_mix_)/.test(part)) layer.recurrent = true;
      if (/^attn_(k|kv_a_mqa)\.weight$/.test(part)) layer.keys = true;
      if (part === "attn_qkv.weight") layer.fused = true;
      if (part === "attn_k.weight") layer.keyRows = otherSize(sizes, width);
      if (part === "attn_k_norm.weight") layer.keyNormLength = sizes[0];
    } else if (name === "output.weight") parts.outputBytes += bytes;
    else if (name.startsWith("per_layer_token_embd")) parts.inputBytes += bytes;
    else if (name !== "token_embd.weight") parts.otherBytes += bytes;
  }
  return parts;
}

/** The size of a matrix that is not the model's width: GGUF names columns first, others rows. */
function otherSize([first = 1, second = 1]: readonly number[], width: number): number {
  return first === width ? second : first;
}

/** Layers whose keys have the length of the sliding ones slide. */
function patternOf(layers: readonly Layer[], slidingKeyLength: number | undefined): readonly number[] | undefined {
  if (slidingKeyLength === undefined || layers.every((layer) => layer.keyNormLength === undefined)) return;
  return layers.map((layer) => (layer.keyNormLength === slidingKeyLength ? 1 : 0));
}

function firstSharedLayer(keys: ArchitectureKeys, layers: number): number {
  // llama.cpp sets this one itself: src/models/gemma3n.cpp.
  if (keys.architecture === "gemma3n") return 20;
  return layers - (keys.number("attention.shared_kv_layers") ?? 0);
}

function feedForwardLength(keys: ArchitectureKeys): number {
  const dense = keys.most("feed_forward_length") ?? 0;
  const experts = (keys.number("expert_used_count") ?? 0) * (keys.most("expert_feed_forward_length") ?? 0);
  return Math.max(dense, experts);
}

function wholeOrUndefined(value: number | undefined): number | undefined {
  return value !== undefined && Number.isInteger(value) ? value : undefined;
}

/** The keys that start with the architecture's name. */
class ArchitectureKeys {
  readonly architecture: string;
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    const name = metadata.get("general.architecture");
    this.architecture = typeof name === "string" ? name : "unknown";
    this.#metadata = metadata;
  }

  numberOrArray(key: string): number | readonly number[] | undefined {
    const value = this.#metadata.get(`${this.architecture}.${key}`);
    return typeof value === "string" ? undefined : value;
  }

  /** A number that is not negative. */
  number(key: string): number | undefined {
    const value = this.numberOrArray(key);
    return typeof value === "number" && value >= 0 ? value : undefined;
  }

  /** A whole number above 0. */
  count(key: string): number | undefined {
    const value = this.number(key);
    return value !== undefined && Number.isSafeInteger(value) && value > 0 ? value : undefined;
  }

  most(key: string): number | undefined {
    const value = this.numberOrArray(key);
    if (typeof value !== "object") return this.number(key);
    return value.length === 0 ? undefined : value.reduce((a, b) => Math.max(a, b), 0);
  }

  at(key: string, index: number): number | undefined {
    const value = this.numberOrArray(key);
    const one = typeof value === "object" ? value[index] : value;
    return one !== undefined && one >= 0 ? one : undefined;
  }
}
