import type { FreeBytes } from "./ollama-leave.ts";

/** Other programs breathe. */
const noiseBytes = 64 * 1024 * 1024;

/** What is free on each GPU; without those of which nothing can tell. */
export async function freeOn(
  pools: readonly string[],
  freeBytes: FreeBytes | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const free = await Promise.all(pools.map(async (pool) => ({ pool, bytes: await freeBytes?.(pool, signal) })));
  return new Map(free.flatMap(({ pool, bytes }) => (bytes === undefined ? [] : [[pool, bytes] as const])));
}

/**
 * How a model that was loaded meanwhile is divided over the GPUs, parts of 1. Ollama says how much of it is on GPUs, but not on which;
 * the driver tells by what became less. Undefined when nothing did.
 */
export function partsOf(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> | undefined {
  const taken = [...before].flatMap(([pool, bytes]) => {
    const less = bytes - (after.get(pool) ?? bytes);
    return less > noiseBytes ? [{ pool, less }] : [];
  });
  const all = taken.reduce((sum, { less }) => sum + less, 0);
  return all === 0 ? undefined : new Map(taken.map(({ pool, less }) => [pool, less / all]));
}
