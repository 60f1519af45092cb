import type { Llama, LlamaContext, LlamaContextOptions, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { systemClock } from "../clock.ts";
import { ModelError } from "../errors.ts";
import type { ServedCall } from "../host/host-service.ts";
import { type GgufHeader, inspectGguf } from "../memory/gguf-header.ts";
import { runGeneration } from "./generation.ts";
import { Grammars } from "./grammars.ts";
import type { EngineCounters, EngineInfo, EngineOptions, GenerateParams } from "./language-messages.ts";
import { type PieceTokenizer, promptTokens } from "./prompt-tokens.ts";
import { readAhead } from "./read-ahead.ts";
import { SequencePool } from "./sequence-pool.ts";
import type { GenerationStats } from "./server.ts";

type Library = typeof import("node-llama-cpp");

const smallModelBytes = 100_000_000;
const kvBudgetBytes = 512 * 1024 * 1024;
const mostSequences = 20;

/** A model loaded by llama.cpp in this process. */
export class LlamaEngine {
  readonly info: EngineInfo;
  readonly #model: LlamaModel;
  readonly #grammars: Grammars;
  readonly #sequences: SequencePool<LlamaContextSequence>;
  readonly #tokenizer: PieceTokenizer<Token>;
  readonly #vocabularySize: number;
  readonly #counters = { generatedTokens: 0, evaluatedTokens: 0, aborts: 0, mostTokensAfterAbort: 0 };

  /** @throws ModelError `bad-model`, `engine-missing`. */
  static async load(path: string, options: EngineOptions): Promise<LlamaEngine> {
    const header = await inspectGguf(path);
    const loading = new AbortController();
    const reading = readAhead(path, systemClock, loading.signal);
    const library = await importLibrary();
    const importedMs = systemClock.nowMs();
    const small = header.fileBytes < smallModelBytes;
    const { llama, complaints } = await started(library, {
      gpu: options.gpu ?? (small ? false : "auto"),
      threads: options.threads ?? (small ? 1 : undefined),
    });
    const engineMs = systemClock.nowMs();
    try {
      const gpuBefore = await gpuBytes(llama);
      const model = await llama.loadModel({ modelPath: path, ...layersOnGpu(options) });
      loading.abort();
      await reading;
      const plan = plannedSize(header, options, small ? 1 : llama.cpuMathCores);
      const context = await model.createContext({
        contextSize: plan.contextTokens,
        sequences: plan.sequences,
        batchSize: Math.max(options.batchTokens ?? 128, plan.sequences),
        ...kvTypes(options),
        threads: plan.threads,
      });
      const started = { imported: importedMs, engine: engineMs, model: systemClock.nowMs(), warm: 0 };
      const name = header.name ?? model.filename ?? path;
      const engine = new LlamaEngine(
        { library, llama, model, context },
        {
          name,
          chatml: header.chatml,
          ...plan,
          bytes: 0,
          gpuBytes: (await gpuBytes(llama)) - gpuBefore,
          startedMs: started,
        },
      );
      return await engine.#warmed();
    } catch (error) {
      if (error instanceof ModelError) throw error;
      // llama.cpp names the cause in its log, first the reason and then what it made impossible.
      const reason = firstLine(complaints[0] ?? why(error));
      throw new ModelError("bad-model", `llama.cpp cannot load ${path}: ${reason}`, { cause: error });
    }
  }

  /** Does what needs no model: afterwards `load` takes that much less time. */
  static async prepare({ gpu = "auto", threads }: EngineOptions): Promise<void> {
    const options = { gpu, threads };
    prepared = { key: JSON.stringify(options), started: await startLlama(await importLibrary(), options) };
  }

  private constructor(
    parts: { library: Library; llama: Llama; model: LlamaModel; context: LlamaContext },
    info: EngineInfo,
  ) {
    const { library, llama, model, context } = parts;
    this.info = info;
    this.#model = model;
    this.#grammars = new Grammars(llama, model, (state) => new library.LlamaGrammarEvaluationState(state));
    this.#sequences = new SequencePool(Array.from({ length: info.sequences }, () => context.getSequence()));
    this.#tokenizer = tokenizerOf(model);
    this.#vocabularySize = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  }

  async generate(request: GenerateParams, call: Pick<ServedCall, "emit" | "signal">): Promise<GenerationStats> {
    const { signal } = call;
    using taken = await this.#sequences.take(request.sequence, signal);
    const { sequence } = taken;
    const grammar = await this.#grammars.start(request);
    let afterAbort = 0;
    try {
      return await runGeneration({
        model: this.#model,
        sequence,
        tokens: promptTokens(request.prompt, this.#tokenizer),
        vocabularySize: this.#vocabularySize,
        grammar,
        request,
        emit: call.emit,
        count: (what, tokens) => {
          if (what === "generated") this.#counters.generatedTokens += tokens;
          else this.#counters.evaluatedTokens += tokens;
          if (signal.aborted) afterAbort += what === "generated" ? tokens : 0;
        },
        signal,
      });
    } catch (error) {
      if (signal.aborted) {
        this.#counters.aborts += 1;
        this.#counters.mostTokensAfterAbort = Math.max(this.#counters.mostTokensAfterAbort, afterAbort);
      } else if (!(error instanceof ModelError)) await sequence.clearHistory();
      throw error;
    }
  }

  counters(): EngineCounters {
    return { ...this.#counters, bytes: process.memoryUsage.rss() };
  }

  /** The first computation touches every page of the model; no caller should wait for that. */
  async #warmed(): Promise<LlamaEngine> {
    const name = "warm-up";
    const prompt = [{ text: "a", special: false }];
    const signal = new AbortController().signal;
    await this.generate(
      { sequence: name, prompt, maxTokens: 1, temperature: 0, stop: [] },
      { emit: () => undefined, signal },
    );
    this.#sequences.forget(name);
    this.info.startedMs.warm = systemClock.nowMs();
    this.info.bytes = process.memoryUsage.rss();
    return this;
  }
}

function plannedSize(
  header: GgufHeader,
  options: EngineOptions,
  threads: number,
): Pick<EngineInfo, "contextTokens" | "sequences" | "threads"> {
  const usual = header.fileBytes < smallModelBytes ? 2_048 : 4_096;
  const contextTokens = options.contextTokens ?? Math.min(usual, header.trainedContextTokens ?? usual);
  const kvBytes = (header.kvBytesPerToken ?? kvBudgetBytes) * contextTokens;
  const sequences = options.sequences ?? Math.max(1, Math.min(mostSequences, Math.floor(kvBudgetBytes / kvBytes)));
  return { contextTokens, sequences, threads: options.threads ?? threads };
}

/** Taken by everyone; 0 where there is none. */
async function gpuBytes(llama: Llama): Promise<number> {
  return llama.gpu === false ? 0 : (await llama.getVramState()).used;
}

function layersOnGpu({ gpuLayers }: EngineOptions): { gpuLayers?: number | "max" } {
  return gpuLayers === undefined ? {} : { gpuLayers: gpuLayers === "all" ? "max" : gpuLayers };
}

function kvTypes({
  kvType,
}: EngineOptions): Pick<LlamaContextOptions, "experimentalKvCacheKeyType" | "experimentalKvCacheValueType"> {
  if (kvType === undefined || kvType === "f16") return {};
  const type = kvType === "q8_0" ? "Q8_0" : "Q4_0";
  return { experimentalKvCacheKeyType: type, experimentalKvCacheValueType: type };
}

function tokenizerOf(model: LlamaModel): PieceTokenizer<Token> {
  const known = new Map<Token, boolean>();
  return {
    tokenize: (text, special) => model.tokenize(text, special),
    structural: (token) => {
      let structural = known.get(token);
      if (structural === undefined) {
        const { control, userDefined } = model.getTokenAttributes(token);
        structural = control || (userDefined && /^[<[].*[>\]]$/s.test(model.detokenize([token], true)));
        known.set(token, structural);
      }
      return structural;
    },
  };
}

async function importLibrary(): Promise<Library> {
  try {
    return await import("node-llama-cpp");
  } catch (error) {
    throw missing(error);
  }
}

interface StartOptions {
  readonly gpu: "auto" | false;
  readonly threads: number | undefined;
}

interface StartedLlama {
  readonly llama: Llama;
  /** Errors that llama.cpp logged, in order. */
  readonly complaints: readonly string[];
}

/** Of a spare process: llama.cpp as it was started before anybody knew for which model. */
let prepared: { readonly key: string; readonly started: StartedLlama } | undefined;

async function started(library: Library, options: StartOptions): Promise<StartedLlama> {
  return prepared?.key === JSON.stringify(options) ? prepared.started : await startLlama(library, options);
}

async function startLlama(library: Library, { gpu, threads }: StartOptions): Promise<StartedLlama> {
  const complaints: string[] = [];
  try {
    const llama = await library.getLlama({
      gpu,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      logLevel: library.LlamaLogLevel.error,
      logger: (_, line) => complaints.push(line.trim()),
      ...(threads === undefined ? {} : { maxThreads: threads }),
    });
    return { llama, complaints };
  } catch (error) {
    throw missing(error);
  }
}

function missing(error: unknown): ModelError {
  const todo = "Run `npm install` on this machine without --omit=optional.";
  return new ModelError("engine-missing", `llama.cpp cannot be loaded: ${firstLine(why(error))}. ${todo}`, {
    cause: error,
  });
}

function why(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.replace(/\.$/, "") ?? "";
}
