import { ModelError } from "../../models/errors.ts";
import { untilAborted } from "../../models/servers/until-aborted.ts";
import { childOf } from "../../pipeline/flow/scope.ts";

/** The process of a scripted engine, which can die: calls in flight fail at once, and new ones until it is back. */
export class MortalProcess {
  readonly #name: string;
  #life = new AbortController();

  constructor(name: string) {
    this.#name = name;
  }

  die(): void {
    this.#life.abort(this.#gone());
  }

  comeBack(): void {
    if (this.#life.signal.aborted) this.#life = new AbortController();
  }

  throwIfDead(): void {
    this.#life.signal.throwIfAborted();
  }

  /** What the engine makes, until it ends, dies or is told to stop. */
  async *run<T>(make: (signal: AbortSignal) => AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, void> {
    using scope = childOf(signal);
    const die = (): void => scope.abort(this.#gone());
    this.throwIfDead();
    const life = this.#life.signal;
    life.addEventListener("abort", die, { once: true });
    try {
      const source = make(scope.signal)[Symbol.asyncIterator]();
      for (;;) {
        const next = await untilAborted(Promise.resolve(source.next()), scope.signal);
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      life.removeEventListener("abort", die);
    }
  }

  #gone(): ModelError {
    return new ModelError("host-exited", `The ${this.#name} process ended`);
  }
}
