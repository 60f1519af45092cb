import { setTimeout as sleep } from "node:timers/promises";
import { type FakeCall, FakeChat, FakeHttp } from "./fake-openai-chat.ts";

interface Process {
  state: "stopped" | "starting" | "ready" | "stopping";
  /** Models that cannot run beside it. */
  readonly evicts: readonly string[];
  /** Answers under way; it is not stopped before they are over. */
  serving: number;
}

const processBytes = 1_000;

/** llama-swap v250, as of internal/router and internal/server: first in, first out, and nobody is stopped who is answering. */
export class FakeLlamaSwap implements AsyncDisposable {
  readonly chat = new FakeChat();
  readonly http: FakeHttp;
  readonly processes = new Map<string, Process>();
  contextTokens: number;
  startMs = 10;
  stopMs = 10;
  /** Starts take until they are stopped. */
  held = false;
  /** Requests over this many at once are turned away. */
  concurrencyLimit = 10;
  /** In the order in which they were given their model. */
  readonly served: string[] = [];
  #queue: Promise<void> = Promise.resolve();

  private constructor(models: Readonly<Record<string, readonly string[]>>, contextTokens: number) {
    this.contextTokens = contextTokens;
    for (const [model, evicts] of Object.entries(models)) {
      this.processes.set(model, { state: "stopped", evicts, serving: 0 });
    }
    this.http = new FakeHttp((call) => this.#answer(call));
  }

  /** @param models each with those that it stops */
  static async start(
    models: Readonly<Record<string, readonly string[]>>,
    contextTokens = 4_096,
  ): Promise<FakeLlamaSwap> {
    const fake = new FakeLlamaSwap(models, contextTokens);
    await fake.http.start();
    return fake;
  }

  get heldBytes(): number {
    return [...this.processes.values()].filter(({ state }) => state !== "stopped").length * processBytes;
  }

  stop(model: string): void {
    const process = this.processes.get(model);
    if (process !== undefined) process.state = "stopped";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.http.stop();
  }

  async #answer(call: FakeCall): Promise<void> {
    const { method, path, json } = call;
    if (method === "POST" && path.startsWith("/api/models/unload/")) {
      const process = this.processes.get(decodeURIComponent(path.slice("/api/models/unload/".length)));
      if (process === undefined) return json(404, { error: { message: "model not found" } });
      if (process.state !== "stopped") {
        process.state = "stopping";
        await sleep(this.stopMs);
        process.state = "stopped";
      }
      call.response.end("OK");
      return;
    }
    switch (`${method} ${path}`) {
      case "GET /api/version":
        return json(200, { version: "250", commit: "fake", build_date: "2026-08-22" });
      case "GET /running": {
        const running = [...this.processes].filter(([, { state }]) => state !== "stopped");
        const list = running.map(([model, { state }]) => ({
          model,
          state,
          cmd: `llama-server -m /models/${model}`,
          ttl: 0,
        }));
        return json(200, { running: list });
      }
      case "GET /v1/models":
        return json(200, {
          object: "list",
          data: [...this.processes.keys()].map((id) => ({
            id,
            owned_by: "llama-swap",
            meta: { n_ctx: this.contextTokens },
          })),
        });
      case "POST /v1/chat/completions":
        return await this.#chat(call);
      default:
        return json(404, "404 page not found");
    }
  }

  async #chat(call: FakeCall): Promise<void> {
    const process = this.processes.get(call.body.model);
    if (process === undefined) return call.json(404, { error: { message: "model not found" } });
    if (process.serving >= this.concurrencyLimit) {
      const error = { message: "Too many requests", code: "concurrency_limit" };
      return call.json(429, { error }, { "retry-after": "1" });
    }
    if (process.state !== "ready") {
      const turn = this.#queue.then(() => this.#swap(process, call.gone));
      this.#queue = turn.catch(() => undefined);
      await turn;
    }
    if (call.gone.aborted) return;
    if (process.state !== "ready") return call.json(502, { error: { message: "process is not ready" } });
    this.served.push(call.body.model);
    process.serving += 1;
    try {
      await this.chat.answer(call);
    } finally {
      process.serving -= 1;
    }
  }

  async #swap(process: Process, gone: AbortSignal): Promise<void> {
    // Whoever left the queue starts nothing.
    if (gone.aborted || process.state === "ready") return;
    for (const name of process.evicts) {
      const other = this.processes.get(name);
      if (other === undefined) continue;
      while (other.serving > 0) {
        if (gone.aborted) return;
        await sleep(2);
      }
      other.state = "stopped";
    }
    process.state = "starting";
    await sleep(this.startMs);
    while (this.held && process.state === "starting") await sleep(5);
    if (process.state === "starting") process.state = "ready";
  }
}
