import { platform } from "node:os";
import { footprint } from "../memory/footprint.ts";
import type { GgufHeader } from "../memory/gguf-header.ts";
import type { EngineInfo, EngineOptions } from "./language-messages.ts";
import { isSmall } from "./load-ahead.ts";

/** How a model is run. */
interface EnginePlan extends Pick<EngineInfo, "contextTokens" | "sequences" | "threads"> {
  readonly batchTokens: number;
  /** Sequences that have their memory when the load ends; the others when a conversation first needs one. */
  readonly sequencesAtOnce: number;
  /** Every page of the weights is there when the load ends: the first token takes as long as any. */
  readonly isWarm: boolean;
  /** What is promised and not taken yet when the load ends: sequences to come, and what a step computes in. */
  readonly laterBytes: number;
}

const usualBatchTokens = 128;
const kvBudgetBytes = 512 * 1024 * 1024;
const mostSequences = 20;

/**
 * A cache of keys and values is written through when it is made, 90 ms for 160 MB: on the CPU a large model has one for the conversation
 * that is waiting, and makes the others when they come.
 */
export function enginePlan(
  header: GgufHeader,
  options: EngineOptions,
  machine: { cores: number; gpu: boolean },
): EnginePlan {
  const small = isSmall(header);
  const usual = small ? 2_048 : 4_096;
  const contextTokens = options.contextTokens ?? Math.min(usual, header.trainedContextTokens ?? usual);
  const kvBytes = (header.kvBytesPerToken ?? kvBudgetBytes) * contextTokens;
  const sequences = options.sequences ?? Math.max(1, Math.min(mostSequences, Math.floor(kvBudgetBytes / kvBytes)));
  const { batchTokens = usualBatchTokens, threads = small ? 1 : machine.cores } = options;
  const plan = { contextTokens, sequences, threads, batchTokens: Math.max(batchTokens, sequences) };
  const isLazy = !small && !machine.gpu && header.shape !== undefined;
  const sequencesAtOnce = isLazy ? 1 : sequences;
  return {
    ...plan,
    sequencesAtOnce,
    // Linux brings a file in while it maps it. Of 1 GB, a token took 280 ms with one before it and without.
    isWarm: isLazy && platform() === "linux",
    laterBytes: machine.gpu ? 0 : laterBytes(header, options, { ...plan, sequencesAtOnce }),
  };
}

/** Tokens that a context of one later conversation computes in one step: prompts come in no larger pieces. */
export const laterBatchTokens = 64;

function laterBytes(
  { shape }: GgufHeader,
  { kvType = "f16" }: EngineOptions,
  plan: Pick<EnginePlan, "contextTokens" | "sequences" | "sequencesAtOnce" | "batchTokens">,
): number {
  if (shape === undefined) return 0;
  const { contextTokens, sequences, sequencesAtOnce, batchTokens } = plan;
  const host = (of: { readonly sequences: number; readonly batchTokens: number }) =>
    footprint(shape, { contextTokens, kvType, gpuLayers: 0, ...of }, { hostPool: "ram", gpus: [], runner: "embedded" })
      .host;
  const first = host({ sequences: sequencesAtOnce, batchTokens });
  const each = host({ sequences: 1, batchTokens: laterBatchTokens });
  const eachBytes = each.kvBytes + each.recurrentBytes + each.computeBytes;
  return first.computeBytes + (sequences - sequencesAtOnce) * eachBytes;
}
