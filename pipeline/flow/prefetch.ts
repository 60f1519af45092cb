import { childOf } from "./scope.ts";

/** Runs a stage up to `ahead` items before its reader, so that the next is ready when it is asked for. */
export async function* prefetch<T>(
  stage: (signal: AbortSignal) => AsyncIterable<T>,
  ahead: number,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  using scope = childOf(signal);
  const ready: T[] = [];
  let ended: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const changed = (): void => {
    wake?.();
    wake = undefined;
  };
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      const before = wake;
      wake = () => {
        before?.();
        resolve();
      };
    });
  scope.signal.addEventListener("abort", changed, { once: true });

  const fill = async (): Promise<void> => {
    for await (const item of stage(scope.signal)) {
      ready.push(item);
      changed();
      while (ready.length >= ahead && !scope.signal.aborted) await wait();
      if (scope.signal.aborted) return;
    }
  };
  fill()
    .then(
      () => {
        ended = {};
      },
      (error: unknown) => {
        ended = { error };
      },
    )
    .finally(changed);

  for (;;) {
    signal.throwIfAborted();
    const next = ready.shift();
    if (next !== undefined) {
      changed();
      yield next;
    } else if (ended !== undefined) {
      if (ended.error !== undefined) throw ended.error;
      return;
    } else await wait();
  }
}
