import type { Clock } from "../../../models/clock.ts";

export interface AgentLimits {
  /** From its start until it has a session and can be given the task. */
  readonly startMs: number;
  /** Without any word of it, while nothing that it asked of us is being done. */
  readonly silenceMs: number;
  readonly overallMs: number;
  /** So long it may take to stop when it is told to. */
  readonly graceMs: number;
  /** Messages of every sort that it may send. */
  readonly mostMessages: number;
  /** Tool calls that it may begin. */
  readonly mostSteps: number;
}

export const usualLimits: AgentLimits = {
  startMs: 60_000,
  silenceMs: 300_000,
  overallMs: 1_800_000,
  graceMs: 3_000,
  mostMessages: 200_000,
  mostSteps: 400,
};

/** A limit that was reached. */
export type Trip = "start" | "silence" | "overall" | "messages" | "steps";

/** Watches one job of an agent, until it is disposed or the signal aborts. */
export class JobWatch implements Disposable {
  readonly #clock: Clock;
  readonly #limits: AgentLimits;
  readonly #life = new AbortController();
  readonly #trip: (trip: Trip) => void;
  #lastWordMs: number;
  #busy = 0;
  #messages = 0;
  #steps = 0;

  /** Settles when a limit is reached; never otherwise. */
  readonly tripped: Promise<{ readonly type: "trip"; readonly trip: Trip }>;

  constructor(clock: Clock, limits: AgentLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#lastWordMs = clock.nowMs();
    const { promise, resolve } = deferred<{ readonly type: "trip"; readonly trip: Trip }>();
    this.tripped = promise;
    this.#trip = (trip) => resolve({ type: "trip", trip });
    this.#after(limits.overallMs, "overall");
  }

  /** Until the block ends it has only so long to become ready. */
  starting(): Disposable {
    const scope = new AbortController();
    this.#after(this.#limits.startMs, "start", scope.signal);
    return { [Symbol.dispose]: () => scope.abort() };
  }

  /** From now on it may not be silent for long. */
  listen(): void {
    this.#lastWordMs = this.#clock.nowMs();
    void this.#watchSilence().catch(() => undefined);
  }

  heard(): void {
    this.#lastWordMs = this.#clock.nowMs();
    this.#messages += 1;
    if (this.#messages > this.#limits.mostMessages) this.#trip("messages");
  }

  step(): void {
    this.#steps += 1;
    if (this.#steps > this.#limits.mostSteps) this.#trip("steps");
  }

  /** Until the block ends the agent waits for us, and its silence does not count. */
  busy(): Disposable {
    this.#busy += 1;
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (over) return;
        over = true;
        this.#busy -= 1;
        this.#lastWordMs = this.#clock.nowMs();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#life.abort();
  }

  #after(ms: number, trip: Trip, signal: AbortSignal = this.#life.signal): void {
    this.#clock.sleep(ms, signal).then(
      () => this.#trip(trip),
      () => undefined,
    );
  }

  async #watchSilence(): Promise<void> {
    const { silenceMs } = this.#limits;
    for (;;) {
      const leftMs = this.#busy > 0 ? silenceMs : this.#lastWordMs + silenceMs - this.#clock.nowMs();
      if (leftMs <= 0) return this.#trip("silence");
      await this.#clock.sleep(leftMs, this.#life.signal);
    }
  }
}

export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
}
