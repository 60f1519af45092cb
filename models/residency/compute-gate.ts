import type { Clock } from "../clock.ts";
import type { LoadedModel } from "../servers/model-server.ts";

type Heavy = Pick<LoadedModel, "pause" | "resume">;

/** Nobody keeps a heavy model still for longer at a stretch: it has people waiting, too. */
const longestPauseMs = 20_000;
/** So long it may compute after such a stretch, whoever holds it. */
const breathMs = 3_000;

/** Keeps heavy models still while anything of the voice computes, because they would take the processor from it. */
export class ComputeGate {
  readonly #clock: Clock;
  readonly #heavy = new Set<Heavy>();
  #holds = 0;
  #isPaused = false;
  /** Ends the present stretch: of stillness, or of breath. */
  #stretch: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A heavy model is in memory from now on, until the result is disposed. */
  add(model: Heavy): Disposable {
    this.#heavy.add(model);
    if (this.#isPaused) model.pause();
    return {
      [Symbol.dispose]: () => {
        this.#heavy.delete(model);
      },
    };
  }

  /** Heavy models keep still until the result is disposed; now and then they may breathe. */
  hold(): Disposable {
    this.#holds += 1;
    // Within a breath they go on, and are paused behind it.
    if (this.#holds === 1 && this.#stretch === undefined) this.#pause();
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#holds -= 1;
        if (this.#holds === 0 && this.#isPaused) this.#resume();
      },
    };
  }

  #pause(): void {
    this.#isPaused = true;
    for (const model of this.#heavy) model.pause();
    this.#after(longestPauseMs, () => {
      this.#resume();
      this.#after(breathMs, () => {
        this.#stretch = undefined;
        if (this.#holds > 0) this.#pause();
      });
    });
  }

  #resume(): void {
    this.#stretch?.abort();
    this.#stretch = undefined;
    this.#isPaused = false;
    for (const model of this.#heavy) model.resume();
  }

  #after(ms: number, next: () => void): void {
    const stretch = new AbortController();
    this.#stretch = stretch;
    this.#clock.sleep(ms, stretch.signal).then(next, () => undefined);
  }
}
