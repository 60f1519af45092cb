/** What is known of how fast a pinned model answers. */
export interface PinPulse {
  /** Times to its first token, the newest last, while it was as fast as usual. */
  readonly usualMs: readonly number[];
  /** Slow ones in a row. */
  readonly slow: number;
  /** It was said that it is slow, and not yet that it is not any more. */
  readonly isBroken: boolean;
}

export type PinFinding = "slow" | "well-again" | null;

export const noPulse: PinPulse = { usualMs: [], slow: 0, isBroken: false };

/** So many times its usual time, and so much more: what a busy machine does to an answer now and then is no fault. */
const slowFactor = 4;
const slowMs = 200;
const slowInARow = 3;
const kept = 20;
/** Before so many answers nobody knows what is usual. */
const leastKnown = 3;

/**
 * One more answer to a probe, and whether there is something to say. A model that is in its place and yet answers much later than it
 * used to was moved off the GPU by a driver, shares it with another program, or runs on a machine that is too hot: none of that shows
 * in any list. Slow answers never become usual.
 */
export function felt(
  pulse: PinPulse,
  firstTokenMs: number,
): { readonly pulse: PinPulse; readonly finding: PinFinding } {
  const { usualMs, isBroken } = pulse;
  if (usualMs.length >= leastKnown && firstTokenMs > slowFactor * median(usualMs) + slowMs) {
    const slow = pulse.slow + 1;
    const isNew = !isBroken && slow >= slowInARow;
    return { pulse: { ...pulse, slow, isBroken: isBroken || isNew }, finding: isNew ? "slow" : null };
  }
  const known = [...usualMs, firstTokenMs].slice(-kept);
  return {
    pulse: { usualMs: known, slow: 0, isBroken: false },
    finding: isBroken ? "well-again" : null,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
