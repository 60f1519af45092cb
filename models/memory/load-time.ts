/** Where a model's file lies, by how fast it is read. */
export type StorageTier = "nvme" | "sata" | "disk" | "unknown";

/** A load that was timed. */
export interface TimedLoad {
  readonly tier: StorageTier;
  /** Bytes that came from storage, and that lay in the page cache. */
  readonly storageBytes: number;
  readonly cachedBytes: number;
  readonly loadMs: number;
}

/** What is believed of one tier: a sum over its loads, from which the best line is read. */
export interface LoadFit {
  readonly tier: StorageTier;
  /** Upper half of a symmetric matrix, by rows; and the right side. */
  readonly matrix: readonly [number, number, number, number, number, number];
  readonly right: Vector;
}

type Vector = readonly [fixedMs: number, storageMsPerGb: number, cacheMsPerGb: number];

const gb = 1e9;
/**
 * Practice figures (llama-swap's author: SATA about 0.5 GB/s, NVMe about 1, page cache about 9; taken as 5 here, because a load also
 * copies), with a second to start a process, its libraries and a context (1.0 to 1.4 s on two cores, half of it with a process at hand). A belief is worth about one load that was off by its spread.
 */
const priorStorageMsPerGb: Readonly<Record<StorageTier, number>> = {
  nvme: 1_000,
  sata: 2_000,
  disk: 8_000,
  unknown: 1_500,
};
const priorFixedMs = 1_000;
const priorCacheMsPerGb = 200;
/** How far a belief may be off, as a share of it; and how far one load may be off the line. */
const priorSpread = 1;
const loadSpread = 0.2;
/** Loads shorter than this are all noise. */
const leastSpreadMs = 50;
/** A load that took so many times longer or shorter than expected is taken as that far off. */
const farthest = 4;
/** Each load counts this much less after the next: machines change. */
const memory = 0.9;

export function emptyFit(tier: StorageTier): LoadFit {
  const prior = priorOf(tier);
  const [a, b, c] = prior.map((value) => 1 / (priorSpread * value) ** 2);
  return {
    tier,
    matrix: [a ?? 0, 0, 0, b ?? 0, 0, c ?? 0],
    right: [(a ?? 0) * prior[0], (b ?? 0) * prior[1], (c ?? 0) * prior[2]],
  };
}

/** The fit with one more load: least squares in which the belief counts as loads seen before. */
export function withLoad(fit: LoadFit, load: TimedLoad): LoadFit {
  const x: Vector = [1, load.storageBytes / gb, load.cachedBytes / gb];
  // Against what was expected, so that slow loads count as much as fast ones; a load that stalled counts as a slow one only.
  const expectedMs = expectedLoadMs(fit, load);
  const loadMs = Math.min(farthest * expectedMs, Math.max(expectedMs / farthest, load.loadMs));
  const weight = 1 / Math.max(leastSpreadMs, loadSpread * expectedMs) ** 2;
  const prior = emptyFit(fit.tier);
  // The loads fade, the belief does not.
  const faded = (now: number, before: number): number => before + memory * (now - before);
  const [m00, m01, m02, m11, m12, m22] = fit.matrix;
  const [p00, p01, p02, p11, p12, p22] = prior.matrix;
  return {
    tier: fit.tier,
    matrix: [
      faded(m00, p00) + weight * x[0] * x[0],
      faded(m01, p01) + weight * x[0] * x[1],
      faded(m02, p02) + weight * x[0] * x[2],
      faded(m11, p11) + weight * x[1] * x[1],
      faded(m12, p12) + weight * x[1] * x[2],
      faded(m22, p22) + weight * x[2] * x[2],
    ],
    right: [
      faded(fit.right[0], prior.right[0]) + weight * x[0] * loadMs,
      faded(fit.right[1], prior.right[1]) + weight * x[1] * loadMs,
      faded(fit.right[2], prior.right[2]) + weight * x[2] * loadMs,
    ],
  };
}

/** T = a + bytes ÷ bandwidth, from storage and from the page cache. Never negative. */
export function expectedLoadMs(
  fit: LoadFit,
  bytes: { readonly storageBytes: number; readonly cachedBytes: number },
): number {
  const [fixedMs, storageMsPerGb, cacheMsPerGb] = lineOf(fit);
  return fixedMs + (bytes.storageBytes / gb) * storageMsPerGb + (bytes.cachedBytes / gb) * cacheMsPerGb;
}

/** The line; a part that would be negative is left at a twentieth of what was believed. */
function lineOf({ tier, matrix, right }: LoadFit): Vector {
  const [m00, m01, m02, m11, m12, m22] = matrix;
  const c00 = m11 * m22 - m12 * m12;
  const c01 = m02 * m12 - m01 * m22;
  const c02 = m01 * m12 - m02 * m11;
  const determinant = m00 * c00 + m01 * c01 + m02 * c02;
  const c11 = m00 * m22 - m02 * m02;
  const c12 = m01 * m02 - m00 * m12;
  const c22 = m00 * m11 - m01 * m01;
  const [r0, r1, r2] = right;
  const [fixed, storage, cache] = priorOf(tier);
  return [
    Math.max(fixed / 20, (c00 * r0 + c01 * r1 + c02 * r2) / determinant),
    Math.max(storage / 20, (c01 * r0 + c11 * r1 + c12 * r2) / determinant),
    Math.max(cache / 20, (c02 * r0 + c12 * r1 + c22 * r2) / determinant),
  ];
}

function priorOf(tier: StorageTier): Vector {
  return [priorFixedMs, priorStorageMsPerGb[tier], priorCacheMsPerGb];
}
