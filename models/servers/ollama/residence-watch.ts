import type { Clock } from "../../clock.ts";
import { ModelError } from "../../errors.ts";
import type { OllamaApi } from "./ollama-api.ts";
import type { OllamaModel } from "./ollama-model.ts";
import { silence } from "./refusal.ts";
import { lossOf } from "./residence.ts";

export interface ResidenceWatchOptions {
  readonly api: OllamaApi;
  readonly clock: Clock;
  readonly pollMs: number;
  /** Models to look after, now. */
  readonly models: () => readonly OllamaModel[];
  /** We are loading something: then Ollama may keep silent for as long as that takes. */
  readonly isLoading: () => boolean;
}

/** Looks into Ollama's list at intervals, as long as there is a model to look after, and tells a model when it is lost. */
export class ResidenceWatch implements Disposable {
  readonly #options: ResidenceWatchOptions;
  readonly #life = new AbortController();
  #running = false;

  constructor(options: ResidenceWatchOptions) {
    this.#options = options;
  }

  /** To be called whenever there is a model more. */
  wake(): void {
    if (this.#running || this.#life.signal.aborted) return;
    this.#running = true;
    void this.#watch();
  }

  [Symbol.dispose](): void {
    this.#life.abort(new Error("disposed"));
  }

  async #watch(): Promise<void> {
    const { clock, pollMs, models } = this.#options;
    const { signal } = this.#life;
    try {
      while (models().length > 0) {
        await clock.sleep(pollMs, signal);
        await this.#look(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#running = false;
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { api, clock, models, isLoading } = this.#options;
    // A model that came while the answer was on its way may not be in it.
    const looked = models();
    try {
      const running = await api.running(signal);
      for (const model of looked) {
        const cause = lossOf(model.residence, running, clock.today());
        if (cause !== undefined) model.lose(cause);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ModelError)) throw error;
      const down = error.code === "server-down" && !(error.cause === silence && isLoading());
      if (down) for (const model of looked) model.lose("server-down");
    }
  }
}
