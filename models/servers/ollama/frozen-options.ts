import type { LoadOptions } from "../model-server.ts";

/**
 * Everything whose change makes Ollama load a model again (`api.Runner` in its source). They are sent with the load and with every
 * call after it, always the same: a call without them would mean Ollama's own defaults, and so another load.
 */
export interface FrozenOptions {
  readonly num_ctx: number;
  readonly num_batch: number;
  /** -1: all that fit. A number that does not fit would make Ollama evict every other model and try again. */
  readonly num_gpu: number;
  readonly use_mmap: true;
  readonly num_thread?: number;
}

export function frozenOptions(options: LoadOptions): FrozenOptions {
  return Object.freeze({
    num_ctx: options.contextTokens,
    num_batch: options.batchTokens,
    num_gpu: options.gpuLayers === "all" ? -1 : options.gpuLayers,
    use_mmap: true as const,
    ...(options.threads === undefined ? {} : { num_thread: options.threads }),
  });
}

/**
 * Seconds that Ollama keeps a model which nobody uses. It must be a number: the text "-1" is refused. A pinned one has no end, and is
 * evicted after all others; one that is not would leave in the end if we could not unload it, and the pinned one sorts behind it.
 */
export function keepAliveSeconds(pinned: boolean): number {
  return pinned ? -1 : 24 * 60 * 60;
}

/** "qwen3" as Ollama lists it: "qwen3:latest". */
export function fullName(model: string): string {
  return model.slice(model.lastIndexOf("/") + 1).includes(":") ? model : `${model}:latest`;
}
