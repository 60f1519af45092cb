import { ModelError } from "../../errors.ts";
import type {
  LoadedModel,
  LoadRequest,
  LossCause,
  ModelFacts,
  ModelServer,
  ServerCapabilities,
  ServerReport,
} from "../model-server.ts";
import type { ChatUsage } from "./chat-answer.ts";
import type { ChatBody } from "./chat-request.ts";
import { refused } from "./failures.ts";
import { Hold } from "./hold.ts";
import type { Http } from "./http.ts";
import type { Keeper, Resident } from "./keeper.ts";
import { lossOf, type Sight } from "./loss.ts";
import { OpenAiWriter } from "./openai-writer.ts";
import { refuseContext, refuseOptions } from "./refused-options.ts";

export interface OpenAiServerOptions {
  readonly name: string;
  readonly http: Http;
  readonly keeper: Keeper;
  /** Between two looks at what is loaded. */
  readonly watchMs?: number;
  readonly silenceMs?: number;
  readonly patienceMs?: number;
  /** Longest time for memory to come back after it was asked for. */
  readonly releaseMs?: number;
  readonly temperature?: number;
  /** Added to every chat request; for what only the owner of the server knows, such as `chat_template_kwargs`. */
  readonly extraBody?: ChatBody;
  readonly onUsage?: (model: string, usage: ChatUsage) => void;
}

const usualWatchMs = 2_000;
const usualReleaseMs = 60_000;
const usualTemperature = 0.6;
const never = new AbortController().signal;

/** A model of ours; `leaving` is set when we have asked for its memory back. */
interface Entry {
  readonly request: LoadRequest;
  readonly hold: Hold;
  resident: Resident | undefined;
  ended: "leaving" | "gone" | LossCause | undefined;
}

/** Any server that speaks OpenAI's chat protocol; how it is asked about memory is its keeper's business. */
export class OpenAiServer implements ModelServer {
  readonly name: string;
  readonly capabilities: ServerCapabilities;
  readonly #options: OpenAiServerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #life = new AbortController();
  #watching = false;
  #silent = 0;

  constructor(options: OpenAiServerOptions) {
    this.name = options.name;
    this.capabilities = options.keeper.capabilities;
    this.#options = options;
  }

  async installed(signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    return await this.#options.keeper.installed(signal);
  }

  async facts(model: string, signal: AbortSignal): Promise<ModelFacts> {
    signal.throwIfAborted();
    return await this.#options.keeper.facts(model, signal);
  }

  async loaded(signal: AbortSignal): Promise<readonly ServerReport[]> {
    signal.throwIfAborted();
    const residents = await this.#options.keeper.residents(signal);
    return residents
      .filter(({ state }) => state !== "asleep")
      .map(({ model, blob, contextTokens }) => ({ model, blob, shares: undefined, contextTokens }));
  }

  async load(request: LoadRequest, signal: AbortSignal): Promise<LoadedModel> {
    signal.throwIfAborted();
    const { keeper, http } = this.#options;
    const { model, options } = request;
    if (this.#entries.has(model)) {
      throw new ModelError("busy", `${model} is loaded on ${this.name} already; unload it before you load it again`);
    }
    refuseOptions(this.capabilities, options, http.who);
    const entry: Entry = { request, hold: new Hold(), resident: undefined, ended: undefined };
    this.#entries.set(model, entry);
    try {
      const before = (await keeper.residents(signal)).filter(({ state }) => state !== "asleep");
      const mine = (resident: Resident): boolean =>
        resident.model === model && !before.some((other) => other.id === resident.id && other.model === model);
      try {
        const resident = await keeper.load(request, signal);
        refuseContext(resident, options, http.who);
        signal.throwIfAborted();
        entry.resident = resident;
      } catch (error) {
        await this.#giveBack(mine);
        throw error;
      }
    } catch (error) {
      this.#entries.delete(model);
      signal.throwIfAborted();
      throw error;
    }
    this.#watch();
    return this.#loadedModel(entry, entry.resident);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new ModelError("server-down", `${this.name} is closed`));
    for (const entry of this.#entries.values()) {
      entry.ended ??= "gone";
      entry.hold.open();
    }
    this.#entries.clear();
  }

  #loadedModel(entry: Entry, resident: Resident): LoadedModel {
    const { keeper, http, extraBody, onUsage, silenceMs, patienceMs } = this.#options;
    const { request, hold } = entry;
    const { model, path, extra } = keeper.chat(resident, request.pinned);
    const writer = new OpenAiWriter({
      http,
      path,
      hold,
      style: {
        model,
        contextTokens: request.options.contextTokens,
        temperature: this.#options.temperature ?? usualTemperature,
        extra: { ...extra, ...extraBody },
      },
      allowed: (signal) => this.#allowed(entry, signal),
      onTrouble: () => void this.#look(this.#life.signal).catch(() => undefined),
      onUsage: (usage) => onUsage?.(request.model, usage),
      ...(silenceMs === undefined ? {} : { silenceMs }),
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
    const refusePause = (): void => {
      if (this.capabilities.pause !== "none") return;
      throw new ModelError(
        "unsupported",
        `${http.who} cannot be made to wait in the middle of an answer; abort the answer`,
      );
    };
    return {
      model: request.model,
      shares: undefined,
      writer,
      unload: (signal) => this.#unload(entry, resident, signal),
      pause: () => {
        refusePause();
        hold.close();
      },
      resume: () => {
        refusePause();
        hold.open();
      },
    };
  }

  /** A request for a model that is gone would make many servers load it again, in a place that is not ours to give. */
  async #allowed(entry: Entry, signal: AbortSignal): Promise<void> {
    if (entry.ended === undefined && this.capabilities.evictsByItself) await this.#look(signal);
    if (entry.ended === undefined) return;
    const { model } = entry.request;
    if (entry.ended === "server-down")
      throw new ModelError("server-down", `${this.#options.http.who} went down; start it`);
    if (entry.ended === "leaving" || entry.ended === "gone")
      throw new ModelError("engine-failed", `${model} was unloaded on ${this.name}; load it again`);
    throw new ModelError("host-exited", `${model} was lost on ${this.name} (${entry.ended}); try again in a moment`);
  }

  async #unload(entry: Entry, resident: Resident, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { keeper, http } = this.#options;
    const { model } = entry.request;
    if (this.capabilities.unload === "none") {
      throw new ModelError("unsupported", `${http.who} cannot unload ${model} when asked; stop the server itself`);
    }
    if (entry.ended === "server-down") return await this.#unloadAfterSilence(resident, signal);
    if (entry.ended !== undefined && entry.ended !== "leaving") return;
    entry.ended = "leaving";
    entry.hold.open();
    await keeper.release(resident, signal);
    await this.#untilGone((other) => other.model === model && other.id === resident.id, signal);
    entry.ended = "gone";
    if (this.#entries.get(model) === entry) this.#entries.delete(model);
  }

  /** It was taken for gone; one that only kept silent still has what we loaded. */
  async #unloadAfterSilence(resident: Resident, signal: AbortSignal): Promise<void> {
    const { keeper } = this.#options;
    const mine = ({ model, id, state }: Resident): boolean =>
      model === resident.model && id === resident.id && state !== "asleep";
    if (!(await keeper.residents(signal)).some(mine) || this.#entries.has(resident.model)) return;
    await keeper.release(resident, signal);
    await this.#untilGone(mine, signal);
  }

  /** What a load that failed or was given up has left behind. Nobody waits for it but the next load. */
  async #giveBack(mine: (resident: Resident) => boolean): Promise<void> {
    const { keeper } = this.#options;
    if (this.capabilities.unload === "none") return;
    try {
      for (const resident of (await keeper.residents(never)).filter(mine)) {
        if (resident.state !== "asleep") await keeper.release(resident, never);
      }
      await this.#untilGone(mine, never);
    } catch {
      // The load's own failure says more; memory that is still taken shows in `loaded`.
    }
  }

  async #untilGone(mine: (resident: Resident) => boolean, signal: AbortSignal): Promise<void> {
    const { keeper, http, releaseMs = usualReleaseMs } = this.#options;
    const giveUpAtMs = http.clock.nowMs() + releaseMs;
    for (let waitMs = 20; ; waitMs = Math.min(waitMs * 2, 500)) {
      const left = (await keeper.residents(signal)).filter((resident) => mine(resident) && resident.state !== "asleep");
      if (left.length === 0) return;
      if (http.clock.nowMs() > giveUpAtMs) {
        const names = left.map(({ id }) => id).join(", ");
        throw new ModelError(
          "engine-failed",
          `${http.who} still has ${names} in memory ${releaseMs} ms after it was asked to unload it; unload it there`,
        );
      }
      await http.clock.sleep(waitMs, signal);
    }
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    const loop = async (): Promise<void> => {
      while (this.#entries.size > 0) {
        await this.#options.http.clock.sleep(this.#options.watchMs ?? usualWatchMs, this.#life.signal);
        await this.#look(this.#life.signal);
      }
    };
    void loop()
      .catch(() => undefined)
      .finally(() => {
        this.#watching = false;
      });
  }

  /** Compares what the server has with what we believe, and tells those who lost something. Rejects only when aborted. */
  async #look(signal: AbortSignal): Promise<void> {
    // A model that is loaded while we look is not to be judged by what we see.
    const expected = [...this.#entries.values()].flatMap(({ resident, ...entry }) =>
      resident === undefined ? [] : [{ entry, resident }],
    );
    const sight = await this.#sight(signal);
    for (const { entry, resident } of expected) {
      const current = this.#entries.get(entry.request.model);
      if (current?.request !== entry.request || current.ended !== undefined) continue;
      const cause = lossOf(resident, sight, this.#silent);
      if (cause === undefined) continue;
      current.ended = cause;
      this.#entries.delete(current.request.model);
      current.hold.open();
      current.request.onLoss(cause);
    }
    this.#silent = sight.type === "silent" ? this.#silent + 1 : 0;
  }

  async #sight(signal: AbortSignal): Promise<Sight> {
    try {
      return { type: "list", residents: await this.#options.keeper.residents(signal) };
    } catch (error) {
      signal.throwIfAborted();
      return { type: refused(error) ? "refused" : "silent" };
    }
  }
}
