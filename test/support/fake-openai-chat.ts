import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A question to a fake server, and the ways to answer it. */
export interface FakeCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: a fake takes what it is sent
  readonly body: any;
  readonly headers: IncomingMessage["headers"];
  readonly response: ServerResponse;
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
  json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): void;
}

/** A server on a free port of this machine. */
export class FakeHttp {
  readonly #handle: (call: FakeCall) => void | Promise<void>;
  #server: Server;
  #port = 0;
  /** "GET /health" and so on, in order. */
  readonly calls: string[] = [];
  /** Bodies of POST requests by path. */
  // biome-ignore lint/suspicious/noExplicitAny: a fake takes what it is sent
  readonly bodies: { readonly path: string; readonly body: any; readonly headers: IncomingMessage["headers"] }[] = [];

  constructor(handle: (call: FakeCall) => void | Promise<void>) {
    this.#handle = handle;
    this.#server = this.#create();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** As when its process is killed: every connection breaks, and nobody listens any more. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    this.#server = this.#create();
  }

  #create(): Server {
    return createServer((request, response) => {
      void this.#answer(request, response).catch(() => response.destroy());
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const method = request.method ?? "GET";
    let text = "";
    for await (const chunk of request) text += chunk;
    const body = text === "" ? undefined : JSON.parse(text);
    this.calls.push(`${method} ${url.pathname}${url.search}`);
    if (method === "POST") this.bodies.push({ path: url.pathname, body, headers: request.headers });
    const left = new AbortController();
    response.on("close", () => left.abort(new Error("the client left")));
    await this.#handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      body,
      headers: request.headers,
      response,
      gone: left.signal,
      json: (status, answer, headers = {}) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(JSON.stringify(answer));
      },
    });
  }
}

/** What goes wrong with the next answer. */
export type ChatFault =
  /** The connection breaks after so many tokens. */
  | { readonly type: "dies"; readonly after: number }
  /** The answer ends politely, in the middle of an event. */
  | { readonly type: "truncated"; readonly after: number }
  | { readonly type: "error-event"; readonly after: number; readonly message: string }
  /** Headers only, and nothing ever after. */
  | { readonly type: "silent" }
  | { readonly type: "status"; readonly status: number; readonly body: unknown; readonly retryAfter?: string };

export const longText = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen.";

/** A model that says `text` a word at a time, or calls the first tool that it must or is told to call. */
export class FakeChat {
  text = longText;
  tokenMs = 1;
  /** Answers wait after so many tokens, until this is undefined again or the client is gone. */
  waitsAfter: number | undefined;
  /** Each is used once, first come first served. */
  readonly faults: ChatFault[] = [];
  /** What streams sent as deltas, instead of words. */
  script: readonly unknown[] | undefined;
  /** Tokens that were computed, for whomever. */
  computed = 0;
  /** Answers that the client hung up on. */
  hungUp = 0;
  /** Under way now. */
  active = 0;
  /** Breaks every answer that is under way, as when the model is taken from under it. */
  #breakAll = new AbortController();

  breakAnswers(): void {
    this.#breakAll.abort();
    this.#breakAll = new AbortController();
  }

  async answer({ body, response, gone, json }: FakeCall): Promise<void> {
    const fault = this.faults.shift();
    if (fault?.type === "status") {
      const headers = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
      return json(fault.status, fault.body, headers);
    }
    const deltas = (this.script ?? this.#deltas(body)).slice(0, body.max_tokens ?? 1_000);
    const cut = (this.script ?? this.#deltas(body)).length > deltas.length;
    if (!body.stream) {
      this.computed += deltas.length;
      return json(200, { choices: [{ message: { role: "assistant", content: "One" }, finish_reason: "stop" }] });
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    if (fault?.type === "silent") return;
    const broken = this.#breakAll.signal;
    this.active += 1;
    try {
      let sent = 0;
      for (const delta of deltas) {
        if (fault?.type === "dies" && sent === fault.after) return void response.destroy();
        if (fault?.type === "truncated" && sent === fault.after)
          return void response.end('data: {"choices":[{"delta":{"con');
        if (fault?.type === "error-event" && sent === fault.after) {
          return void response.end(`data: ${JSON.stringify({ error: { message: fault.message } })}\n\n`);
        }
        await sleep(this.tokenMs);
        while (this.waitsAfter === sent && !gone.aborted && !broken.aborted) await sleep(5);
        if (broken.aborted) return void response.destroy();
        if (gone.aborted) {
          this.hungUp += 1;
          return;
        }
        this.computed += 1;
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
        sent += 1;
      }
      const reason = cut ? "length" : "stop";
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })}\n\n`);
      const usage = { prompt_tokens: 7, completion_tokens: sent, prompt_tokens_details: { cached_tokens: 3 } };
      response.write(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
      response.end("data: [DONE]\n\n");
    } finally {
      this.active -= 1;
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: a fake takes what it is sent
  #deltas(body: any): readonly unknown[] {
    const last = body.messages.at(-1);
    const tool = body.tools?.[0]?.function;
    if (tool !== undefined && (body.tool_choice === "required" || String(last?.content).includes("tool"))) {
      return [
        { role: "assistant", content: null },
        { tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: tool.name, arguments: "" } }] },
        { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] },
        { tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] },
      ];
    }
    const said = last?.role === "assistant" ? String(last.content) : "";
    const rest = this.text.startsWith(said) ? this.text.slice(said.length) : this.text;
    return (rest.match(/\s*\S+/g) ?? []).map((content) => ({ content }));
  }
}
