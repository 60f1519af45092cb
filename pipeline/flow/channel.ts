/** A queue between a source that cannot wait and a reader that pulls. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #limit: number;
  #dropped = 0;
  #closed: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  /** @param limit Items kept for a slow reader; beyond it the oldest is dropped. Events must never be dropped: leave it out. */
  constructor(limit: number = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  /** How many items were lost to the limit. */
  get dropped(): number {
    return this.#dropped;
  }

  get length(): number {
    return this.#items.length;
  }

  push(item: T): void {
    if (this.#closed !== undefined) return;
    this.#items.push(item);
    if (this.#items.length > this.#limit) {
      this.#items.shift();
      this.#dropped += 1;
    }
    this.#wake?.();
  }

  /** Lets the reader finish what is queued, then ends it, or fails it with `error`. */
  close(error?: Error): void {
    this.#closed ??= error === undefined ? {} : { error };
    this.#wake?.();
  }

  /** One reader only. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      if (this.#items.length > 0) {
        const [item] = this.#items.splice(0, 1);
        if (item !== undefined) yield item;
      } else if (this.#closed !== undefined) {
        if (this.#closed.error !== undefined) throw this.#closed.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
