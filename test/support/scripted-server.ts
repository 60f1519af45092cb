import type { Clock } from "../../models/clock.ts";
import { ModelError } from "../../models/errors.ts";
import type { ReplyPart } from "../../models/roles.ts";
import type {
  LoadedModel,
  LoadRequest,
  LossCause,
  ModelFacts,
  ModelServer,
  ServerCapabilities,
  ServerReport,
} from "../../models/servers/model-server.ts";
import { ScriptedWriter } from "../../models/servers/scripted.ts";

interface Held {
  readonly request: LoadRequest;
  paused: boolean;
}

export interface ScriptedServerOptions {
  readonly clock: Clock;
  readonly loadMs?: number;
  readonly unloadMs?: number;
  readonly answer?: (model: string, signal: AbortSignal) => AsyncIterable<ReplyPart> | Iterable<ReplyPart>;
}

/** A server of models in virtual time: what was asked of it, and when. */
export class ScriptedServer implements ModelServer {
  readonly name = "scripted";
  readonly capabilities: ServerCapabilities = {
    load: "explicit",
    unload: "explicit",
    pause: "process",
    reportsBytes: false,
    evictsByItself: false,
    kvTypes: ["f16", "q8_0", "q4_0"],
    partialOffload: true,
    adapters: false,
  };
  /** "load big @0", "pause big @120", … */
  readonly trace: string[] = [];
  /** The next loads of these models fail, once each. */
  readonly failing = new Map<string, ModelError>();
  readonly #held = new Map<string, Held>();
  readonly #options: ScriptedServerOptions;

  constructor(options: ScriptedServerOptions) {
    this.#options = options;
  }

  async installed(): Promise<readonly string[]> {
    return [];
  }

  async facts(model: string): Promise<ModelFacts> {
    return { model, blob: model, fileBytes: 1_000, path: undefined, shape: undefined };
  }

  async loaded(): Promise<readonly ServerReport[]> {
    return [...this.#held.keys()].map((model) => ({
      model,
      blob: model,
      shares: undefined,
      contextTokens: undefined,
    }));
  }

  async load(request: LoadRequest, signal: AbortSignal): Promise<LoadedModel> {
    const { model } = request;
    this.#note(`load ${model}`);
    try {
      await this.#options.clock.sleep(this.#options.loadMs ?? 0, signal);
    } catch (error) {
      this.#note(`give up ${model}`);
      throw error;
    }
    const failure = this.failing.get(model);
    this.failing.delete(model);
    if (failure !== undefined) throw failure;
    const held: Held = { request, paused: false };
    this.#held.set(model, held);
    this.#note(`ready ${model}`);
    return {
      model,
      shares: undefined,
      writer: new ScriptedWriter((_request, inner) => {
        if (this.#held.get(model) !== held) throw new ModelError("host-exited", `${model} is gone`);
        return this.#options.answer?.(model, inner) ?? [{ type: "text", text: `${model} says so.` }];
      }),
      unload: async (inner) => {
        this.#note(`unload ${model}`);
        await this.#options.clock.sleep(this.#options.unloadMs ?? 0, inner);
        this.#held.delete(model);
        this.#note(`gone ${model}`);
      },
      pause: () => {
        if (!held.paused) this.#note(`pause ${model}`);
        held.paused = true;
      },
      resume: () => {
        if (held.paused) this.#note(`resume ${model}`);
        held.paused = false;
      },
    };
  }

  /** The model goes without our asking. */
  lose(model: string, cause: LossCause = "process-exit"): void {
    const held = this.#held.get(model);
    this.#held.delete(model);
    this.#note(`lose ${model}`);
    held?.request.onLoss(cause);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#held.clear();
  }

  #note(what: string): void {
    this.trace.push(`${what} @${Math.round(this.#options.clock.nowMs())}`);
  }
}
