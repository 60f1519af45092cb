import type { ResidencyState } from "./residency-state.ts";

/** What other programs hold of a memory when the figures of this load are not counted as ours; undefined when nothing can tell. */
export type OthersIn = (pool: string, without: number, signal: AbortSignal) => Promise<number | undefined>;

/** A memory of which more is taken than our models and other programs are known to hold. */
export interface LeftBehind {
  readonly pool: string;
  /** All that is not ours in it. */
  readonly foreignBytes: number;
}

/** Some memory always comes back late, or was taken by others meanwhile. */
const tolerance = 0.25;
const noiseBytes = 64 * 1024 * 1024;

/**
 * Whether a model's memory is still taken although its server is gone: the processes that a killed server has started may outlive it
 * (Ollama's and llama-swap's do). What was known of other programs is taken from the state as it is now; the result may be asked
 * again and again.
 */
export function leftBehindOf(
  state: ResidencyState,
  load: number,
  othersIn: OthersIn | undefined,
): (signal: AbortSignal) => Promise<readonly LeftBehind[]> {
  if (othersIn === undefined) return async () => [];
  const shares = state.residents.find((it) => it.load === load)?.shares ?? [];
  return async (signal) => {
    const left = await Promise.all(
      shares.map(async ({ pool, bytes }) => {
        const known = state.pools.find(({ id }) => id === pool)?.foreignBytes ?? 0;
        const foreignBytes = await othersIn(pool, load, signal);
        if (foreignBytes === undefined || foreignBytes - known <= Math.max(noiseBytes, tolerance * bytes)) return [];
        return [{ pool, foreignBytes }];
      }),
    );
    return left.flat();
  };
}
