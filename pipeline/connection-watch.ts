import type { Clock } from "../models/clock.ts";

export interface WatchOptions {
  readonly clock: Clock;
  readonly heartbeatMs: number;
}

/**
 * Notices clients that are gone without saying so: a laptop that was closed, a phone out of reach. TCP alone would
 * keep such a socket for hours. One that answers is there, however long nothing is said.
 */
export class ConnectionWatch {
  readonly #options: WatchOptions;
  #lastUsedMs: number;
  #alive = true;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#lastUsedMs = options.clock.nowMs();
  }

  /** How long nothing has been said, by either side. */
  get idleMs(): number {
    return this.#options.clock.nowMs() - this.#lastUsedMs;
  }

  /** A frame came. */
  heard(): void {
    this.#alive = true;
    this.used();
  }

  /** An answer is being given. */
  used(): void {
    this.#lastUsedMs = this.#options.clock.nowMs();
  }

  /** The answer to a ping: somebody is there, though nothing was said. */
  ponged(): void {
    this.#alive = true;
  }

  /** Pings until nobody answers or the signal aborts. */
  async run(ping: () => void, signal: AbortSignal): Promise<"half-open" | "aborted"> {
    const { clock, heartbeatMs } = this.#options;
    while (!signal.aborted) {
      try {
        await clock.sleep(heartbeatMs, signal);
      } catch {
        break;
      }
      if (!this.#alive) return "half-open";
      this.#alive = false;
      ping();
    }
    return "aborted";
  }
}
