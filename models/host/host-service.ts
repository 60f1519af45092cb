import { ModelError } from "../errors.ts";
import { type FromHost, toHost } from "./messages.ts";
import { spareArgument } from "./spare-host.ts";

/** What a method of a host process is given beside its parameters. */
export interface ServedCall {
  /** Values sent after the call began; ends when the caller ends it or aborts. */
  readonly input: AsyncIterable<unknown>;
  /** Sends a part of the answer. Never send undefined. */
  readonly emit: (value: unknown) => void;
  readonly signal: AbortSignal;
}

export type Method = (params: unknown, call: ServedCall) => Promise<unknown>;

/** Runs in the child: loads the engines, says "ready" with `info`, then answers calls until the parent is gone. */
export async function serve(
  load: () => Promise<{ readonly info: unknown; readonly methods: Readonly<Record<string, Method>> }>,
): Promise<void> {
  const calls = new Map<number, { readonly controller: AbortController; readonly input: Input }>();
  process.on("disconnect", () => process.exit(0));
  // Ctrl-C and "stop" reach the whole process group; only the service decides when its hosts end.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => undefined);
  try {
    const { info, methods } = await load();
    process.on("message", (message) => {
      const to = toHost.parse(message);
      if (to.kind === "begin") return;
      if (to.kind === "call") {
        const controller = new AbortController();
        const input = new Input();
        calls.set(to.id, { controller, input });
        const emit = (value: unknown): void => {
          if (!controller.signal.aborted) send({ kind: "part", id: to.id, value });
        };
        answer(methods[to.method], to.params, { input, emit, signal: controller.signal })
          .then(
            (value) => send({ kind: "end", id: to.id, value }),
            (error: unknown) => send({ kind: "error", id: to.id, ...described(error) }),
          )
          .finally(() => calls.delete(to.id));
        return;
      }
      const call = calls.get(to.id);
      if (to.kind === "input") call?.input.push(to.value);
      else call?.input.end();
      if (to.kind === "abort") call?.controller.abort();
    });
    send({ kind: "ready", info });
  } catch (error) {
    send({ kind: "failed", ...described(error) });
  }
}

/** What this process is to run: its arguments or, when it was started as a spare one, what it is told once `prepare` is done. */
export async function hostArguments(prepare: (args: readonly string[]) => Promise<void>): Promise<readonly string[]> {
  const [first, ...rest] = process.argv.slice(2);
  if (first !== spareArgument) return process.argv.slice(2);
  // Told early, it is heard all the same.
  const told = new Promise<readonly string[]>((resolve) => {
    process.once("message", (message) => {
      const begin = toHost.parse(message);
      if (begin.kind === "begin") resolve(begin.args);
    });
  });
  await prepare(rest);
  return await told;
}

async function answer(method: Method | undefined, params: unknown, call: ServedCall): Promise<unknown> {
  if (method === undefined) throw new ModelError("engine-failed", "No such method");
  return method(params, call);
}

function described(error: unknown): { code: ModelError["code"]; message: string } {
  if (error instanceof ModelError) return { code: error.code, message: error.message };
  return { code: "engine-failed", message: error instanceof Error ? error.message : String(error) };
}

function send(message: FromHost): void {
  if (process.connected) process.send?.(message);
}

/** Values pushed by messages, pulled by a method. */
class Input implements AsyncIterable<unknown> {
  readonly #values: unknown[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  push(value: unknown): void {
    this.#values.push(value);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, void> {
    for (;;) {
      const next = this.#values.shift();
      if (next !== undefined) yield next;
      else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
