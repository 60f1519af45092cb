import type { Clock } from "../../clock.ts";

export interface TimeLimit {
  readonly clock: Clock;
  readonly limitMs: number;
  /** What the work is aborted with when the time is over. */
  readonly late: () => Error;
}

/** Does the work under a signal of its own, which is aborted with the caller's and when the time is over. */
export async function within<T>(
  { clock, limitMs, late }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  using scope = childOf(signal);
  void clock.sleep(limitMs, scope.signal).then(
    () => scope.abort(late()),
    () => undefined,
  );
  return await work(scope.signal);
}

export interface Scope extends Disposable {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/** A signal that is aborted with its parent, by `abort`, and at the end of the block. */
export function childOf(parent: AbortSignal): Scope {
  const controller = new AbortController();
  const abort = (): void => controller.abort(parent.reason);
  if (parent.aborted) abort();
  parent.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => {
      parent.removeEventListener("abort", abort);
      controller.abort(ended);
    },
  };
}

const ended = new Error("This work is over");
