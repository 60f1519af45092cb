import { z } from "zod";
import { ModelError } from "../../errors.ts";

/** What the usual engines say when a model does not fit (Ollama's list in llm/status.go, and LM Studio's guardrail). */
const outOfMemory =
  /out of (device )?memory|cudaMalloc failed|hipMalloc failed|failed to allocate|allocation failed|not enough memory|insufficient (memory|system resources)|erroroutofdevicememory|vk_error_out_of_device_memory/i;

/** `{error: {message}}` of OpenAI, `{error: "…"}` of LM Studio and llama-swap, `{message}` of older vLLM, `{detail}` of FastAPI. */
const errorBody = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
]);

/** The server's own words in an answer that is an error; undefined when it is none. */
export function errorIn(body: unknown): string | undefined {
  return errorBody.safeParse(body).data;
}

/**
 * What an HTTP answer that is no success means to us.
 * @param who how the server is called in messages: "LM Studio at http://…"
 */
export function failureOf(
  who: string,
  what: string,
  { status, body }: { readonly status: number; readonly body: unknown },
): ModelError {
  const said =
    errorIn(body) ?? (typeof body === "string" && body.trim() !== "" ? body.trim().slice(0, 300) : undefined);
  const words = said === undefined ? `HTTP ${status}` : `HTTP ${status}, ${said}`;
  if (said !== undefined && outOfMemory.test(said)) {
    return new ModelError("no-memory", `${who} has no room to ${what}: ${said}`);
  }
  if (status === 401 || status === 403) {
    return new ModelError(
      "engine-failed",
      `${who} wants another API key to ${what}: correct it in <NAME>_API_KEY, where its name of models.servers is (${words})`,
    );
  }
  if (status === 404) return new ModelError("not-installed", `${who} does not know how to ${what}: ${words}`);
  if (status === 429 || status === 503) {
    return new ModelError("busy", `${who} has no time to ${what} now; ask again later (${words})`);
  }
  return new ModelError("engine-failed", `${who} failed to ${what}: ${words}`);
}

/** @param cause what `fetch` threw, without the caller having aborted it */
export function unreachable(who: string, cause: unknown): ModelError {
  if (cause instanceof ModelError) return cause;
  return new ModelError("server-down", `${who} does not answer; start it, or correct its address (${reason(cause)})`, {
    cause,
  });
}

/** Nobody listens there, as opposed to somebody who is slow: what it had in memory is gone. */
export function refused(error: unknown): boolean {
  return codes(error).some((code) => code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EHOSTUNREACH");
}

/** A kept connection whose other end is gone, as after a restart; `fetch` finds out only by using it. */
export function brokenConnection(error: unknown): boolean {
  return codes(error).some((code) => code === "ECONNRESET" || code === "UND_ERR_SOCKET" || code === "EPIPE");
}

/** undici gives up on an answer whose headers take more than 300 s; a load may well take that long. */
export function tookTooLong(error: unknown): boolean {
  return codes(error).some((code) => code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT");
}

const caused = z.object({ code: z.string().optional(), cause: z.unknown().optional() });

function codes(error: unknown): readonly string[] {
  const { data } = caused.safeParse(error);
  if (data === undefined) return [];
  return [...(data.code === undefined ? [] : [data.code]), ...codes(data.cause)];
}

function reason(cause: unknown): string {
  const code = codes(cause).at(-1);
  return code ?? (cause instanceof Error ? cause.message : String(cause));
}

/** Milliseconds of a `Retry-After` header, in seconds or as a date; undefined when it says nothing of use. */
export function retryAfterMs(header: string | null, today: Date): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds < 0 ? undefined : seconds * 1_000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - today.getTime());
}
