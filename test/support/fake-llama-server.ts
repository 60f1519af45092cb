import { type FakeCall, FakeChat, FakeHttp } from "./fake-openai-chat.ts";

const build = "b7000-fake";
const serverName = { server: "llama.cpp" };

/** llama.cpp's server with one model, as of tools/server/README.md (September 2026). */
export class FakeLlamaServer implements AsyncDisposable {
  readonly chat = new FakeChat();
  readonly http: FakeHttp;
  model = "fake.gguf";
  modelPath = "/nowhere/fake.gguf";
  contextTokens: number;
  /** Everything but /health says 503 then, and so does /health. */
  loading = false;
  asleep = false;
  /** As `--api-key`: its models are listed for everybody, all else is not told. */
  apiKey: string | undefined;

  private constructor(contextTokens: number) {
    this.contextTokens = contextTokens;
    this.http = new FakeHttp((call) => this.#answer(call));
  }

  static async start(contextTokens = 4_096): Promise<FakeLlamaServer> {
    const fake = new FakeLlamaServer(contextTokens);
    await fake.http.start();
    return fake;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.http.stop();
  }

  async #answer(call: FakeCall): Promise<void> {
    const { method, path, headers, json } = call;
    const isOpen = path === "/health" || path === "/v1/models";
    if (this.apiKey !== undefined && !isOpen && headers.authorization !== `Bearer ${this.apiKey}`) {
      return json(401, { error: { code: 401, message: "Invalid API Key", type: "authentication_error" } }, serverName);
    }
    if (this.loading) {
      return json(503, { error: { code: 503, message: "Loading model", type: "unavailable_error" } }, serverName);
    }
    switch (`${method} ${path}`) {
      case "GET /health":
        return json(200, { status: "ok" }, serverName);
      case "GET /props":
        return json(200, propsOf(this.modelPath, this.contextTokens, this.asleep), serverName);
      case "GET /v1/models":
        return json(200, {
          object: "list",
          data: [{ id: this.model, owned_by: "llamacpp", meta: { n_params: 1_000, size: 2_000 } }],
        });
      case "POST /v1/chat/completions":
        this.asleep = false;
        return await this.chat.answer(call);
      default:
        return json(404, { error: { code: 404, message: "File Not Found", type: "not_found_error" } }, serverName);
    }
  }
}

function propsOf(path: string, contextTokens: number, asleep: boolean): unknown {
  return {
    default_generation_settings: { params: {}, n_ctx: contextTokens },
    total_slots: 1,
    model_path: path,
    build_info: build,
    is_sleeping: asleep,
  };
}

interface Child {
  state: "unloaded" | "loading" | "loaded" | "sleeping";
  failed: boolean;
  loads: number;
}

const childBytes = 1_000;

/** llama.cpp's server without a model, as of tools/server/server-models.cpp (September 2026). */
export class FakeLlamaRouter implements AsyncDisposable {
  readonly chat = new FakeChat();
  readonly http: FakeHttp;
  readonly children = new Map<string, Child>();
  contextTokens: number;
  maxInstances = 4;
  loadMs = 10;
  leaveMs = 10;
  /** Loads take until they are given up. */
  held = false;
  /** The next load's process ends with 1. */
  breaks = false;
  readonly #events = new Set<(event: unknown) => void>();

  private constructor(models: readonly string[], contextTokens: number) {
    this.contextTokens = contextTokens;
    for (const model of models) this.children.set(model, { state: "unloaded", failed: false, loads: 0 });
    this.http = new FakeHttp((call) => this.#answer(call));
  }

  static async start(models: readonly string[], contextTokens = 4_096): Promise<FakeLlamaRouter> {
    const fake = new FakeLlamaRouter(models, contextTokens);
    await fake.http.start();
    return fake;
  }

  get heldBytes(): number {
    return (
      [...this.children.values()].filter(({ state }) => state === "loading" || state === "loaded").length * childBytes
    );
  }

  /** As when it is evicted for another client's model. */
  evict(model: string): void {
    this.#set(model, "unloaded");
    this.chat.breakAnswers();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.http.stop();
  }

  #set(model: string, state: Child["state"]): void {
    const child = this.children.get(model);
    if (child !== undefined) child.state = state;
  }

  async #answer(call: FakeCall): Promise<void> {
    const { method, path, query, body, json } = call;
    const refuse = (code: number, message: string): void =>
      json(code, { error: { code, message, type: "invalid_request_error" } });
    switch (`${method} ${path}`) {
      case "GET /health":
        return json(200, { status: "ok" }, serverName);
      case "GET /props": {
        const model = query.get("model");
        if (model === null) {
          return json(200, {
            role: "router",
            max_instances: this.maxInstances,
            model_path: "none",
            default_generation_settings: { params: {}, n_ctx: 0 },
            build_info: build,
          });
        }
        if (!this.#running(model)) return refuse(400, "model is not loaded");
        return json(200, propsOf(`/models/${model}`, this.contextTokens, false));
      }
      case "GET /models":
      case "GET /v1/models":
        return json(200, { object: "list", data: [...this.children].map(([id, child]) => entryOf(id, child)) });
      case "GET /models/sse":
        return this.#stream(call);
      case "POST /models/load":
        if (!this.children.has(body.model)) return refuse(404, "model is not found");
        if (this.#running(body.model)) return refuse(400, "model is already running");
        void this.#load(body.model);
        return json(200, { success: true });
      case "POST /models/unload": {
        const child = this.children.get(body.model);
        if (child === undefined) return refuse(400, "model is not found");
        if (!this.#running(body.model)) return refuse(400, "model is not running");
        // It is asked to go, and listed until it has gone.
        const { loads } = child;
        setTimeout(() => {
          if (child.loads === loads) child.state = "unloaded";
        }, this.leaveMs);
        return json(200, { success: true });
      }
      case "POST /v1/chat/completions":
        if (!this.children.has(body.model)) return refuse(400, `model '${body.model}' not found`);
        if (!this.#running(body.model)) {
          if (query.get("autoload") === "false") return refuse(400, "model is not loaded");
          await this.#load(body.model);
        }
        return await this.chat.answer(call);
      default:
        return refuse(404, "File Not Found");
    }
  }

  #running(model: string): boolean {
    return this.children.get(model)?.state !== "unloaded" && this.children.has(model);
  }

  async #load(model: string): Promise<void> {
    const child = this.children.get(model);
    if (child === undefined) return;
    const running = [...this.children].filter(([, { state }]) => state !== "unloaded");
    if (running.length >= this.maxInstances) this.evict(running[0]?.[0] ?? "");
    child.state = "loading";
    child.failed = false;
    child.loads += 1;
    const { loads } = child;
    const tell = (value: number): void => {
      const progress = { stages: ["text_model"], current: "text_model", value };
      for (const send of this.#events) send({ model, event: "model_status", data: { status: "loading", progress } });
    };
    for (const share of [0.25, 0.5, 1]) {
      await new Promise((resolve) => setTimeout(resolve, this.loadMs / 3));
      tell(share);
      if (this.held) return;
    }
    if (child.loads !== loads || child.state !== "loading") return;
    child.state = this.breaks ? "unloaded" : "loaded";
    child.failed = this.breaks;
    this.breaks = false;
  }

  #stream({ response }: FakeCall): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    const send = (event: unknown): void => void response.write(`data: ${JSON.stringify(event)}\n\n`);
    this.#events.add(send);
    response.on("close", () => this.#events.delete(send));
  }
}

function entryOf(id: string, { state, failed, loads }: Child): unknown {
  const args = ["llama-server", "--port", String(50_000 + loads), "--model", `/models/${id}`];
  return {
    id,
    object: "model",
    owned_by: "llamacpp",
    status: { value: state, args, ...(failed ? { failed: true, exit_code: 1 } : {}) },
    ...(state === "loaded" ? { meta: { size: 900 } } : {}),
  };
}
