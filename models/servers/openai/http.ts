import type { z } from "zod";
import type { Clock } from "../../clock.ts";
import { ModelError } from "../../errors.ts";
import { brokenConnection, failureOf, unreachable } from "./failures.ts";
import { within } from "./within.ts";

/** An answer of which nothing is believed yet. `body` is JSON where it was JSON, and text otherwise. */
export interface Answer {
  readonly status: number;
  readonly server: string | null;
  readonly body: unknown;
}

/** One server's address, and short questions to it. */
export interface Http {
  /** How it is called in messages. */
  readonly who: string;
  readonly clock: Clock;
  /** Rejects with `server-down` when nobody answers in time; any HTTP status resolves. */
  get(path: string, signal: AbortSignal): Promise<Answer>;
  /** @param limitMs null: as long as it takes */
  post(path: string, body: unknown, signal: AbortSignal, limitMs?: number | null): Promise<Answer>;
  /** For streams: no limit on time, and errors as `fetch` gives them. */
  open(path: string, init: { readonly body?: unknown }, signal: AbortSignal): Promise<Response>;
}

export interface HttpOptions {
  /** Without `/v1` and without a slash at its end. */
  readonly url: string;
  readonly who: string;
  readonly clock: Clock;
  readonly apiKey?: string | undefined;
  readonly limitMs?: number;
}

/** So many in a row may turn out to be dead. */
const keptConnections = 4;

export function createHttp({ url, who, clock, apiKey, limitMs: usualMs = 10_000 }: HttpOptions): Http {
  const open = async (path: string, { body }: { readonly body?: unknown }, signal: AbortSignal): Promise<Response> => {
    const init = {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        ...(body === undefined || body === null ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined || body === null ? {} : { body: JSON.stringify(body) }),
      signal,
    };
    for (let tries = 1; ; tries += 1) {
      try {
        return await fetch(url + path, init);
      } catch (error) {
        if (signal.aborted || tries >= keptConnections || !brokenConnection(error)) throw error;
      }
    }
  };
  const ask = async (path: string, body: unknown, signal: AbortSignal, limitMs: number | null): Promise<Answer> => {
    const work = async (inner: AbortSignal): Promise<Answer> => {
      const response = await open(path, { body }, inner);
      const text = await response.text();
      return { status: response.status, server: response.headers.get("server"), body: jsonOr(text) };
    };
    const late = (): Error => new ModelError("server-down", `${who} did not answer ${path} within ${limitMs} ms`);
    try {
      if (limitMs === null) return await work(signal);
      return await within({ clock, limitMs, late }, work, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(who, error);
    }
  };
  return {
    who,
    clock,
    open,
    get: (path, signal) => ask(path, undefined, signal, usualMs),
    post: (path, body, signal, limitMs = usualMs) => ask(path, body ?? null, signal, limitMs),
  };
}

/**
 * The body of a success.
 * @param what ends "failed to …"
 */
export function read<T>(http: Http, what: string, answer: Answer, schema: z.ZodType<T>): T {
  if (answer.status < 200 || answer.status > 299) throw failureOf(http.who, what, answer);
  const parsed = schema.safeParse(answer.body);
  if (!parsed.success) {
    throw new ModelError("engine-failed", `${http.who} failed to ${what}: its answer is not what we know of it`);
  }
  return parsed.data;
}

/** What is said in JSON, and everything else as the text that it is. */
export function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
