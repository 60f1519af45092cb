import { ModelError } from "../../errors.ts";
import type { Writer } from "../../roles.ts";
import type { LoadedModel, LossCause, Share } from "../model-server.ts";
import type { FrozenOptions } from "./frozen-options.ts";
import { type LeaveOptions, leave } from "./ollama-leave.ts";
import { OllamaWriter } from "./ollama-writer.ts";
import type { Residence } from "./residence.ts";

export interface OllamaModelOptions extends LeaveOptions {
  readonly model: string;
  readonly residence: Residence;
  readonly shares: readonly Share[];
  readonly frozen: FrozenOptions;
  readonly thinking: boolean;
  readonly onLoss: (cause: LossCause) => void;
  /** Told when it is no model of ours any more. */
  readonly onGone: () => void;
  /** The same weights are another model of ours now. */
  readonly isHeldAnew: () => boolean;
}

/** A model that we loaded into Ollama. */
export class OllamaModel implements LoadedModel {
  readonly writer: Writer;
  readonly residence: Residence;
  readonly #options: OllamaModelOptions;
  readonly #life = new AbortController();
  #state: "loaded" | "leaving" | "gone" | "changed" = "loaded";

  constructor(options: OllamaModelOptions) {
    this.#options = options;
    this.residence = options.residence;
    const { api, model, frozen, thinking } = options;
    // The list's name, so that all calls go to what the watch looks after.
    this.writer = new OllamaWriter({
      api,
      model: this.residence.name,
      frozen,
      thinking,
      life: this.#life.signal,
      // Known before the next look, so that an Ollama that is back is not asked for what it has not loaded.
      onUnreachable: () => this.lose("server-down"),
    });
    this.model = model;
  }

  readonly model: string;

  get shares(): readonly Share[] {
    return this.#options.shares;
  }

  async unload(signal: AbortSignal): Promise<void> {
    if (this.#state === "gone") return;
    // What was loaded anew by another program still holds memory, as does what a server that is silent or was killed may have left;
    // what we loaded again ourselves is not this model.
    if (this.#state === "changed" && this.#options.isHeldAnew()) return;
    this.#state = "leaving";
    this.#life.abort(new ModelError("host-exited", `"${this.model}" is being unloaded`));
    const { residence, shares } = this.#options;
    await leave({ ...residence, shares }, this.#options, signal);
    this.#state = "gone";
    this.#options.onGone();
  }

  /** It is not there any more, or not as it was. From now on nothing is sent to it. */
  lose(cause: LossCause): void {
    if (this.#state !== "loaded") return;
    this.#state = cause === "evicted" ? "gone" : "changed";
    this.#life.abort(lossError(this.model, cause));
    this.#options.onGone();
    this.#options.onLoss(cause);
  }

  pause(): void {
    throw new ModelError("unsupported", "Ollama cannot hold a model back; unload it, or let it finish");
  }

  resume(): void {
    // Nothing was held back.
  }
}

function lossError(model: string, cause: LossCause): ModelError {
  if (cause === "server-down") return new ModelError("server-down", `Ollama ended, and "${model}" with it`);
  const what = cause === "evicted" ? "unloaded it" : cause === "spilled" ? "moved it off the GPU" : "loaded it anew";
  return new ModelError("host-exited", `"${model}" is not as it was: Ollama or another program ${what}`);
}
