/** Which layers of a model look back only a window, as llama.cpp decides it: `src/llama-hparams.cpp`, `src/models/*.cpp`. */

interface SlidingRule {
  /** Every so many layers one sees everything. */
  readonly period: number;
  /** It is the first of the period; otherwise the last. */
  readonly denseFirst?: boolean;
  /** Taken when the file names no window. */
  readonly usualWindowTokens?: number;
  /** Taken whatever the file says, unless it says 0. */
  readonly fixedWindowTokens?: number;
}

/** phi3 is left out on purpose: llama.cpp ignores its window (https://github.com/ggml-org/llama.cpp/pull/13676). */
const rules: ReadonlyMap<string, SlidingRule> = new Map([
  ["afmoe", { period: 4 }],
  ["cohere2", { period: 4 }],
  ["cohere2moe", { period: 4, denseFirst: true }],
  ["exaone-moe", { period: 4, usualWindowTokens: 128 }],
  ["exaone4", { period: 4 }],
  ["gemma2", { period: 2, usualWindowTokens: 4_096 }],
  ["gemma3", { period: 6 }],
  ["gemma3n", { period: 5 }],
  ["gpt-oss", { period: 2 }],
  ["laguna", { period: 4, denseFirst: true }],
  ["llama4", { period: 4, usualWindowTokens: 8_192, fixedWindowTokens: 8_192 }],
  ["mellum", { period: 4 }],
  ["olmo2", { period: 4 }],
  ["plamo3", { period: 8 }],
  ["smallthinker", { period: 4, denseFirst: true, fixedWindowTokens: 4_096 }],
]);

export interface SlidingLayers {
  readonly windowTokens: number | undefined;
  readonly sliding: readonly boolean[];
}

/** `pattern` is what the file says, if it does: one entry for each layer, or a period. */
export function slidingLayers(model: {
  readonly architecture: string;
  readonly layers: number;
  readonly windowTokens: number | undefined;
  readonly pattern: number | readonly number[] | undefined;
}): SlidingLayers {
  const rule = rules.get(model.architecture);
  const said = model.windowTokens ?? rule?.usualWindowTokens ?? 0;
  const windowTokens = said > 0 ? (rule?.fixedWindowTokens ?? said) : undefined;
  const none = { windowTokens: undefined, sliding: Array.from({ length: model.layers }, () => false) };
  if (windowTokens === undefined || model.architecture === "phi3") return none;
  const { pattern } = model;
  if (typeof pattern === "object") {
    const sliding = none.sliding.map((_, layer) => (pattern[layer] ?? 0) !== 0);
    return { windowTokens, sliding };
  }
  // An architecture that is not listed reads no period, and treats every layer alike.
  if (rule === undefined) return none;
  const period = pattern ?? rule.period;
  const sliding = none.sliding.map((_, layer) => {
    if (period === 0) return true;
    return rule.denseFirst === true ? layer % period !== 0 : layer % period < period - 1;
  });
  return { windowTokens, sliding };
}
