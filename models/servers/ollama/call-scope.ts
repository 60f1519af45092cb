/** A signal that aborts with the first of its parents, and forgets them at the end of the block. */
export interface CallScope extends Disposable {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

export function callScope(...parents: readonly AbortSignal[]): CallScope {
  const controller = new AbortController();
  const follow = parents.map((parent) => ({ parent, listener: () => controller.abort(parent.reason) }));
  for (const { parent, listener } of follow) {
    if (parent.aborted) listener();
    else parent.addEventListener("abort", listener, { once: true });
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => {
      for (const { parent, listener } of follow) parent.removeEventListener("abort", listener);
    },
  };
}
