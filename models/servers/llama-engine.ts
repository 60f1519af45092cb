import type { Llama, LlamaContextOptions, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { systemClock } from "../clock.ts";
import { ModelError } from "../errors.ts";
import type { ServedCall } from "../host/host-service.ts";
import type { ChatPromptParams } from "./chat-style.ts";
import { enginePlan, laterBatchTokens } from "./engine-plan.ts";
import { runGeneration } from "./generation.ts";
import { Grammars } from "./grammars.ts";
import type { EngineCounters, EngineInfo, EngineOptions, GenerateParams } from "./language-messages.ts";
import { firstLine, type Library, startLlama } from "./llama-library.ts";
import { LoadAhead } from "./load-ahead.ts";
import { ModelChat } from "./model-chat.ts";
import { type PieceTokenizer, promptTokens } from "./prompt-tokens.ts";
import { readAhead } from "./read-ahead.ts";
import { SequencePool } from "./sequence-pool.ts";
import type { GenerationStats, PromptPiece } from "./server.ts";
import { Turns } from "./turns.ts";

const mostLogWaits = 10;
const logWaitMs = 20;

/** A model loaded by llama.cpp in this process. */
export class LlamaEngine {
  readonly info: EngineInfo;
  readonly #model: LlamaModel;
  readonly #grammars: Grammars;
  readonly #sequences: SequencePool<LlamaContextSequence>;
  readonly #tokenizer: PieceTokenizer<Token>;
  readonly #chat: ModelChat | undefined;
  readonly #turns: Turns | undefined;
  readonly #vocabularySize: number;
  readonly #counters = { generatedTokens: 0, evaluatedTokens: 0, aborts: 0, mostTokensAfterAbort: 0 };

  /** @throws ModelError `bad-model`, `engine-missing`. */
  static async load(path: string, options: EngineOptions): Promise<LlamaEngine> {
    const loading = new AbortController();
    const reading = readAhead(path, systemClock, loading.signal);
    try {
      const ahead = (await taken(path, options)) ?? (await LoadAhead.begin(path, options));
      return await LlamaEngine.#loaded(ahead, options, () => loading.abort());
    } finally {
      loading.abort();
      await reading;
    }
  }

  static async #loaded(ahead: LoadAhead, options: EngineOptions, onWeights: () => void): Promise<LlamaEngine> {
    const { path, header, started } = ahead;
    const { library, llama, complaints } = started;
    try {
      const gpuBefore = await gpuBytes(llama);
      const model = await ahead.go();
      onWeights();
      const reading = ModelChat.of(model, tokenizerOf(model));
      const plan = enginePlan(header, options, { cores: llama.cpuMathCores, gpu: llama.gpu !== false });
      const { contextTokens, threads, sequences, sequencesAtOnce } = plan;
      const how = { contextSize: contextTokens, threads, ...kvTypes(options) };
      const context = await model.createContext({ ...how, sequences: sequencesAtOnce, batchSize: plan.batchTokens });
      const pool = new SequencePool(
        Array.from({ length: sequencesAtOnce }, () => context.getSequence()),
        {
          count: sequences - sequencesAtOnce,
          make: async () => (await model.createContext({ ...how, batchSize: laterBatchTokens })).getSequence(),
        },
      );
      const turns = sequencesAtOnce < sequences ? new Turns() : undefined;
      const startedMs = { ...started.startedMs, model: systemClock.nowMs(), warm: 0 };
      const name = header.name ?? model.filename ?? path;
      const gpuAfter = await gpuBytes(llama);
      const chat = await reading;
      const info = {
        name,
        chatml: header.chatml || chat !== undefined,
        chat: chat?.style ?? null,
        contextTokens,
        sequences,
        threads,
        bytes: 0,
        gpuBytes: gpuAfter - gpuBefore,
        startedMs,
      };
      const engine = new LlamaEngine({ library, llama, model, pool, turns, chat }, info);
      if (!plan.isWarm) await engine.#warmUp();
      return engine.#weighed(plan.laterBytes);
    } catch (error) {
      if (error instanceof ModelError) throw error;
      // llama.cpp names the cause in its log, which comes a little later: first the reason and then what it made impossible.
      for (let waits = 0; complaints.length === 0 && waits < mostLogWaits; waits += 1)
        await systemClock.sleep(logWaitMs);
      const reason = firstLine(complaints[0] ?? error);
      throw new ModelError("bad-model", `llama.cpp cannot load ${path}: ${reason}`, { cause: error });
    }
  }

  /** Does what needs no memory: afterwards `load` takes that much less time, least of all for what is expected here. */
  static async prepare(
    options: EngineOptions,
    expected?: { readonly path: string; readonly options: EngineOptions },
  ): Promise<void> {
    await startLlama({ gpu: options.gpu ?? "auto", threads: options.threads });
    if (expected === undefined) return;
    // Whatever is wrong with it, its own load will say.
    expectedLoad = await LoadAhead.begin(expected.path, expected.options).catch(() => undefined);
  }

  private constructor(
    parts: {
      library: Library;
      llama: Llama;
      model: LlamaModel;
      pool: SequencePool<LlamaContextSequence>;
      turns: Turns | undefined;
      chat: ModelChat | undefined;
    },
    info: EngineInfo,
  ) {
    const { library, llama, model, pool } = parts;
    this.info = info;
    this.#model = model;
    this.#grammars = new Grammars(llama, model, (state) => new library.LlamaGrammarEvaluationState(state));
    this.#sequences = pool;
    this.#turns = parts.turns;
    this.#tokenizer = tokenizerOf(model);
    this.#chat = parts.chat;
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
        turns: this.#turns,
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

  /** A conversation in the model's own format. @throws ModelError `unsupported` when it has none, or that cannot write it. */
  prompt(asked: ChatPromptParams): readonly PromptPiece[] {
    if (this.#chat === undefined) throw new ModelError("unsupported", "This model has no chat template of use");
    return this.#chat.prompt(asked);
  }

  counters(): EngineCounters {
    return { ...this.#counters, bytes: process.memoryUsage.rss() };
  }

  /** The first computation touches every page of the model; no caller should wait for that. */
  async #warmUp(): Promise<void> {
    const name = "warm-up";
    const prompt = [{ text: "a", special: false }];
    const signal = new AbortController().signal;
    await this.generate(
      { sequence: name, prompt, maxTokens: 1, temperature: 0, stop: [] },
      { emit: () => undefined, signal },
    );
    this.#sequences.forget(name);
  }

  #weighed(laterBytes: number): this {
    this.info.startedMs.warm = systemClock.nowMs();
    this.info.bytes = process.memoryUsage.rss() + laterBytes;
    return this;
  }
}

/** Taken by everyone; 0 where there is none. */
async function gpuBytes(llama: Llama): Promise<number> {
  return llama.gpu === false ? 0 : (await llama.getVramState()).used;
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

/** What a spare process has begun because it was the likeliest to be wanted. */
let expectedLoad: LoadAhead | undefined;

async function taken(path: string, options: EngineOptions): Promise<LoadAhead | undefined> {
  const ahead = expectedLoad;
  expectedLoad = undefined;
  if (ahead === undefined || (await ahead.isFor(path, options))) return ahead;
  await ahead.abandon();
}
