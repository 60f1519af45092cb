import type { Clock } from "../models/clock.ts";

export interface WatchOptions {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  readonly idleTimeoutMs: number;
}

/**
 * Notices clients that are gone without saying so: a laptop that was closed, a phone out of reach. TCP alone would
 * keep such a socket for hours.
 */
export class ConnectionWatch {
  readonly #options: WatchOptions;
  #lastHeardMs: number;
  #alive = true;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#lastHeardMs = options.clock.nowMs();
  }

  /** A frame came. */
  heard(): void {
    this.#alive = true;
    this.#lastHeardMs = this.#options.clock.nowMs();
  }

  /** The answer to a ping: somebody is there, though nothing was said. */
  ponged(): void {
    this.#alive = true;
  }

  /** Pings until something is wrong or the signal aborts. */
  async run(ping: () => void, signal: AbortSignal): Promise<"half-open" | "idle" | "aborted"> {
    const { clock, heartbeatMs, idleTimeoutMs } = this.#options;
    const stepMs = Math.min(heartbeatMs, idleTimeoutMs);
    let nextPingMs = clock.nowMs() + heartbeatMs;
    while (!signal.aborted) {
      try {
        await clock.sleep(stepMs, signal);
      } catch {
        break;
      }
      const nowMs = clock.nowMs();
      if (nowMs - this.#lastHeardMs >= idleTimeoutMs) return "idle";
      if (nowMs < nextPingMs) continue;
      if (!this.#alive) return "half-open";
      this.#alive = false;
      nextPingMs = nowMs + heartbeatMs;
      ping();
    }
    return "aborted";
  }
}
