import { z } from "zod";
import { ModelError, type ModelErrorCode } from "../../errors.ts";

/** What Ollama answered instead of doing what it was asked, in its own words. `status` is 200 when it came in the middle of a stream. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The stream ended before the answer was done, or a line of it is no JSON. */
export class BrokenStream extends Error {
  override readonly name = "BrokenStream";
}

/** The load was not accepted: another try can do no harm. */
export function isQueueFull(error: unknown): boolean {
  return error instanceof Refusal && error.status === 503;
}

const systemError = z.object({ code: z.string() });
const unreachable = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"];
const cutOff = ["ECONNRESET", "EPIPE", "ECONNABORTED"];

/** How a connection failed: `unreachable` before anything was sent, `cut-off` in the middle; undefined when it did not fail. */
export function connectionFault(error: unknown): "unreachable" | "cut-off" | undefined {
  const code = systemError.safeParse(error).data?.code;
  if (code === undefined) return undefined;
  if (unreachable.includes(code)) return "unreachable";
  return cutOff.includes(code) ? "cut-off" : undefined;
}

/**
 * Words by which Ollama says that memory ran out (its `llm/status.go`), that a file is no model for it, or that a model cannot do what
 * is asked of it.
 */
const meanings: readonly (readonly [RegExp, ModelErrorCode])[] = [
  [
    /out of memory|out of device memory|(?:cuda|hip)malloc failed|failed to allocate|allocation failed|not enough memory|insufficient memory|outofdevicememory|vk_error_out_of_device_memory|erroroutofmemory/i,
    "no-memory",
  ],
  [/requires more system memory|unable to load full model on gpu|model is too large for system memory/i, "no-memory"],
  [/pull model manifest: .*does not exist/i, "not-installed"],
  [/does not support (?:tools|chat|generate|completion|thinking)/i, "unsupported"],
  [
    /may be incompatible|failed to load model|unsupported format|invalid file magic|unknown model architecture/i,
    "bad-model",
  ],
];

/** The same as a `ModelError`. Everything that is not Ollama's doing (an abort, a `ModelError`, a bug) is left as it is. */
export function modelErrorOf(error: unknown, about: { readonly model?: string; readonly address: string }): unknown {
  const what = about.model === undefined ? "Ollama" : `"${about.model}" in Ollama`;
  const fault = connectionFault(error);
  if (fault === "unreachable") return serverDown(about.address, error);
  if (fault === "cut-off") {
    return new ModelError("server-down", `Ollama at ${about.address} ended in the middle of an answer`, {
      cause: error,
    });
  }
  if (error instanceof BrokenStream) {
    return new ModelError("engine-failed", `${what} stopped in the middle: ${error.message}`, { cause: error });
  }
  if (!(error instanceof Refusal)) return error;
  const { status, message } = error;
  if (status === 404 && about.model !== undefined) {
    const hint = `run "ollama pull ${about.model}" to get it`;
    return new ModelError("not-installed", `"${about.model}" is not installed in Ollama: ${hint}`, { cause: error });
  }
  if (status === 503)
    return new ModelError("busy", `Ollama has too many requests waiting: try again later`, { cause: error });
  const [, code] = meanings.find(([words]) => words.test(message)) ?? [undefined, "engine-failed" as const];
  return new ModelError(code, `${what} failed: ${message}`, { cause: error });
}

/** Cause of a `server-down` that only means: no answer in time. Ollama also keeps silent while it loads or probes a GPU. */
export const silence = new Error("no answer in time");

export function serverDown(address: string, cause?: unknown): ModelError {
  return new ModelError("server-down", `Ollama does not answer at ${address}: start it with "ollama serve"`, { cause });
}
