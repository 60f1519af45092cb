/** The policy's constants. Times in milliseconds, shares 0 to 1. */
export interface Settings {
  /** A fresh resident keeps its place for so many times its load time (working set: residence ≥ fault service time). */
  readonly holdFactor: number;
  /** Before it is loaded in a larger form, a resident must have been idle for so many times what that costs. */
  readonly lingerFactor: number;
  /** For a rival, a resident leaves when it was idle for so many times what coming back costs; sooner the more of them wait. */
  readonly idleFactor: number;
  /**
   * Rivals must have waited together for so many times what the swap costs, there and back (break-even: 1). No single one counts for
   * more than that cost: how many would be served decides, not how long one of them waits.
   */
  readonly breakEvenFactor: number;
  /** So many times more while somebody who would have to leave is working: a pause in its work is the better moment. */
  readonly workingFactor: number;
  /** A single ticket waits for so many times what the swap costs at most, whatever the others do. */
  readonly longestFactor: number;
  /** In place of `breakEvenFactor` while sticky. */
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

/**
 * The factors were chosen mainly on days other than those of `test/bench/residency.bench.ts`: half as many swaps as Ollama, at the least
 * waiting. On the bench's days that is less waiting than Ollama's; on others the mean was up to a quarter more and the p95 a third,
 * the longest always less.
 */
export const defaultSettings: Settings = {
  holdFactor: 1,
  lingerFactor: 2,
  idleFactor: 16,
  breakEvenFactor: 3,
  workingFactor: 3,
  longestFactor: 6,
  stickyFactor: 3.6,
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
