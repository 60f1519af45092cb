import { setTimeout as sleep } from "node:timers/promises";
import { type FakeCall, FakeChat, FakeHttp } from "./fake-openai-chat.ts";

interface Instance {
  readonly id: string;
  readonly contextTokens: number;
  /** A chat request brought it in: it has a time to live, and gives way to the next one. */
  readonly justInTime: boolean;
}

const instanceBytes = 1_000;

/** LM Studio's REST API 0.4 (or, with `version: 0`, 0.3), as of its documentation and the issues about just-in-time loading. */
export class FakeLmStudio implements AsyncDisposable {
  readonly chat = new FakeChat();
  readonly http: FakeHttp;
  readonly version: 0 | 1;
  readonly models = new Map<string, Instance[]>();
  loadMs = 10;
  leaveMs = 10;
  /** Loads take until the one who asked is gone; then they end all the same. */
  held = false;
  /** What the next load is refused with. */
  refusal: { readonly status: number; readonly message: string } | undefined;
  #loading = 0;

  private constructor(models: readonly string[], version: 0 | 1) {
    this.version = version;
    for (const model of models) this.models.set(model, []);
    this.http = new FakeHttp((call) => this.#answer(call));
  }

  static async start(models: readonly string[], version: 0 | 1 = 1): Promise<FakeLmStudio> {
    const fake = new FakeLmStudio(models, version);
    await fake.http.start();
    return fake;
  }

  get instances(): readonly Instance[] {
    return [...this.models.values()].flat();
  }

  get heldBytes(): number {
    return (this.instances.length + this.#loading) * instanceBytes;
  }

  /** As a person at its window, or its time to live: whoever is answering is cut off. */
  evict(model: string): void {
    this.models.set(model, []);
    this.chat.breakAnswers();
  }

  put(model: string, contextTokens: number, justInTime: boolean): Instance {
    const there = this.models.get(model) ?? [];
    const id = there.some((instance) => instance.id === model) ? `${model}:${there.length + 1}` : model;
    const instance = { id, contextTokens, justInTime };
    this.models.set(model, [...there, instance]);
    return instance;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.http.stop();
  }

  async #answer(call: FakeCall): Promise<void> {
    const { method, path, body, json } = call;
    const route = `${method} ${path}`;
    if (route === "GET /v1/models") {
      return json(200, {
        object: "list",
        data: [...this.models.keys()].map((id) => ({ id, owned_by: "organization_owner" })),
      });
    }
    if (route === "POST /v1/chat/completions") return await this.#chat(call);
    if (route === "GET /api/v0/models") return json(200, { object: "list", data: this.#listV0() });
    if (this.version === 1) {
      if (route === "GET /api/v1/models") return json(200, { models: this.#listV1() });
      if (route === "POST /api/v1/models/load") return await this.#load(call);
      if (route === "POST /api/v1/models/unload") {
        if (!this.instances.some(({ id }) => id === body.instance_id)) {
          return json(404, { error: { type: "model_not_found", message: `No instance ${body.instance_id}` } });
        }
        setTimeout(() => this.#remove(body.instance_id), this.leaveMs);
        return json(200, { instance_id: body.instance_id });
      }
    }
    // A success, of all things.
    json(200, { error: `Unexpected endpoint or method. (${method} ${path})` });
  }

  #remove(id: string): void {
    for (const [model, instances] of this.models) {
      this.models.set(
        model,
        instances.filter((instance) => instance.id !== id),
      );
    }
  }

  async #load({ body, gone, json }: FakeCall): Promise<void> {
    const { refusal } = this;
    this.refusal = undefined;
    if (refusal !== undefined)
      return json(refusal.status, { error: { type: "internal_error", message: refusal.message } });
    if (!this.models.has(body.model)) {
      return json(404, { error: { type: "model_not_found", message: `Model ${body.model} not found` } });
    }
    this.#loading += 1;
    await sleep(this.loadMs);
    while (this.held && !gone.aborted) await sleep(5);
    this.#loading -= 1;
    const { id } = this.put(body.model, body.context_length ?? 4_096, false);
    json(200, { type: "llm", instance_id: id, load_time_seconds: 0.01, status: "loaded" });
  }

  async #chat(call: FakeCall): Promise<void> {
    const wanted = call.body.model;
    if (!this.instances.some(({ id }) => id === wanted)) {
      const key = [...this.models.keys()].find((model) => wanted === model || wanted.startsWith(`${model}:`));
      if (key === undefined) return call.json(404, { error: { message: `Model ${wanted} not found` } });
      // Auto-evict: at most one that came just in time.
      for (const { id, justInTime } of this.instances) if (justInTime) this.#remove(id);
      this.put(key, 4_096, true);
    }
    await this.chat.answer(call);
  }

  #listV1(): unknown {
    const llms = [...this.models].map(([key, instances]) => ({
      type: "llm",
      key,
      size_bytes: 1_000,
      loaded_instances: instances.map(({ id, contextTokens }) => ({ id, config: { context_length: contextTokens } })),
    }));
    return [...llms, { type: "embedding", key: "embedder", size_bytes: 10, loaded_instances: [] }];
  }

  #listV0(): unknown {
    return [...this.models].map(([id, [instance]]) => ({
      id,
      type: "llm",
      state: instance === undefined ? "not-loaded" : "loaded",
      ...(instance === undefined ? {} : { loaded_context_length: instance.contextTokens }),
    }));
  }
}
