import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "../../models/clock.ts";
import { answerOf, blobOf, digestOf, type FakeModel, type FakeOptions, showOf } from "./fake-ollama-models.ts";
import { FakeScheduler, type Runner, SchedulerError, type SchedulerOptions } from "./fake-ollama-scheduler.ts";

export interface FakeOllamaOptions extends Partial<Omit<SchedulerOptions, "profile">> {
  readonly version: string;
  readonly models: readonly FakeModel[];
  /** Where `/api/show` says that the blobs are. */
  readonly folder?: string;
  readonly tokenMs?: number;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * Ollama's HTTP interface over its scheduler, as its source has them (0.24 and 0.32). Models answer with their question's words. Its
 * public fields are faults that a test brings about; they may be changed at any time.
 */
export class FakeOllama {
  readonly models: FakeModel[];
  /** Every call that came, in order. */
  readonly calls: { readonly path: string; readonly body: Body }[] = [];
  /** How an answer ends after two parts. */
  answerEnds: "well" | "cut-line" | "garbage" | "silently" | "error" | "out-of-memory" | "server-dies" = "well";
  /** So many calls for a model find the queue full. */
  queueFullTimes = 0;
  /** So many calls of any kind find their connection closed. */
  hangUpTimes = 0;
  /** `/api/ps` leaves these out, or does not answer before this resolves. */
  readonly hidden = new Set<string>();
  listGate: Promise<void> | undefined;
  scheduler: FakeScheduler;
  readonly #options: FakeOllamaOptions;
  readonly #clock: Clock;
  #server: Server | undefined;
  #port = 0;

  constructor(options: FakeOllamaOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.models = [...options.models];
    this.scheduler = this.#newScheduler();
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get heldBytes(): number {
    return this.#server === undefined ? 0 : this.scheduler.heldBytes;
  }

  /** Calls of one kind, by their bodies. */
  bodies(path: string): readonly Body[] {
    return this.calls.filter((call) => call.path === path).map((call) => call.body);
  }

  /** Starts it, or starts it again: at the same port, with nothing loaded. */
  async start(): Promise<this> {
    this.scheduler = this.#newScheduler();
    const server = createServer((request, response) => void this.#serve(request, response));
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#server = server;
    this.#port = addressOf(server).port;
    return this;
  }

  /** As if its process had ended. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.scheduler.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Another program's wish. */
  async use(path: string, body: Body): Promise<unknown> {
    const response = await fetch(`${this.address}${path}`, { method: "POST", body: JSON.stringify(body) });
    return await response.json();
  }

  #newScheduler(): FakeScheduler {
    const { version, ...options } = this.#options;
    return new FakeScheduler({
      vramBytes: 0,
      parallel: 1,
      maxLoaded: 3,
      maxQueue: 512,
      loadMs: 5,
      unloadMs: 5,
      ...options,
      clock: this.#clock,
      profile: Number(version.split(".")[1]) < 30 ? "own-engine" : "llama-server",
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on("close", () => gone.abort(new Error("the client is gone")));
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const path = request.url ?? "";
    const body: Body = text === "" ? {} : JSON.parse(text);
    this.calls.push({ path, body });
    if (this.hangUpTimes > 0) {
      this.hangUpTimes -= 1;
      request.socket.destroy();
      return;
    }
    try {
      await this.#answer(path, body, response, gone.signal);
    } catch (error) {
      const status = error instanceof SchedulerError ? error.status : 500;
      if (!response.headersSent) send(response, status, { error: error instanceof Error ? error.message : "" });
    }
  }

  async #answer(path: string, body: Body, response: ServerResponse, signal: AbortSignal): Promise<void> {
    if (path === "/api/version") return send(response, 200, { version: this.#options.version });
    if (path === "/api/tags") return send(response, 200, { models: this.models.map(installed) });
    if (path === "/api/show") return send(response, 200, showOf(this.#model(body), this.#options.folder));
    if (path === "/api/pull") return await this.#pull(body, response);
    if (path === "/api/ps") {
      await this.listGate;
      const entries = [...this.scheduler.loaded.values()].filter((runner) => !this.hidden.has(runner.model.name));
      return send(response, 200, { models: entries.map(running) });
    }
    if (path === "/api/generate" || path === "/api/chat") return await this.#use(body, response, signal);
    send(response, 404, "404 page not found");
  }

  async #use(body: Body, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const model = this.#model(body);
    const seconds = keepAlive(body["keep_alive"]);
    const messages: unknown = body["messages"] ?? [];
    const empty = (body["prompt"] ?? "") === "" && Array.isArray(messages) && messages.length === 0;
    if (empty && seconds === 0) {
      const runner = this.scheduler.loaded.get(blobOf(model));
      if (runner !== undefined) this.scheduler.expire(runner);
      return send(response, 200, { model: model.name, response: "", done: true, done_reason: "unload" });
    }
    if (Array.isArray(body["tools"]) && model.tools !== true) {
      throw new SchedulerError(400, `registry.ollama.ai/library/${model.name} does not support tools`);
    }
    if (this.queueFullTimes > 0) {
      this.queueFullTimes -= 1;
      throw new SchedulerError(503, "server busy, please try again.  maximum pending requests exceeded");
    }
    const options: FakeOptions = Object(body["options"] ?? {});
    const runner = await this.scheduler.runner(model, options, seconds, signal);
    try {
      if (empty) send(response, 200, { model: model.name, response: "", done: true, done_reason: "load" });
      else await this.#stream(model, body, response, signal);
    } finally {
      this.scheduler.release(runner);
    }
  }

  async #stream(model: FakeModel, body: Body, response: ServerResponse, signal: AbortSignal): Promise<void> {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    const line = (message: object): string => JSON.stringify({ model: model.name, message, done: false });
    if (model.thinking === true && body["think"] !== false) {
      response.write(`${line({ role: "assistant", content: "", thinking: "Hm. " })}\n`);
    }
    const answer = answerOf(body);
    const most = mostTokens(body);
    for (const [index, message] of answer.slice(0, most).entries()) {
      if (signal.aborted) return;
      if (index === 2 && this.answerEnds !== "well") return await this.#endBadly(line(message), response);
      response.write(`${line(message)}\n`);
      await this.#clock.sleep(this.#options.tokenMs ?? 1);
    }
    const last = {
      model: model.name,
      message: { role: "assistant", content: "" },
      done: true,
      done_reason: answer.length > most ? "length" : "stop",
      prompt_eval_count: 20,
      eval_count: Math.min(most, answer.length),
    };
    response.end(`${JSON.stringify(last)}\n`);
  }

  async #endBadly(line: string, response: ServerResponse): Promise<void> {
    switch (this.answerEnds) {
      case "cut-line":
        response.end(line.slice(0, 20));
        return;
      case "garbage":
        response.end("<html>Bad gateway</html>\n");
        return;
      case "error":
        response.end('{"error":"model runner has unexpectedly stopped"}\n');
        return;
      case "out-of-memory":
        this.scheduler.expireAll();
        response.end('{"error":"CUDA error: out of memory"}\n');
        return;
      case "server-dies":
        await this.stop();
        return;
      default:
        response.end();
    }
  }

  async #pull(body: Body, response: ServerResponse): Promise<void> {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    const name = String(body["name"] ?? body["model"]);
    const say = (line: object): void => void response.write(`${JSON.stringify(line)}\n`);
    say({ status: "pulling manifest" });
    if (name.startsWith("nowhere")) say({ error: "pull model manifest: file does not exist" });
    else {
      for (const digest of ["sha256:aaa", "sha256:bbb"]) {
        for (const completed of [0, 50, 100]) say({ status: "pulling aaa", digest, total: 100, completed });
      }
      for (const status of ["verifying sha256 digest", "writing manifest", "success"]) say({ status });
      this.models.push({ name, weights: name, weightBytes: 200 });
    }
    response.end();
  }

  #model(body: Body): FakeModel {
    const wanted = String(body["model"] ?? body["name"] ?? "");
    const model = this.models.find(({ name }) => name === wanted || name === `${wanted}:latest`);
    if (model === undefined) throw new SchedulerError(404, `model '${wanted}' not found`);
    return model;
  }
}

function installed(model: FakeModel): object {
  const { name, weightBytes: size } = model;
  return { name, model: name, size, digest: digestOf(model), details: { family: "llama" } };
}

function running(runner: Runner): object {
  const { model, bytes, vramBytes, options, expiresAt } = runner;
  return {
    name: model.name,
    model: model.name,
    size: bytes,
    size_vram: vramBytes,
    digest: digestOf(model),
    context_length: options["num_ctx"],
    expires_at: expiresAt.toISOString(),
  };
}

/** Seconds; undefined when nothing is said. */
function keepAlive(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return value < 0 ? Number.POSITIVE_INFINITY : value;
  const spelt = /^(-?\d+)([smh])$/.exec(String(value));
  if (spelt === null) throw new SchedulerError(400, `time: missing unit in duration "${String(value)}"`);
  const seconds = Number(spelt[1]) * ({ s: 1, m: 60, h: 3_600 }[spelt[2] ?? "s"] ?? 1);
  return seconds < 0 ? Number.POSITIVE_INFINITY : seconds;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It listens on no port");
  return address;
}

/** `num_predict`; below zero there is no limit. */
function mostTokens({ options }: Body): number {
  const most = typeof options === "object" && options !== null ? Reflect.get(options, "num_predict") : undefined;
  return typeof most === "number" && most >= 0 ? most : Number.POSITIVE_INFINITY;
}
