import type { ResidencyState, SwapSpan } from "./residency-state.ts";

/** Share of the last `windowMs` that went into swaps, 0 to 1. */
export function swapShare(state: Pick<ResidencyState, "swaps" | "settings" | "nowMs">): number {
  const fromMs = state.nowMs - state.settings.windowMs;
  const spentMs = state.swaps.reduce(
    (sum, span) => sum + Math.max(0, (span.toMs ?? state.nowMs) - Math.max(fromMs, span.fromMs)),
    0,
  );
  return spentMs / state.settings.windowMs;
}

/** Spans that no window will see again are dropped. */
export function recentSwaps(state: Pick<ResidencyState, "swaps" | "settings" | "nowMs">): readonly SwapSpan[] {
  const fromMs = state.nowMs - state.settings.windowMs;
  const isOld = (span: SwapSpan): boolean => span.toMs !== null && span.toMs <= fromMs;
  return state.swaps.some(isOld) ? state.swaps.filter((span) => !isOld(span)) : state.swaps;
}

/**
 * Denning's load control: when bringing things in takes too much of the time, the working sets do not fit, and whoever is in
 * stays longer. On from `stickyShare`, off below `releaseShare`.
 */
export function nextSticky(state: ResidencyState): ResidencyState["sticky"] {
  const share = swapShare(state);
  if (state.sticky !== null) return share < state.settings.releaseShare ? null : state.sticky;
  if (share < state.settings.stickyShare) return null;
  const percent = Math.round(share * 100);
  const minutes = Math.round(state.settings.windowMs / 60_000);
  return {
    sinceMs: state.nowMs,
    why: `Changing models took ${percent} % of the last ${minutes} minutes; whoever is loaded now stays longer, and requests for the others wait to be served together`,
  };
}
