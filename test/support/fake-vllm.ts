import { setTimeout as sleep } from "node:timers/promises";
import { type FakeCall, FakeChat, FakeHttp } from "./fake-openai-chat.ts";

const engineBytes = 1_000;

/** vLLM, as of vllm/entrypoints/serve: one model, its adapters, and in development mode its sleep. */
export class FakeVllm implements AsyncDisposable {
  readonly chat = new FakeChat();
  readonly http: FakeHttp;
  readonly model: string;
  readonly adapters: Map<string, string>;
  contextTokens: number;
  devMode = true;
  runtimeAdapters = false;
  priorityScheduling = false;
  asleep: boolean;
  /** With level 2 these are gone until they are read again. */
  weights = true;
  wakeMs = 10;
  /** Wake-ups take until the one who asked is gone; then they end all the same. */
  held = false;
  /** Waking fails, as when something else took the GPU's memory. */
  failsToWake = false;
  /** A request to a sleeping engine takes it down (vLLM #15483). */
  crashes = 0;
  #engine: Promise<void> = Promise.resolve();
  #waking = false;

  private constructor(
    model: string,
    adapters: Readonly<Record<string, string>>,
    contextTokens: number,
    asleep: boolean,
  ) {
    this.model = model;
    this.adapters = new Map(Object.entries(adapters));
    this.contextTokens = contextTokens;
    this.asleep = asleep;
    this.http = new FakeHttp((call) => this.#answer(call));
  }

  static async start(
    model: string,
    given: {
      readonly adapters?: Readonly<Record<string, string>>;
      readonly contextTokens?: number;
      readonly asleep?: boolean;
    } = {},
  ): Promise<FakeVllm> {
    const fake = new FakeVllm(model, given.adapters ?? {}, given.contextTokens ?? 4_096, given.asleep ?? false);
    await fake.http.start();
    return fake;
  }

  get heldBytes(): number {
    return this.asleep && !this.#waking ? 0 : engineBytes;
  }

  fallAsleep(): void {
    this.asleep = true;
    this.chat.breakAnswers();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.http.stop();
  }

  /** Commands to the engine are done one after the other, whether or not anyone still waits. */
  #command(work: () => void | Promise<void>): Promise<void> {
    const done = this.#engine.then(work);
    this.#engine = done.catch(() => undefined);
    return done;
  }

  async #answer(call: FakeCall): Promise<void> {
    const { method, path, query, body, json, gone, response } = call;
    const route = `${method} ${path}`;
    const refuse = (code: number, message: string): void =>
      json(code, { error: { message, type: "BadRequestError", code } });
    if (route === "GET /version") return json(200, { version: "0.18.0" });
    if (route === "GET /health") return void response.end();
    if (route === "GET /v1/models") {
      const card = { object: "model", owned_by: "vllm", max_model_len: null };
      const base = { ...card, id: this.model, root: this.model, parent: null, max_model_len: this.contextTokens };
      const adapters = [...this.adapters].map(([id, root]) => ({ ...card, id, root, parent: this.model }));
      return json(200, { object: "list", data: [base, ...adapters] });
    }
    if (route === "POST /v1/chat/completions") {
      if (body.priority !== undefined && body.priority !== 0 && !this.priorityScheduling) {
        return refuse(400, `Got priority ${body.priority} but Priority scheduling is not enabled.`);
      }
      if (body.model !== this.model && !this.adapters.has(body.model)) {
        return refuse(404, `The model \`${body.model}\` does not exist.`);
      }
      if (this.asleep || !this.weights) {
        this.crashes += 1;
        return refuse(500, "EngineCore encountered an issue.");
      }
      return await this.chat.answer(call);
    }
    if (this.runtimeAdapters && route === "POST /v1/load_lora_adapter") {
      this.adapters.set(body.lora_name, body.lora_path);
      return void response.end(`Success: LoRA adapter '${body.lora_name}' added successfully.`);
    }
    if (this.runtimeAdapters && route === "POST /v1/unload_lora_adapter") {
      if (!this.adapters.delete(body.lora_name))
        return refuse(404, `The lora adapter '${body.lora_name}' cannot be found.`);
      return void response.end("Success");
    }
    if (!this.devMode) return json(404, { detail: "Not Found" });
    switch (route) {
      case "GET /is_sleeping":
        return json(200, { is_sleeping: this.asleep });
      case "POST /sleep":
        // What is being answered is aborted.
        await this.#command(() => {
          this.fallAsleep();
          if (query.get("level") === "2") this.weights = false;
        });
        return void response.end();
      case "POST /wake_up":
        if (this.failsToWake) return refuse(500, "CUDA out of memory. Tried to allocate 4.00 GiB");
        await this.#command(async () => {
          this.#waking = true;
          await sleep(this.wakeMs);
          while (this.held && !gone.aborted) await sleep(5);
          if (query.getAll("tags").join() !== "weights") this.asleep = false;
          this.#waking = false;
        });
        return void response.end();
      case "POST /collective_rpc":
        if (body.method === "reload_weights") this.weights = true;
        return json(200, { results: [null] });
      default:
        return json(404, { detail: "Not Found" });
    }
  }
}
