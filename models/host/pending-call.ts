/** One call to a host process as its caller sees it: parts to iterate, a result to await. */
export class PendingCall {
  readonly #waiting: (() => void)[] = [];
  readonly #parts: unknown[] = [];
  #outcome: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Error } | undefined;

  part(value: unknown): void {
    if (this.#outcome !== undefined) return;
    this.#parts.push(value);
    this.#wake();
  }

  end(value: unknown): void {
    this.#outcome ??= { ok: true, value };
    this.#wake();
  }

  fail(error: Error): void {
    this.#outcome ??= { ok: false, error };
    this.#wake();
  }

  /** The parts in order; ends with the call, throws its error. */
  async *parts(): AsyncGenerator<unknown, void, void> {
    for (;;) {
      const next = this.#parts.shift();
      if (next !== undefined) yield next;
      else if (this.#outcome === undefined) await this.#change();
      else if (this.#outcome.ok) return;
      else throw this.#outcome.error;
    }
  }

  /** The value the call ended with. Parts nobody iterated stay unread. */
  async result(): Promise<unknown> {
    while (this.#outcome === undefined) await this.#change();
    if (this.#outcome.ok) return this.#outcome.value;
    throw this.#outcome.error;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
