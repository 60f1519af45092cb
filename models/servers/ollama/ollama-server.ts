import { ModelError } from "../../errors.ts";
import type {
  LoadedModel,
  LoadOptions,
  LoadRequest,
  ModelFacts,
  ModelServer,
  ModelShape,
  ServerCapabilities,
  ServerReport,
  Share,
} from "../model-server.ts";
import type { RunningModel } from "./answers.ts";
import { frozenOptions, fullName, keepAliveSeconds } from "./frozen-options.ts";
import { freeOn, partsOf } from "./gpu-parts.ts";
import { modelsFolder } from "./model-files.ts";
import { OllamaApi, type OllamaApiOptions } from "./ollama-api.ts";
import { OllamaFacts } from "./ollama-facts.ts";
import { type FreeBytes, leave } from "./ollama-leave.ts";
import { OllamaModel } from "./ollama-model.ts";
import { type PullProgress, pulled } from "./ollama-pull.ts";
import { type OllamaProfile, profileOf } from "./ollama-version.ts";
import { isSame, residenceOf, sharesOf } from "./residence.ts";
import { ResidenceWatch } from "./residence-watch.ts";

/** What Ollama would be asked to load, and beside what. */
export interface LoadPlan {
  readonly profile: OllamaProfile;
  readonly facts: ModelFacts;
  readonly options: LoadOptions;
  readonly parallel: number;
  /** Other models that are there. */
  readonly loaded: readonly ServerReport[];
}

export interface OllamaServerOptions extends OllamaApiOptions {
  readonly name: string;
  /** As `OLLAMA_KV_CACHE_TYPE` says there: one for all models, and no call tells it. f16 unless it was set. */
  readonly kvType?: LoadOptions["kvType"];
  /** As `OLLAMA_NUM_PARALLEL` says there. 1 unless it was set. */
  readonly parallel?: number;
  /** As `OLLAMA_MAX_LOADED_MODELS` says there. 3 for each GPU unless it was set. */
  readonly maxLoaded?: number;
  /** Where its VRAM is: GPUs by pool. */
  readonly gpuPools?: readonly string[];
  /** As `OLLAMA_SCHED_SPREAD` says there: every model on all GPUs. */
  readonly spreads?: boolean;
  /** Models that can think do so, except a pinned one. */
  readonly thinking?: boolean;
  readonly shapeOf?: (show: unknown) => ModelShape | undefined;
  /** Why Ollama would evict something for this load; undefined when it would not. Asked before every load. */
  readonly wouldEvict?: (plan: LoadPlan, signal: AbortSignal) => Promise<string | undefined>;
  readonly freeBytes?: FreeBytes;
  /** Between two looks at what is loaded: while a model is watched, and while something is waited for. */
  readonly watchMs?: number;
  readonly pollMs?: number;
}

const usualWatchMs = 2_000;
const usualPollMs = 50;
const usualMaxLoaded = 3;
/** Looks at the list after a load; it should be there at the first. */
const looks = 20;
/** For clearing up after a load that was given up, and at the end. */
const clearMs = 15_000;

/** An Ollama server, here or elsewhere. */
export class OllamaServer implements ModelServer {
  readonly name: string;
  readonly capabilities: ServerCapabilities;
  readonly #options: OllamaServerOptions;
  readonly #api: OllamaApi;
  readonly #facts: OllamaFacts;
  readonly #watch: ResidenceWatch;
  /** By blob, because that is what Ollama keeps one of. */
  readonly #held = new Map<string, OllamaModel | "loading">();
  /** How models lie on several GPUs, by digest. */
  readonly #parts = new Map<string, ReadonlyMap<string, number>>();

  constructor(options: OllamaServerOptions) {
    this.#options = options;
    this.name = options.name;
    this.capabilities = {
      load: "explicit",
      unload: "explicit",
      pause: "none",
      reportsBytes: true,
      evictsByItself: true,
      kvTypes: [options.kvType ?? "f16"],
      partialOffload: true,
      ...(options.spreads === true ? {} : { placement: "one" as const }),
      adapters: false,
      ...(options.parallel === undefined ? {} : { sequences: options.parallel }),
    };
    this.#api = new OllamaApi(options);
    this.#facts = new OllamaFacts({ api: this.#api, folder: modelsFolder(process.env), shapeOf: options.shapeOf });
    this.#watch = new ResidenceWatch({
      api: this.#api,
      clock: options.clock,
      pollMs: options.watchMs ?? usualWatchMs,
      models: () => this.#models(),
      isLoading: () => [...this.#held.values()].includes("loading"),
    });
  }

  async installed(signal: AbortSignal): Promise<readonly string[]> {
    const installed = await this.#api.installed(signal);
    return installed.filter((entry) => entry.remote_host === undefined).map((entry) => entry.name);
  }

  facts(model: string, signal: AbortSignal): Promise<ModelFacts> {
    return this.#facts.of(model, signal);
  }

  async loaded(signal: AbortSignal): Promise<readonly ServerReport[]> {
    return (await this.#api.running(signal)).map((entry) => this.#report(entry));
  }

  /** Gets a model from Ollama's registry. Aborting pauses it; the next pull goes on from there. */
  pull(model: string, signal: AbortSignal): AsyncIterable<PullProgress> {
    return pulled(this.#api, model, signal);
  }

  async load(request: LoadRequest, signal: AbortSignal): Promise<LoadedModel> {
    signal.throwIfAborted();
    this.#refuseUnsupported(request.options);
    const facts = await this.facts(request.model, signal);
    if (this.#held.has(facts.blob)) {
      throw new ModelError("busy", `The weights of "${request.model}" are loaded already; unload them first`);
    }
    this.#held.set(facts.blob, "loading");
    try {
      const loaded = await this.#load(request, facts, signal);
      this.#held.set(facts.blob, loaded);
      this.#watch.wake();
      return loaded;
    } catch (error) {
      this.#held.delete(facts.blob);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch[Symbol.dispose]();
    // A pinned model would stay in Ollama for ever.
    await this.#within(clearMs, async (signal) => {
      await Promise.allSettled(this.#models().map((model) => model.unload(signal)));
    });
  }

  async #load(request: LoadRequest, facts: ModelFacts, signal: AbortSignal): Promise<OllamaModel> {
    const { clock, thinking = true, freeBytes, pollMs = usualPollMs } = this.#options;
    const { model, options, pinned, onProgress, onLoss } = request;
    await this.#refuseEviction(facts, request, signal);
    onProgress(0);
    const frozen = frozenOptions(options);
    const name = fullName(model);
    const leaving = { api: this.#api, clock, freeBytes, pollMs };
    let entry: RunningModel;
    let accepted = false;
    const before = await this.#freeOnGpus(signal);
    try {
      await this.#api.load({ model: name, frozen, keepAliveSeconds: keepAliveSeconds(pinned) }, signal);
      accepted = true;
      entry = await this.#entry(name, signal);
    } catch (error) {
      // A cut connection ends the load, but it may have been done at the same moment.
      if (accepted || signal.aborted) {
        await this.#within(clearMs, (limit) => leave({ name, digest: "", shares: [] }, leaving, limit));
      }
      throw error;
    }
    onProgress(1);
    const parts = partsOf(before, await this.#freeOnGpus(signal));
    if (parts !== undefined) this.#parts.set(entry.digest, parts);
    const loaded: OllamaModel = new OllamaModel({
      ...leaving,
      model,
      residence: residenceOf(entry, pinned),
      shares: this.#sharesOf(entry),
      frozen,
      thinking: thinking && !pinned,
      onLoss,
      onGone: () => {
        if (this.#held.get(facts.blob) === loaded) this.#held.delete(facts.blob);
      },
      isHeldAnew: () => this.#held.has(facts.blob),
    });
    return loaded;
  }

  async #entry(name: string, signal: AbortSignal): Promise<RunningModel> {
    for (let look = 0; look < looks; look += 1) {
      const entry = (await this.#api.running(signal)).find((running) => running.name === name);
      if (entry !== undefined) return entry;
      await this.#options.clock.sleep(this.#options.pollMs ?? usualPollMs, signal);
    }
    throw new ModelError("engine-failed", `Ollama says that "${name}" is loaded, but does not list it`);
  }

  #refuseUnsupported(options: LoadOptions): void {
    const { kvType = "f16", parallel = 1 } = this.#options;
    if (options.kvType !== kvType) {
      const how = `set OLLAMA_KV_CACHE_TYPE=${options.kvType} for Ollama and kvType here`;
      throw new ModelError("unsupported", `Ollama keeps keys and values as ${kvType}: ${how}`);
    }
    if (options.sequences > parallel) {
      const how = `set OLLAMA_NUM_PARALLEL=${options.sequences} for Ollama and parallel here`;
      throw new ModelError("unsupported", `Ollama keeps ${parallel} conversation(s) at a time: ${how}`);
    }
  }

  /**
   * Ollama chooses its victims by itself, a pinned one too. So it is asked for nothing that would need one; but a pinned model may
   * cost other programs theirs, as it would if it were called by them.
   */
  async #refuseEviction(facts: ModelFacts, { options, pinned }: LoadRequest, signal: AbortSignal): Promise<void> {
    const { wouldEvict, parallel = 1, maxLoaded = usualMaxLoaded * this.#gpuPools.length } = this.#options;
    const name = fullName(facts.model);
    const others = (await this.#api.running(signal)).filter((entry) => entry.name !== name);
    const isOurs = (entry: RunningModel): boolean => this.#models().some(({ residence }) => isSame(residence, entry));
    if (pinned && !others.some(isOurs)) return;
    const loaded = others.map((entry) => this.#report(entry));
    const profile = profileOf(await this.#api.version(signal));
    const why =
      others.length >= maxLoaded
        ? `it keeps ${maxLoaded} at a time; set OLLAMA_MAX_LOADED_MODELS there and maxLoaded here for more`
        : await wouldEvict?.({ profile, facts, options, parallel, loaded }, signal);
    if (why === undefined) return;
    throw new ModelError("no-memory", `Ollama would evict another model for "${facts.model}": ${why}`);
  }

  /** Only our own wait is bounded here: whatever it was for, the caller is told of something else. */
  async #within(ms: number, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const limit = new AbortController();
    const watch = this.#options.clock.sleep(ms, limit.signal).then(
      () => limit.abort(new Error("it took too long")),
      () => undefined,
    );
    await run(limit.signal).catch(() => undefined);
    limit.abort(new Error("done"));
    await watch;
  }

  #models(): readonly OllamaModel[] {
    return [...this.#held.values()].filter((held) => held !== "loading");
  }

  get #gpuPools(): readonly string[] {
    return this.#options.gpuPools ?? ["gpu0"];
  }

  /** Nothing has to be found out where there is only one. */
  async #freeOnGpus(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    return await freeOn(this.#gpuPools.length > 1 ? this.#gpuPools : [], this.#options.freeBytes, signal);
  }

  #sharesOf(entry: RunningModel): readonly Share[] {
    return sharesOf(entry, this.#parts.get(entry.digest) ?? new Map([[this.#gpuPools[0] ?? "ram", 1]]));
  }

  #report(entry: RunningModel): ServerReport {
    const ours = this.#models().find((model) => model.residence.name === entry.name);
    return {
      model: ours?.model ?? entry.name,
      blob: this.#facts.blobOf(entry.digest),
      shares: this.#sharesOf(entry),
      contextTokens: entry.context_length,
    };
  }
}
