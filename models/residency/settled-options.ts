import type { Target } from "../memory/footprint.ts";
import { kvBytesPerToken } from "../memory/footprint.ts";
import type { LanguageRole } from "../roles.ts";
import type { LoadOptions, ModelFacts, ServerCapabilities } from "../servers/model-server.ts";

/** Smaller models are done with a step before a second thread has woken up. */
const smallModelBytes = 100_000_000;
const smallContextTokens = 2_048;
const usualContextTokens: Readonly<Record<LanguageRole, number>> = { voice: 4_096, director: 8_192, coder: 16_384 };
/** Conversations whose keys and values are kept at once: as many as fit in here, but not more than anyone needs. */
const kvBudgetBytes = 512 * 1024 * 1024;
const mostSequences: Readonly<Record<LanguageRole, number>> = { voice: 20, director: 2, coder: 1 };

/** How a model is loaded when all goes well: what was configured, and for the rest what suits the model and the role. */
export function settledOptions(
  facts: ModelFacts,
  wanted: { readonly role: LanguageRole; readonly contextTokens?: number; readonly threads?: number },
  target: Target,
  capabilities: ServerCapabilities,
): LoadOptions {
  const { role } = wanted;
  const isSmall = facts.fileBytes > 0 && facts.fileBytes < smallModelBytes;
  const usual = isSmall ? smallContextTokens : usualContextTokens[role];
  const trained = facts.shape?.trainedContextTokens ?? usual;
  const contextTokens = wanted.contextTokens ?? facts.contextTokens ?? Math.min(usual, trained);
  const kvBytes = facts.shape === undefined ? kvBudgetBytes : kvBytesPerToken(facts.shape, "f16") * contextTokens;
  const sequences = Math.max(1, Math.min(mostSequences[role], Math.floor(kvBudgetBytes / Math.max(1, kvBytes))));
  const threads = wanted.threads ?? (isSmall ? 1 : undefined);
  return {
    contextTokens,
    // A server shares its cache out by its own settings; one conversation is what every one of them has room for.
    sequences: target.runner === "embedded" ? sequences : (capabilities.sequences ?? 1),
    kvType: capabilities.kvTypes[0] ?? "f16",
    batchTokens: isSmall ? 128 : 512,
    gpuLayers: target.gpus.length === 0 || isSmall ? 0 : "all",
    ...(threads === undefined ? {} : { threads }),
  };
}
