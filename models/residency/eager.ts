/**
 * Reads `parts` as fast as they come, however slowly they are taken, and tells when the last one is there: what a model has to
 * compute does not wait for a listener.
 */
export async function* eager<T>(parts: AsyncIterable<T>, onEnd: () => void): AsyncGenerator<T, void, void> {
  const ready: T[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const pump = async (): Promise<void> => {
    try {
      for await (const part of parts) {
        ready.push(part);
        wake?.();
      }
      end = {};
    } catch (error) {
      end = { error };
    } finally {
      onEnd();
      wake?.();
    }
  };
  const pumping = pump();
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
}
