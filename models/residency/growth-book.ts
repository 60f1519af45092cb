/** What is kept to decide whether a model that came in less than was wanted is loaded again larger. */
export interface GrowthBook {
  /** Since when nobody has talked, nobody has waited for a model, and no swap has been under way; null while that is not so. */
  readonly calmSinceMs: number | null;
  readonly records: readonly GrowthRecord[];
}

export interface GrowthRecord {
  readonly model: string;
  /** The load that this is about. */
  readonly load: number;
  /** Leases that were granted on it. */
  readonly uses: number;
  /** Since when, without a break, there has been room for a larger form; null while there is none. */
  readonly roomSinceMs: number | null;
  /** Growths in a row after which it soon had to be loaded small again. */
  readonly inVain: number;
  /** When it last grew, and for how long there had to be room before. */
  readonly last: { readonly atMs: number; readonly settleMs: number } | null;
}

export const emptyGrowthBook: GrowthBook = { calmSinceMs: null, records: [] };
