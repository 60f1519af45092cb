/** A controller that aborts when its parent does, and lets go of the parent when it is disposed. */
export interface Scope extends Disposable {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/**
 * A child of a signal that may live much longer. Used instead of AbortSignal.any, which leaks on a long-lived
 * signal in Node 20 (nodejs/node#54614). Disposing aborts the child, so that nothing it started lives on.
 */
export function childOf(parent: AbortSignal): Scope {
  const controller = new AbortController();
  const follow = (): void => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => {
      parent.removeEventListener("abort", follow);
      controller.abort();
    },
  };
}
