import { open } from "node:fs/promises";
import type { Clock } from "../clock.ts";

export interface PrefetchResult {
  readonly outcome: "read" | "read-lately" | "no-room" | "aborted" | "unreadable";
  /** Bytes that were asked of the system; those that lay in the page cache already cost nothing. */
  readonly bytes: number;
}

export interface PrefetchOptions {
  readonly clock: Clock;
  /** What the page cache may still grow by: free memory less what must stay free. */
  readonly roomBytes: () => number;
}

const chunkBytes = 8 * 1024 * 1024;
/** Of the time that reading takes, this much is left to others. */
const restShare = 0.2;
/** A file that was read through is not read again for so long. */
const lateMs = 60_000;
/** Room is asked for anew after each so many bytes. */
const checkBytes = 256 * 1024 * 1024;

/** Brings model files into the page cache, so that the load that may follow does not wait for storage. One file at a time. */
export class Prefetcher {
  readonly #options: PrefetchOptions;
  readonly #readAtMs = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PrefetchOptions) {
    this.#options = options;
  }

  /** Reads the file through once. Never rejects: whatever comes in between, nothing is lost but time. */
  async prefetch(path: string, signal: AbortSignal): Promise<PrefetchResult> {
    const mine = this.#last.then(() => this.#read(path, signal));
    this.#last = mine;
    return await mine;
  }

  async #read(path: string, signal: AbortSignal): Promise<PrefetchResult> {
    const { clock, roomBytes } = this.#options;
    const readAtMs = this.#readAtMs.get(path);
    if (signal.aborted) return { outcome: "aborted", bytes: 0 };
    if (readAtMs !== undefined && clock.nowMs() - readAtMs < lateMs) return { outcome: "read-lately", bytes: 0 };
    let bytes = 0;
    try {
      const file = await open(path);
      await using _closed = { [Symbol.asyncDispose]: () => file.close() };
      const { size } = await file.stat();
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(1, size)));
      while (bytes < size) {
        if (signal.aborted) return { outcome: "aborted", bytes };
        // What was read is in the cache already, so only the rest needs room.
        if (bytes % checkBytes === 0 && roomBytes() < size - bytes) return { outcome: "no-room", bytes };
        const startedMs = clock.nowMs();
        const { bytesRead } = await file.read(chunk, 0, chunk.length, bytes);
        if (bytesRead === 0) break;
        bytes += bytesRead;
        await clock.sleep((clock.nowMs() - startedMs) * restShare, signal).catch(() => undefined);
      }
    } catch {
      return { outcome: "unreadable", bytes };
    }
    this.#readAtMs.set(path, clock.nowMs());
    return { outcome: "read", bytes };
  }
}
