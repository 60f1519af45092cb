import { realpath } from "node:fs/promises";
import { platform } from "node:os";
import type { Clock } from "../clock.ts";
import { ModelError } from "../errors.ts";
import { hostEntry } from "../host/entries.ts";
import { SpareHost } from "../host/spare-host.ts";
import type { Target } from "../memory/footprint.ts";
import { inspectGguf } from "../memory/gguf-header.ts";
import type { Writer } from "../roles.ts";
import { EmbeddedServer } from "./embedded.ts";
import type { EngineInfo } from "./language-messages.ts";
import type {
  LoadedModel,
  LoadRequest,
  ModelFacts,
  ModelServer,
  ServerCapabilities,
  ServerReport,
  Share,
} from "./model-server.ts";
import type { Completion } from "./server.ts";

export interface EmbeddedModelsOptions {
  /** What may be loaded: names, and where their files are. */
  readonly files: () => Promise<ReadonlyMap<string, string>>;
  /** How a model is talked to: each knows its own language. */
  readonly writerFor: (model: string, completion: Completion, info: EngineInfo) => Writer;
  /** GPUs that llama.cpp uses, if it is not told otherwise. */
  readonly gpus: Target["gpus"];
  /** What a process has to find in its environment to use only these. */
  readonly gpuEnvironment?: (pools: readonly string[]) => Readonly<Record<string, string>>;
  /** After the first swap, keeps a process at hand that needs only be told what to load, and has read the vocabulary of who left last. */
  readonly keepsSpare?: boolean;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

interface Running {
  readonly host: EmbeddedServer;
  shares: readonly Share[];
  contextTokens: number;
}

const spareDelayMs = 1_500;

/** llama.cpp inside Sotto: one child process a model. Unloading ends the process, and pausing stops it where it is. */
export class EmbeddedModels implements ModelServer {
  readonly name = "embedded";
  readonly capabilities: ServerCapabilities = {
    load: "explicit",
    unload: "explicit",
    pause: platform() === "win32" ? "none" : "process",
    reportsBytes: true,
    evictsByItself: false,
    kvTypes: ["f16", "q8_0", "q4_0"],
    partialOffload: true,
    placement: "asked",
    adapters: false,
  };
  readonly #options: EmbeddedModelsOptions;
  readonly #running = new Map<string, Running>();
  readonly #life = new AbortController();
  #spare: SpareHost | undefined;
  #expected: readonly string[] = [];

  constructor(options: EmbeddedModelsOptions) {
    this.#options = options;
  }

  /** The process of a model in memory. */
  pid(model: string): number | undefined {
    return this.#running.get(model)?.host.pid;
  }

  async installed(signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    return [...(await this.#options.files()).keys()];
  }

  async facts(model: string, signal: AbortSignal): Promise<ModelFacts> {
    signal.throwIfAborted();
    const path = await this.#path(model);
    const { fileBytes, shape } = await inspectGguf(path);
    // One file may have several names.
    return { model, blob: await realpath(path), fileBytes, path, shape };
  }

  async load({ model, options, pinned, onLoss }: LoadRequest, signal: AbortSignal): Promise<LoadedModel> {
    signal.throwIfAborted();
    const modelPath = await this.#path(model);
    signal.throwIfAborted();
    if (this.#running.has(model)) throw new ModelError("busy", `${model} is loaded already`);
    const { contextTokens, sequences, threads, batchTokens, kvType, gpuLayers } = options;
    let isReady = false;
    const environment = options.gpus === undefined ? {} : (this.#options.gpuEnvironment?.(options.gpus) ?? {});
    // One that has begun to look for GPUs cannot be told which.
    const spare = Object.keys(environment).length === 0 ? this.#spare : undefined;
    if (spare !== undefined) this.#spare = undefined;
    const host = new EmbeddedServer({
      name: model,
      modelPath,
      contextTokens,
      sequences,
      batchTokens,
      kvType,
      gpuLayers,
      gpu: gpuLayers === 0 ? false : "auto",
      ...(threads === undefined ? {} : { threads }),
      clock: this.#options.clock,
      log: this.#options.log,
      restarts: false,
      environment,
      ...(spare === undefined ? {} : { spare }),
      pausable: !pinned && this.capabilities.pause === "process",
      onDeath: () => {
        if (this.#running.get(model)?.host !== host) return;
        this.#running.delete(model);
        if (isReady) onLoss("process-exit");
      },
    });
    const running: Running = { host, shares: [], contextTokens };
    this.#running.set(model, running);
    try {
      const info = await host.ready(signal);
      signal.throwIfAborted();
      isReady = true;
      running.shares = this.#sharesOf(info, options.gpus);
      running.contextTokens = info.contextTokens;
      return this.#loaded(model, running, info);
    } catch (error) {
      await this.#end(model, running);
      throw error;
    } finally {
      // Whoever never swaps should not pay for a process that waits for a swap.
      if (!pinned) this.#renewSpare();
    }
  }

  async loaded(signal: AbortSignal): Promise<readonly ServerReport[]> {
    signal.throwIfAborted();
    const files = await this.#options.files();
    return [...this.#running].flatMap(([model, { shares, contextTokens }]) =>
      shares.length === 0 ? [] : [{ model, blob: files.get(model), shares, contextTokens }],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    this.#spare?.[Symbol.dispose]();
    await Promise.all([...this.#running].map(([model, running]) => this.#end(model, running)));
  }

  /** Starting a process takes the processor for a moment: not while somebody waits for the first words of a new model. */
  #renewSpare(): void {
    if (this.#options.keepsSpare !== true) return;
    const { clock, gpus } = this.#options;
    clock.sleep(spareDelayMs, this.#life.signal).then(
      () => {
        const options = { gpu: gpus.length === 0 ? false : "auto" };
        this.#spare ??= new SpareHost(hostEntry("language-host"), [JSON.stringify(options), ...this.#expected]);
      },
      () => undefined,
    );
  }

  #loaded(model: string, running: Running, info: EngineInfo): LoadedModel {
    const { host, shares } = running;
    return {
      model,
      shares,
      writer: this.#options.writerFor(model, host, info),
      unload: async (signal) => {
        signal.throwIfAborted();
        // Who left last is the likeliest to come back.
        this.#expected = running.host.again;
        await this.#end(model, running);
      },
      pause: () => {
        if (this.capabilities.pause === "none") throw new ModelError("unsupported", "Windows cannot pause a process");
        host.pause();
      },
      resume: () => host.resume(),
    };
  }

  /** Resolves when the process is gone, and with it all its memory. */
  async #end(model: string, running: Running): Promise<void> {
    if (this.#running.get(model) === running) this.#running.delete(model);
    await running.host[Symbol.asyncDispose]();
  }

  /** Nothing tells how much lies on which of several GPUs; llama.cpp divides by what they have room for. */
  #sharesOf({ bytes, gpuBytes }: EngineInfo, chosen: readonly string[] | undefined): readonly Share[] {
    const gpus = this.#options.gpus.filter(({ pool }) => chosen === undefined || chosen.includes(pool));
    const whole = gpus.reduce((sum, { part }) => sum + part, 0);
    const parts = gpuBytes === 0 ? [] : gpus;
    return [
      { pool: "ram", bytes },
      ...parts.map(({ pool, part }) => ({ pool, bytes: Math.ceil((gpuBytes * part) / whole) })),
    ];
  }

  async #path(model: string): Promise<string> {
    const files = await this.#options.files();
    const path = files.get(model);
    if (path !== undefined) return path;
    throw new ModelError(
      "not-installed",
      `There is no model ${model} here. \`sotto models list\` shows what there is, and \`sotto models pull ${model}\` fetches one.`,
    );
  }
}
