import { stat } from "node:fs/promises";
import { systemClock } from "../../models/clock.ts";
import { MemoryBooks } from "../../models/residency/memory-books.ts";

/** Writes into a home that loads of such a file, by our own llama.cpp, have taken about four seconds. */
export async function slowLoads(home: string, path: string): Promise<void> {
  const { signal } = new AbortController();
  using books = await MemoryBooks.open(
    { folder: home, reserveBytes: 0, clock: systemClock, log: () => undefined },
    signal,
  );
  const { size } = await stat(path);
  const facts = { model: "slow", blob: "slow", fileBytes: size, path, shape: undefined };
  const options = { contextTokens: 1_024, sequences: 1, kvType: "f16", batchTokens: 128, gpuLayers: 0 } as const;
  for (let load = 0; load < 12; load += 1) {
    await books.remember({ facts, options, server: "embedded", shares: [], loadMs: 4_000, cachedShare: 1 });
  }
}
