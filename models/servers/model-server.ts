import type { Writer } from "../roles.ts";

/** Bytes of one memory. `pool` is "ram", "gpu0", … */
export interface Share {
  readonly pool: string;
  readonly bytes: number;
}

/** How a model is loaded. One frozen set per model file: a server that is given another one loads the model again. */
export interface LoadOptions {
  /** Tokens that one conversation may hold. */
  readonly contextTokens: number;
  /** Conversations whose keys and values are kept at the same time. */
  readonly sequences: number;
  readonly kvType: "f16" | "q8_0" | "q4_0";
  /** Tokens computed in one step. */
  readonly batchTokens: number;
  /** Layers on the GPU: "all", a number for a part, 0 for none. */
  readonly gpuLayers: number | "all";
  /** Otherwise what suits the machine. */
  readonly threads?: number;
  /** GPUs to use, by pool, where the server can be told; otherwise all. */
  readonly gpus?: readonly string[];
}

/** What a server can do. What it cannot is refused with `unsupported`, never ignored. */
export interface ServerCapabilities {
  /** `explicit`: on our request. `fixed`: only what it was started with, or what is loaded there already. */
  readonly load: "explicit" | "fixed";
  readonly unload: "explicit" | "none";
  /** How its computing is held back while a voice turn runs. */
  readonly pause: "process" | "between-tokens" | "none";
  /** It says how much memory a loaded model takes. */
  readonly reportsBytes: boolean;
  /** It may evict by itself, so a pin must be watched. */
  readonly evictsByItself: boolean;
  readonly kvTypes: readonly LoadOptions["kvType"][];
  readonly partialOffload: boolean;
  /**
   * Which of several GPUs a model goes to. `asked`: the one that we name. `one`: its own choice, the emptiest where the model fits
   * whole, else all. Where nothing is said, all of them.
   */
  readonly placement?: "asked" | "one";
  /** LoRA adapters may be named as models. */
  readonly adapters: boolean;
  /** Conversations that it keeps a cache for with every model, however many we use; 1 where nothing is said. */
  readonly sequences?: number;
}

/** What is known of a model before it is loaded, from a GGUF header or from what its server tells. */
export interface ModelFacts {
  readonly model: string;
  /** Names the weights: two models with the same one share a file (a digest, or an absolute path). */
  readonly blob: string;
  /** Length of the file; what must be read to load it. */
  readonly fileBytes: number;
  /** The file, where this machine can read it. */
  readonly path: string | undefined;
  /** For `memory/footprint.ts`; undefined when the server does not tell enough. */
  readonly shape: ModelShape | undefined;
  /** The context that it is started with there, where no other can be asked for. */
  readonly contextTokens?: number;
}

/** What of a model's header decides the memory it needs. Arrays have one entry for each layer. */
export interface ModelShape {
  readonly architecture: string;
  readonly layers: number;
  readonly embeddingLength: number;
  readonly vocabularySize: number;
  readonly trainedContextTokens: number | undefined;
  /** 0 for a layer without attention (recurrent). */
  readonly kvHeads: readonly number[];
  readonly keyLength: readonly number[];
  readonly valueLength: readonly number[];
  /** True for a layer that looks back only `windowTokens`. */
  readonly sliding: readonly boolean[];
  readonly windowTokens: number | undefined;
  /** True for a layer that uses another layer's keys and values (gemma3n, gemma4). */
  readonly sharedKv: readonly boolean[];
  /** Bytes of each layer's tensors. */
  readonly layerBytes: readonly number[];
  /** Width of the feed-forward part; of all experts that work on one token together, where there are experts. */
  readonly feedForwardLength: number;
  /** Bytes of the input embedding, and of the output when it is a tensor of its own (0: tied to the input). */
  readonly embeddingBytes: number;
  readonly outputBytes: number;
  /** Other tensors of the input (embeddings of each layer); like the embedding they stay in the system's memory. */
  readonly inputBytes: number;
  /** Tensors that belong to no layer and are neither of these. */
  readonly otherBytes: number;
  /** Per sequence, always 32-bit; 0 without recurrent layers. */
  readonly recurrentBytes: number;
  /** Largest number of attention heads. */
  readonly heads: number;
}

/** Why a loaded model is not there any more, or not as it was. */
export type LossCause = "process-exit" | "evicted" | "reloaded" | "spilled" | "server-down";

export interface LoadRequest {
  readonly model: string;
  readonly options: LoadOptions;
  /** It may never go: a server that can tell models apart is told so. */
  readonly pinned: boolean;
  /** Its share that is done, 0 to 1, where the server tells. */
  readonly onProgress: (share: number) => void;
  /** Told at most once, when the model is lost without our having asked for it. */
  readonly onLoss: (cause: LossCause) => void;
}

/** A model in memory. */
export interface LoadedModel {
  readonly model: string;
  /** Measured, by pool; undefined when neither the server nor the system can tell. */
  readonly shares: readonly Share[] | undefined;
  readonly writer: Writer;
  /** Resolves only when the memory is confirmed to be back: process gone, or the server's own list without it. */
  unload(signal: AbortSignal): Promise<void>;
  /** Holds its computing back as `capabilities.pause` says, until `resume`. Both may be called any number of times. */
  pause(): void;
  resume(): void;
}

/** A model that a server says it has in memory, whoever asked for it. */
export interface ServerReport {
  readonly model: string;
  readonly blob: string | undefined;
  readonly shares: readonly Share[] | undefined;
  readonly contextTokens: number | undefined;
}

/** Something that runs language models. */
export interface ModelServer extends AsyncDisposable {
  /** As the configuration names it: "embedded", "ollama", "desk". */
  readonly name: string;
  readonly capabilities: ServerCapabilities;
  /** Models that it could load. */
  installed(signal: AbortSignal): Promise<readonly string[]>;
  /** @throws ModelError `not-installed` with how to get it, `bad-model`, `server-down`. */
  facts(model: string, signal: AbortSignal): Promise<ModelFacts>;
  /**
   * Resolves when the model is loaded and warm. Aborting gives up the load and resolves nothing; memory taken so far is given back.
   * @throws ModelError `not-installed`, `bad-model`, `no-memory`, `unsupported`, `server-down`, `engine-failed`.
   */
  load(request: LoadRequest, signal: AbortSignal): Promise<LoadedModel>;
  /** @throws ModelError `server-down`. */
  loaded(signal: AbortSignal): Promise<readonly ServerReport[]>;
}
