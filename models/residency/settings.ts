/** The policy's constants. Times in milliseconds, shares 0 to 1. */
export interface Settings {
  /** A fresh resident keeps its place for so many times its load time (working set: residence ≥ fault service time). */
  readonly holdFactor: number;
  /** A resident is idle when nobody used it for so many times the cost of its swap (ski-rental: wait as long as coming back costs). */
  readonly lingerFactor: number;
  /** Rivals must have waited together for so many times what the swap costs, there and back (break-even: 1). */
  readonly breakEvenFactor: number;
  /** The same while sticky. */
  readonly stickyFactor: number;
  /** Swaps are counted over so long. */
  readonly windowMs: number;
  /** Sticky from this share of swap time in the window … */
  readonly stickyShare: number;
  /** … until it is below this one. */
  readonly releaseShare: number;
  /** Voice turns hold back a swap, or the next step of it, for so long together at most. */
  readonly quietMs: number;
  /** A load that nobody waits for is cancelled when less than this share is done. */
  readonly cancelShare: number;
  /** Loads for one ticket that may fail before it is refused. */
  readonly attempts: number;
  /** After a failure: `backOffMs · 2^(failures − 1)`, at most `backOffMostMs`. A pinned model's first retry comes at once. */
  readonly backOffMs: number;
  readonly backOffMostMs: number;
  /** A load or unload is taken for stuck after so many times its prediction, or `stuckMs` if that is longer. */
  readonly stuckFactor: number;
  readonly stuckMs: number;
  /** Loads and unloads are taken to last at most so many times their prediction; only the promised bound is void when not. */
  readonly slack: number;
  /** How long a lease is taken to last at most. Nothing is done when it lasts longer; only the promised bound is void. */
  readonly leaseMs: number;
}

/** The factors are chosen by `test/bench/residency.bench.ts`: fewer swaps at waits that stay below those of a queue. */
export const defaultSettings: Settings = {
  holdFactor: 3,
  lingerFactor: 2,
  breakEvenFactor: 2,
  stickyFactor: 4,
  windowMs: 600_000,
  stickyShare: 0.12,
  releaseShare: 0.06,
  quietMs: 4_000,
  cancelShare: 0.5,
  attempts: 2,
  backOffMs: 500,
  backOffMostMs: 30_000,
  stuckFactor: 4,
  stuckMs: 60_000,
  slack: 1.5,
  leaseMs: 120_000,
};
