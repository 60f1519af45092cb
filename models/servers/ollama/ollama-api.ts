import { type ChatRequest, Ollama } from "ollama";
import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { ModelError } from "../../errors.ts";
import {
  type ChatLine,
  chatLine,
  generateAnswer,
  type InstalledModel,
  pullLine,
  type RunningModel,
  runningAnswer,
  showAnswer,
  tagsAnswer,
  versionAnswer,
} from "./answers.ts";
import { callScope } from "./call-scope.ts";
import type { FrozenOptions } from "./frozen-options.ts";
import { patientFetch } from "./patient-fetch.ts";
import { connectionFault, isQueueFull, modelErrorOf, Refusal, serverDown, silence } from "./refusal.ts";
import { wholeLines } from "./whole-lines.ts";

export interface OllamaApiOptions {
  /** "http://127.0.0.1:11434". */
  readonly address: string;
  readonly clock: Clock;
  /** For a proxy that wants a token. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits before further tries of what may be tried again. */
  readonly backOffMs?: readonly number[];
  /** An answer that needs no model and takes longer than this will not come. */
  readonly silentMs?: number;
}

const usualBackOffMs = [200, 800, 2_000];
const usualSilentMs = 30_000;

type Repeat = "when-unreachable" | "when-cut-off-too" | "never";

/**
 * Ollama's own calls. All throw `ModelError`, or the signal's reason when it aborted; what changes nothing is tried again, with growing
 * waits, and so is what was not accepted.
 */
export class OllamaApi {
  readonly address: string;
  readonly #options: OllamaApiOptions;

  constructor(options: OllamaApiOptions) {
    this.address = options.address;
    this.#options = options;
  }

  async version(signal: AbortSignal): Promise<string> {
    const answer = await this.#quick((client) => client.version(), {}, signal);
    return this.#read(versionAnswer, answer).version;
  }

  async installed(signal: AbortSignal): Promise<readonly InstalledModel[]> {
    const answer = await this.#quick((client) => client.list(), {}, signal);
    return this.#read(tagsAnswer, answer).models ?? [];
  }

  /** What is loaded. A model that is still loading is not in it; one that is about to go still is. */
  async running(signal: AbortSignal): Promise<readonly RunningModel[]> {
    const answer = await this.#quick((client) => client.ps(), {}, signal);
    return this.#read(runningAnswer, answer).models ?? [];
  }

  /** `verbose` brings per-layer arrays, and the vocabulary with them: megabytes. */
  async show(model: string, verbose: boolean, signal: AbortSignal): Promise<z.infer<typeof showAnswer>> {
    const asked = { model, verbose };
    return this.#read(showAnswer, await this.#quick((client) => client.show(asked), { model }, signal));
  }

  /** Resolves when the model is loaded. Aborting closes the connection, upon which Ollama gives up the load. */
  async load(
    wanted: { readonly model: string; readonly frozen: FrozenOptions; readonly keepAliveSeconds: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { model, frozen, keepAliveSeconds } = wanted;
    const asked = { model, prompt: "", options: { ...frozen }, keep_alive: keepAliveSeconds, stream: false as const };
    const call = { model, repeat: "when-unreachable" as const };
    this.#read(generateAnswer, await this.#call((client) => client.generate(asked), call, signal));
  }

  /** Resolves at once; Ollama unloads when nobody uses the model any more. A model that is not loaded is no error. */
  async unload(model: string, signal: AbortSignal): Promise<void> {
    const asked = { model, prompt: "", keep_alive: 0, stream: false as const };
    this.#read(generateAnswer, await this.#quick((client) => client.generate(asked), { model }, signal));
  }

  /** Never sent twice once it was accepted: a server that was started again would load the model by itself. */
  async *chat(asked: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatLine, void, void> {
    // Whoever stops reading has stopped the model, too.
    using scope = callScope(signal);
    const call = { model: asked.model, repeat: "never" as const };
    try {
      const open = (client: Ollama) => client.chat({ ...asked, stream: true as const });
      for await (const line of await this.#call(open, call, scope.signal)) yield this.#read(chatLine, line);
    } catch (error) {
      throw this.#fault(error, asked.model, signal);
    } finally {
      scope.abort(new Error("nobody reads on"));
    }
  }

  /** Ends after Ollama said `success`. Aborting pauses; the next pull goes on from there. */
  async *pull(model: string, signal: AbortSignal): AsyncGenerator<z.infer<typeof pullLine>, void, void> {
    using scope = callScope(signal);
    const call = { model, repeat: "when-cut-off-too" as const };
    try {
      const open = (client: Ollama) => client.pull({ model, stream: true as const });
      for await (const line of await this.#call(open, call, scope.signal)) yield this.#read(pullLine, line);
    } catch (error) {
      throw this.#fault(error, model, signal);
    } finally {
      scope.abort(new Error("nobody reads on"));
    }
  }

  /** A call that needs no model, so that it must be answered soon and may be sent again. */
  async #quick<T>(
    run: (client: Ollama) => Promise<T>,
    about: { readonly model?: string },
    signal: AbortSignal,
  ): Promise<T> {
    const { clock, silentMs = usualSilentMs } = this.#options;
    using scope = callScope(signal);
    const silent = serverDown(this.address, silence);
    const watch = clock.sleep(silentMs, scope.signal).then(
      () => scope.abort(silent),
      () => undefined,
    );
    try {
      return await this.#call(run, { ...about, repeat: "when-cut-off-too" }, scope.signal);
    } finally {
      scope.abort(new Error("answered"));
      await watch;
    }
  }

  async #call<T>(
    run: (client: Ollama) => Promise<T>,
    about: { readonly model?: string; readonly repeat: Repeat },
    signal: AbortSignal,
  ): Promise<T> {
    const { clock, backOffMs = usualBackOffMs } = this.#options;
    for (const waitMs of [...backOffMs, undefined]) {
      signal.throwIfAborted();
      try {
        return await run(this.#client(signal));
      } catch (error) {
        if (waitMs === undefined || !mayRepeat(error, about.repeat)) throw this.#fault(error, about.model, signal);
      }
      await clock.sleep(waitMs, signal);
    }
    throw serverDown(this.address);
  }

  /** One client per call, because the package's calls take no signal. */
  #client(signal: AbortSignal): Ollama {
    return new Ollama({
      host: this.address,
      ...(this.#options.headers === undefined ? {} : { headers: this.#options.headers }),
      fetch: async (input, init) => {
        const answer = await patientFetch(input, { ...init, signal });
        if (!answer.ok) throw new Refusal(answer.status, refusalText(answer.status, await answer.text()));
        return answer.headers.get("content-type")?.includes("ndjson") ? wholeLines(answer) : answer;
      },
    });
  }

  #read<T>(schema: z.ZodType<T>, answer: unknown): T {
    const read = schema.safeParse(answer);
    if (read.success) return read.data;
    const hint = "is something else listening there?";
    throw new ModelError("server-down", `What answers at ${this.address} does not speak as Ollama does: ${hint}`, {
      cause: read.error,
    });
  }

  #fault(error: unknown, model: string | undefined, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    if (error instanceof SyntaxError) return this.#fault(new Refusal(200, "its answer is no JSON"), model, signal);
    return modelErrorOf(error, { address: this.address, ...(model === undefined ? {} : { model }) });
  }
}

function mayRepeat(error: unknown, repeat: Repeat): boolean {
  if (isQueueFull(error)) return true;
  const fault = connectionFault(error);
  return (fault === "unreachable" && repeat !== "never") || (fault === "cut-off" && repeat === "when-cut-off-too");
}

const refusalBody = z.object({ error: z.string() });

function refusalText(status: number, body: string): string {
  try {
    return refusalBody.parse(JSON.parse(body)).error;
  } catch {
    return body.trim().slice(0, 200) || `HTTP ${status}`;
  }
}
