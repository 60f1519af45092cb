import { ModelError } from "../../errors.ts";
import type { ModelFacts, ModelShape } from "../model-server.ts";
import type { InstalledModel } from "./answers.ts";
import { fullName } from "./frozen-options.ts";
import { weightsOf } from "./model-files.ts";
import type { OllamaApi } from "./ollama-api.ts";

export interface OllamaFactsOptions {
  readonly api: OllamaApi;
  /** Where this machine's Ollama keeps its models. */
  readonly folder: string;
  /** A model's shape from a verbose `/api/show`; undefined when that does not tell enough. */
  readonly shapeOf: ((show: unknown) => ModelShape | undefined) | undefined;
}

/** What is known of installed models. Asked once for each version of a model: the answer may be megabytes. */
export class OllamaFacts {
  readonly #options: OllamaFactsOptions;
  readonly #known = new Map<string, Omit<ModelFacts, "model">>();

  constructor(options: OllamaFactsOptions) {
    this.#options = options;
  }

  async of(model: string, signal: AbortSignal): Promise<ModelFacts> {
    const { api } = this.#options;
    const entry = (await api.installed(signal)).find(({ name }) => name === fullName(model));
    if (entry === undefined) {
      const hint = `run "ollama pull ${model}" to get it`;
      throw new ModelError("not-installed", `"${model}" is not installed in Ollama: ${hint}`);
    }
    if (entry.remote_host !== undefined) {
      throw new ModelError("unsupported", `"${model}" runs on ${entry.remote_host}, not on this machine`);
    }
    const known = this.#known.get(entry.digest) ?? (await this.#ask(entry, signal));
    this.#known.set(entry.digest, known);
    return { model, ...known };
  }

  /** The weights behind a manifest's digest, as far as they were asked for already. */
  blobOf(digest: string): string | undefined {
    return this.#known.get(digest)?.blob;
  }

  async #ask(entry: InstalledModel, signal: AbortSignal): Promise<Omit<ModelFacts, "model">> {
    const { api, folder, shapeOf } = this.#options;
    const show = await api.show(entry.name, shapeOf !== undefined, signal);
    const weights = await weightsOf(entry.name, show.modelfile, folder);
    return {
      blob: weights?.blob ?? entry.digest,
      fileBytes: weights?.bytes ?? entry.size,
      path: weights?.path,
      shape: shapeOf?.(show),
    };
  }
}
