import type { Clock } from "../clock.ts";
import type { LoadedModel } from "../servers/model-server.ts";

/** Nobody keeps a heavy model still for longer at a stretch: it has people waiting, too. */
const longestPauseMs = 20_000;

/** Keeps heavy models still while anything of the voice computes, because they would take the processor from it. */
export class ComputeGate {
  readonly #clock: Clock;
  readonly #heavy = new Set<Pick<LoadedModel, "pause" | "resume">>();
  #holds = 0;
  #paused = false;
  #limit: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** A heavy model is in memory from now on, until the result is disposed. */
  add(model: Pick<LoadedModel, "pause" | "resume">): Disposable {
    this.#heavy.add(model);
    if (this.#paused) model.pause();
    return {
      [Symbol.dispose]: () => {
        this.#heavy.delete(model);
      },
    };
  }

  /** Heavy models keep still until the result is disposed, or `longestPauseMs` are over. */
  hold(): Disposable {
    this.#holds += 1;
    if (this.#holds === 1) this.#pause();
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#holds -= 1;
        if (this.#holds === 0) this.#resume();
      },
    };
  }

  #pause(): void {
    this.#paused = true;
    for (const model of this.#heavy) model.pause();
    const limit = new AbortController();
    this.#limit = limit;
    this.#clock.sleep(longestPauseMs, limit.signal).then(
      () => this.#resume(),
      () => undefined,
    );
  }

  #resume(): void {
    this.#limit?.abort();
    if (!this.#paused) return;
    this.#paused = false;
    for (const model of this.#heavy) model.resume();
  }
}
