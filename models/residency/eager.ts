/**
 * Reads `parts` as fast as they come, however slowly they are taken: what a model has to compute does not wait for a listener. A
 * listener that leaves ends the reading by the signal given to `start`.
 * @param begin Called when the first part is asked for; the result is disposed of when the last part is there, or nobody listens.
 */
export async function* eager<T>(
  start: (signal: AbortSignal) => AsyncIterable<T>,
  begin: () => Disposable,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const left = new AbortController();
  const leave = (): void => left.abort(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  const ready: T[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const computing = begin();
  const pump = async (): Promise<void> => {
    try {
      for await (const part of start(left.signal)) {
        ready.push(part);
        wake?.();
      }
      end = {};
    } catch (error) {
      end = { error };
    } finally {
      computing[Symbol.dispose]();
      wake?.();
    }
  };
  const pumping = pump();
  try {
    for (;;) {
      const [part] = ready.splice(0, 1);
      if (part !== undefined) yield part;
      else if (end !== undefined) break;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    await pumping;
    if ("error" in end) throw end.error;
  } finally {
    signal.removeEventListener("abort", leave);
    left.abort();
  }
}
