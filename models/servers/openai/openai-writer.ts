import { ModelError } from "../../errors.ts";
import type { ReplyPart, ReplyRequest, Writer } from "../../roles.ts";
import { offered } from "../chat-writer.ts";
import { ChatAnswer, type ChatUsage } from "./chat-answer.ts";
import { type ChatStyle, chatBody } from "./chat-request.ts";
import { eventData } from "./event-stream.ts";
import { failureOf, retryAfterMs, unreachable } from "./failures.ts";
import type { Hold } from "./hold.ts";
import { type Http, jsonOr } from "./http.ts";
import { childOf, type Scope } from "./within.ts";

export interface OpenAiWriterOptions {
  readonly http: Http;
  readonly style: ChatStyle;
  /** "/v1/chat/completions", where needed with a query. */
  readonly path: string;
  readonly hold: Hold;
  /** Rejects when nothing may be sent to the model any more. */
  readonly allowed: (signal: AbortSignal) => Promise<void>;
  /** Told when the server broke off, so that somebody looks after it at once. */
  readonly onTrouble: () => void;
  readonly onUsage?: ((usage: ChatUsage) => void) | undefined;
  /** Longest silence of the server; a long prompt on a slow machine takes minutes. */
  readonly silenceMs?: number;
  /** Longest time to ask again while the server says that it is busy. */
  readonly patienceMs?: number;
}

const usualSilenceMs = 240_000;
const usualPatienceMs = 10_000;
const usualRetryMs = 250;
/** Why an attempt was left: the model is held, and will be asked to go on. */
const held = new Error("held");

/**
 * A model behind `POST /v1/chat/completions`.
 *
 * No such server can be told to wait, and none stops computing because nobody reads: llama-server and vLLM generate into
 * a queue of their own, whatever TCP says. But they stop within a token or two when the connection closes. So to hold one,
 * the answer is hung up on, and asked for again with what it said so far as its beginning. The server's prefix cache makes
 * that cheap, where it cuts these words into the tokens that it made them of. While half a function call is under way, or
 * words that came of thinking, it is not hung up on: the server goes on to its end, and nothing of it is passed on.
 */
export class OpenAiWriter implements Writer {
  readonly #options: OpenAiWriterOptions;

  constructor(options: OpenAiWriterOptions) {
    this.#options = options;
  }

  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void, void> {
    signal.throwIfAborted();
    const { hold, http } = this.#options;
    const { toolChoice } = request;
    const answer = new ChatAnswer({
      who: http.who,
      tools: offered(request).map((tool) => tool.name),
      forced: toolChoice !== "auto" && toolChoice !== "none",
    });
    while (!answer.finished) {
      await hold.passed(signal);
      await this.#options.allowed(signal);
      answer.again();
      for await (const part of this.#attempt(request, answer, signal)) {
        await hold.passed(signal);
        signal.throwIfAborted();
        yield part;
      }
      signal.throwIfAborted();
    }
    for (const part of answer.end()) {
      await hold.passed(signal);
      yield part;
    }
    if (answer.usage !== undefined) this.#options.onUsage?.(answer.usage);
    yield answer.cost;
  }

  /** Ends early when the model is held; then the answer is not finished. */
  async *#attempt(
    request: ReplyRequest,
    answer: ChatAnswer,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyPart, void, void> {
    const { http, hold, style, onTrouble } = this.#options;
    using scope = childOf(signal);
    const hangUp = (): void => {
      if (hold.closed && answer.resumable) scope.abort(held);
    };
    using _ = hold.onClose(hangUp);
    try {
      const response = await this.#accepted(chatBody(request, style, answer.said), scope);
      for await (const data of this.#events(response, scope)) {
        yield* answer.push(data);
        hangUp();
        scope.signal.throwIfAborted();
      }
      if (!answer.finished) {
        throw new ModelError("engine-failed", `${http.who} broke off in the middle of an answer; ask again`);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (scope.signal.reason === held) return;
      onTrouble();
      throw unreachable(http.who, scope.signal.aborted ? scope.signal.reason : error);
    }
  }

  /** The first success; asks again while the server is busy or still loading, as long as patience lasts. */
  async #accepted(body: unknown, scope: Scope): Promise<Response> {
    const { http, path } = this.#options;
    const { clock, who } = http;
    const { signal } = scope;
    const giveUpAtMs = clock.nowMs() + (this.#options.patienceMs ?? usualPatienceMs);
    for (let tries = 0; ; tries += 1) {
      const response = await this.#patiently(scope, () => http.open(path, { body }, signal));
      if (response.ok && response.body !== null) return response;
      const text = await response.text();
      const waitMs = retryAfterMs(response.headers.get("retry-after"), clock.today()) ?? usualRetryMs * 2 ** tries;
      const busy = response.status === 429 || response.status === 503;
      if (!busy || clock.nowMs() + waitMs > giveUpAtMs) {
        throw failureOf(who, "answer", { status: response.status, body: jsonOr(text) });
      }
      await clock.sleep(waitMs, signal);
    }
  }

  async *#events(response: Response, scope: Scope): AsyncGenerator<string, void, void> {
    if (response.body === null) return;
    const reader = response.body.getReader();
    const patiently = this.#patiently.bind(this);
    const bytes = async function* (): AsyncGenerator<Uint8Array, void, void> {
      for (;;) {
        const { done, value } = await patiently(scope, () => reader.read());
        if (done) return;
        yield value;
      }
    };
    yield* eventData(bytes());
  }

  /** Waits for the server, but not for ever. */
  async #patiently<T>(scope: Scope, wait: () => Promise<T>): Promise<T> {
    const { http, silenceMs = usualSilenceMs } = this.#options;
    using attempt = childOf(scope.signal);
    const late = (): Error =>
      new ModelError("server-down", `${http.who} has said nothing for ${Math.round(silenceMs / 1_000)} s; restart it`);
    void http.clock.sleep(silenceMs, attempt.signal).then(
      () => scope.abort(late()),
      () => undefined,
    );
    return await wait();
  }
}
