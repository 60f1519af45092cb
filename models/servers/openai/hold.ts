import { untilAborted } from "../until-aborted.ts";

/** A gate that answers pass one part at a time. */
export class Hold {
  #opened: Promise<void> | undefined;
  #open: () => void = () => undefined;
  readonly #listeners = new Set<() => void>();

  get closed(): boolean {
    return this.#opened !== undefined;
  }

  close(): void {
    if (this.#opened !== undefined) return;
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
    for (const listener of [...this.#listeners]) listener();
  }

  open(): void {
    this.#opened = undefined;
    this.#open();
  }

  /** Resolves when it is open. */
  async passed(signal: AbortSignal): Promise<void> {
    while (this.#opened !== undefined) await untilAborted(this.#opened, signal);
  }

  onClose(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}
