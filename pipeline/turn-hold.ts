import type { Models } from "../models/roles.ts";
import type { TalkState } from "./conversation/state.ts";

/**
 * Keeps heavy models still from the first word of a turn to the first sound of its answer: they would take the processor from the
 * voice. An answer that a heavy model itself is making holds nothing.
 */
export class TurnHold implements Disposable {
  readonly #models: Models;
  #held: Disposable | undefined;

  constructor(models: Models) {
    this.#models = models;
  }

  update(state: TalkState, isHeavy: boolean): void {
    const isBusy = (state === "hearing" || state === "thinking") && !isHeavy;
    if (isBusy) this.#held ??= this.#models.holdVoiceTurn();
    else this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#held?.[Symbol.dispose]();
    this.#held = undefined;
  }
}
