/** What was opened, closed in reverse order. Node 20 has no AsyncDisposableStack; this is the part of it that we use. */
export class Closers implements AsyncDisposable {
  readonly #closers: (() => unknown)[] = [];

  /** Takes charge of a resource and gives it back. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#closers.push(() => resource[Symbol.asyncDispose]());
    return resource;
  }

  defer(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Closes everything, also when some of it fails to close; the first failure is thrown at the end. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
