import type { LoadOptions } from "../model-server.ts";

/** What Ollama was started with and no call tells. */
export interface OllamaEnvironment {
  /** One for all its models. */
  readonly kvType?: LoadOptions["kvType"];
  /** Conversations that each model keeps at a time; its cache is so many times as large. */
  readonly parallel?: number;
  /** Models that it keeps at a time. */
  readonly maxLoaded?: number;
  /** Every model on all GPUs. */
  readonly spreads?: boolean;
}

const kvTypes = ["f16", "q8_0", "q4_0"] as const;

/**
 * Ollama's own variables (its envconfig/config.go), read from our environment: nothing else tells what an Ollama of this machine was
 * started with, so whoever sets them for Ollama sets them for Sotto, too. What is not set or makes no sense is Ollama's default.
 */
export function ollamaEnvironment(environment: Readonly<Record<string, string | undefined>>): OllamaEnvironment {
  const kvType = kvTypes.find((type) => type === word(environment["OLLAMA_KV_CACHE_TYPE"]));
  const parallel = count(environment["OLLAMA_NUM_PARALLEL"]);
  const maxLoaded = count(environment["OLLAMA_MAX_LOADED_MODELS"]);
  return {
    ...(kvType === undefined ? {} : { kvType }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(maxLoaded === undefined ? {} : { maxLoaded }),
    ...(isOn(environment["OLLAMA_SCHED_SPREAD"]) ? { spreads: true } : {}),
  };
}

/** Ollama takes quotation marks and blanks off. */
function word(value: string | undefined): string {
  return (value ?? "").trim().replace(/^["']+|["']+$/g, "");
}

/** Whatever is not one of Go's words for false. */
function isOn(value: string | undefined): boolean {
  return !["", "0", "f", "false"].includes(word(value).toLowerCase());
}

/** 0 means Ollama's own choice, as nothing does. */
function count(value: string | undefined): number | undefined {
  const text = word(value);
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}
