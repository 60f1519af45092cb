import { emptyFit, expectedLoadMs, type StorageTier } from "../memory/load-time.ts";
import type { PlanOption } from "./plan-options.ts";

/** Ending a process before the other begins. */
const unloadMs = 300;

/** How long the slower of these takes to come, from storage and from the page cache. */
export function swapMsOf(
  options: readonly PlanOption[],
  storage: StorageTier,
): { readonly ms: number; readonly cachedMs: number } {
  const bytes = Math.max(0, ...options.map(({ file }) => file.bytes));
  if (bytes === 0) return { ms: 0, cachedMs: 0 };
  const fit = emptyFit(storage);
  return {
    ms: unloadMs + expectedLoadMs(fit, { storageBytes: bytes, cachedBytes: 0 }),
    cachedMs: unloadMs + expectedLoadMs(fit, { storageBytes: 0, cachedBytes: bytes }),
  };
}
