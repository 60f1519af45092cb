import { open } from "node:fs/promises";
import type { Clock } from "../clock.ts";
import { callScope } from "../servers/ollama/call-scope.ts";

/** The other side fell silent. */
export class Silence extends Error {
  override readonly name = "Silence";
}

/** Writes a body to a file from some byte on; gives the length of the file then. What came before a failure stays. */
export async function receive(
  options: {
    readonly body: ReadableStream<Uint8Array> | null;
    readonly part: string;
    readonly fromByte: number;
    readonly clock: Clock;
    readonly silentMs: number;
    readonly onBytes: (bytes: number) => void;
  },
  signal: AbortSignal,
): Promise<number> {
  const { body, part, fromByte, clock, silentMs, onBytes } = options;
  using scope = callScope(signal);
  let heardMs = clock.nowMs();
  const watch = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(silentMs, scope.signal);
      if (clock.nowMs() - heardMs >= silentMs) scope.abort(new Silence(`it sent nothing for ${silentMs / 1_000} s`));
    }
  };
  const watching = watch().catch(() => undefined);
  const file = await open(part, fromByte > 0 ? "r+" : "w");
  const reader = body?.getReader();
  const cancel = (): void => void reader?.cancel(scope.signal.reason).catch(() => undefined);
  scope.signal.addEventListener("abort", cancel, { once: true });
  let bytes = fromByte;
  try {
    onBytes(bytes);
    for (;;) {
      const next = await reader?.read();
      scope.signal.throwIfAborted();
      if (next?.value === undefined) break;
      heardMs = clock.nowMs();
      await file.write(next.value, 0, next.value.length, bytes);
      bytes += next.value.length;
      onBytes(bytes);
    }
    await file.sync();
    return bytes;
  } finally {
    scope.abort(new Error("received"));
    await watching;
    await file.close();
  }
}
