import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";

/** The only source of time. Tests hand in a virtual one. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes backwards. */
  nowMs(): number;
  /** The date and time of day, for people. */
  today(): Date;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  today: () => new Date(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
