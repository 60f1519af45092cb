import { basename } from "node:path";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { hostEntry } from "../host/entries.ts";
import { HostProcess } from "../host/host-process.ts";
import type { SpareHost } from "../host/spare-host.ts";
import {
  type EngineCounters,
  type EngineInfo,
  type EngineOptions,
  engineCounters,
  engineInfo,
  generatedPart,
  generationStats,
  promptPiece,
} from "./language-messages.ts";
import type { ChatFormat, Completion, GeneratedPart, GenerateRequest, GenerationStats } from "./server.ts";

export interface EmbeddedOptions extends EngineOptions {
  /** For messages: "voice". */
  readonly name: string;
  /** Path of a GGUF file. */
  readonly modelPath: string;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** False: a process that dies stays dead, and `onDeath` is told. */
  readonly restarts?: boolean;
  readonly onDeath?: () => void;
  /** What its process finds in its environment, beside ours. */
  readonly environment?: Readonly<Record<string, string>>;
  /** It may be paused. */
  readonly pausable?: boolean;
  /** Taken instead of starting a new process, if it is still there. */
  readonly spare?: SpareHost;
  /** Told after every generation that was not aborted. */
  readonly onStats?: (stats: GenerationStats) => void;
}

/** Loading from a slow disk may take this long; a host that is silent for longer is started again. */
const readyTimeoutMs = 120_000;

/** llama.cpp in a process of its own. When that process dies, calls in flight fail at once and it is started again. */
export class EmbeddedServer implements Completion, AsyncDisposable {
  /** What a spare process is told that expects this model; nothing where it needs an environment of its own. */
  readonly again: readonly string[];
  readonly #host: HostProcess;
  readonly #options: EmbeddedOptions;
  #info: EngineInfo | undefined;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    const { contextTokens, sequences, threads, gpu, batchTokens, kvType, gpuLayers } = options;
    const engine = { contextTokens, sequences, threads, gpu, batchTokens, kvType, gpuLayers };
    const args = [options.modelPath, JSON.stringify(engine)];
    this.again = Object.keys(options.environment ?? {}).length === 0 ? args : [];
    this.#host = new HostProcess({
      name: options.name,
      entry: hostEntry("language-host"),
      args,
      clock: options.clock,
      log: options.log,
      readyTimeoutMs,
      // It has nothing to put in order, and somebody may be waiting for its memory.
      farewellMs: 0,
      ...(options.spare === undefined ? {} : { spare: options.spare }),
      ...(options.environment === undefined ? {} : { environment: options.environment }),
      ...(options.pausable === undefined ? {} : { pausable: options.pausable }),
      ...(options.restarts === undefined ? {} : { restarts: options.restarts }),
      ...(options.onDeath === undefined ? {} : { onDeath: options.onDeath }),
    });
    this.ready().catch(() => undefined);
  }

  /** The model's own name; its file's name until it is loaded. */
  get model(): string {
    return this.#info?.name ?? basename(this.#options.modelPath, ".gguf");
  }

  /** Resident memory of the process when it became ready; 0 before. */
  get bytes(): number {
    return this.#info?.bytes ?? 0;
  }

  get status(): HostProcess["status"] {
    return this.#host.status;
  }

  get starts(): number {
    return this.#host.starts;
  }

  get pid(): number | undefined {
    return this.#host.pid;
  }

  /** Resolves when the model is loaded and warm. Rejects with a ModelError when it never will be. */
  async ready(signal?: AbortSignal): Promise<EngineInfo> {
    const info = engineInfo.parse(await this.#host.ready(signal));
    const isFirst = this.#info === undefined;
    this.#info = info;
    if (isFirst && info.chat?.calls === "none") {
      this.#options.log(`${this.model} answers without calling functions: its chat template does not say how`);
    }
    return info;
  }

  /** Known when it is loaded. */
  get chat(): ChatFormat | undefined {
    const style = this.#info?.chat ?? undefined;
    const prompt: ChatFormat["prompt"] = async (asked, signal) =>
      z.array(promptPiece).parse(await this.#host.call("prompt", asked, signal).result());
    return style === undefined ? undefined : { style, prompt };
  }

  /** Stops the process where it is, until `resume`. */
  pause(): void {
    this.#host.pause();
  }

  resume(): void {
    this.#host.resume();
  }

  async *generate(
    { onEnd, ...request }: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GeneratedPart, void, void> {
    // A caller may also just stop iterating; the model must not go on for nobody.
    const scope = new AbortController();
    const abort = (): void => scope.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      const call = this.#host.call("generate", request, scope.signal);
      for await (const part of call.parts()) {
        yield generatedPart.parse(part);
        // The process may have ended its answer already; what of it has not been taken is not wanted any more.
        signal.throwIfAborted();
      }
      const stats = generationStats.parse(await call.result());
      this.#options.onStats?.(stats);
      onEnd?.(stats);
    } finally {
      signal.removeEventListener("abort", abort);
      scope.abort();
    }
  }

  /** What the process did since it started. */
  async counters(): Promise<EngineCounters> {
    return engineCounters.parse(await this.#host.call("counters", null).result());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
  }
}
