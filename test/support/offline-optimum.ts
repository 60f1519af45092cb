import type { Demand } from "./day-trace.ts";

export interface TwoModels {
  /** The one that is loaded at the beginning. */
  readonly first: Demand["role"];
  readonly second: Demand["role"];
  /** From the last lease's end on one model to readiness of the other, in milliseconds, by who comes. */
  readonly swapMs: (to: Demand["role"]) => number;
  /** The longest that a request may wait. */
  readonly boundMs: (demand: Demand) => number;
}

/**
 * The fewest swaps with which a seer could have served this day: one slot, two models, every request starts within its `boundMs` of its
 * arrival, requests on a loaded model run side by side, and nobody is unloaded while working. Null if no plan keeps the bound.
 *
 * Exact, by dynamic programming over the number of swaps. A phase on model X begins at `t` with X's requests from index `x` and the
 * other's from `y` not yet served; it serves X's requests up to some `k` and ends when the last of them has. Ending as soon as that is never
 * worse, and of two plans with the same (X, x, y) and as many swaps the earlier one is never worse, so one time is kept for each.
 */
export function fewestSwaps(demands: readonly Demand[], by: TwoModels): number | null {
  const lists = [by.first, by.second].map((role) => demands.filter((it) => it.role === role));
  const [a = [], b = []] = lists;
  // Index: which model is in, and how many of each are served. Value: when the phase began.
  let phases = new Map<string, Phase>([["0 0 0", { side: 0, served: [0, 0], fromMs: 0 }]]);
  const reached = new Map<string, number>();
  for (let swaps = 0; swaps <= demands.length + 1; swaps += 1) {
    const next = new Map<string, Phase>();
    for (const phase of phases.values()) {
      if (extend(phase, { own: phase.side === 0 ? a : b, other: phase.side === 0 ? b : a, by }, next)) return swaps;
    }
    for (const [key, phase] of next) {
      const earlier = reached.get(key);
      if (earlier !== undefined && earlier <= phase.fromMs) next.delete(key);
      else reached.set(key, phase.fromMs);
    }
    if (next.size === 0) return null;
    phases = next;
  }
  return null;
}

interface Phase {
  readonly side: 0 | 1;
  readonly served: readonly [number, number];
  readonly fromMs: number;
}

interface Sides {
  readonly own: readonly Demand[];
  readonly other: readonly Demand[];
  readonly by: TwoModels;
}

/** Adds every phase that may follow; true if this one can be the last. */
function extend(phase: Phase, { own, other, by }: Sides, next: Map<string, Phase>): boolean {
  const [x, y] = phase.side === 0 ? phase.served : [phase.served[1], phase.served[0]];
  const waiting = other[y];
  const to = phase.side === 0 ? by.second : by.first;
  let endMs = phase.fromMs;
  for (let k = x; ; k += 1) {
    const arrivesMs = endMs + by.swapMs(to);
    if (waiting !== undefined && arrivesMs - waiting.atMs > by.boundMs(waiting)) return false;
    if (waiting !== undefined) {
      const served: [number, number] = phase.side === 0 ? [k, y] : [y, k];
      const side = phase.side === 0 ? 1 : 0;
      const key = `${side} ${served[0]} ${served[1]}`;
      const known = next.get(key);
      if (known === undefined || known.fromMs > arrivesMs) next.set(key, { side, served, fromMs: arrivesMs });
    }
    const request = own[k];
    if (request === undefined) return waiting === undefined;
    const startMs = Math.max(phase.fromMs, request.atMs);
    if (startMs - request.atMs > by.boundMs(request)) return false;
    endMs = Math.max(endMs, startMs + request.serviceMs);
  }
}
