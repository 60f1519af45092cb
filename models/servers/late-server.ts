import { ModelError } from "../errors.ts";
import type {
  LoadedModel,
  LoadRequest,
  ModelFacts,
  ModelServer,
  ServerCapabilities,
  ServerReport,
  Share,
} from "./model-server.ts";

export interface LateServerOptions {
  readonly name: string;
  /** Finds out what answers there. @throws ModelError `server-down` when nobody does. */
  readonly open: (signal: AbortSignal) => Promise<ModelServer>;
  /** On another machine: all its memory counts as this one pool. */
  readonly pool: string | undefined;
}

/** Until a server has answered, the least is expected of it. */
const presumed: ServerCapabilities = {
  load: "explicit",
  unload: "explicit",
  pause: "none",
  reportsBytes: false,
  evictsByItself: true,
  kvTypes: ["f16"],
  partialOffload: false,
  adapters: false,
};

/** A server that need not be there yet: it is looked for at the first call, and again at each later one until it answers. */
export class LateServer implements ModelServer {
  readonly name: string;
  readonly #options: LateServerOptions;
  #server: ModelServer | undefined;
  #opening: Promise<ModelServer> | undefined;
  #isClosed = false;

  constructor(options: LateServerOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get capabilities(): ServerCapabilities {
    return this.#server?.capabilities ?? presumed;
  }

  async installed(signal: AbortSignal): Promise<readonly string[]> {
    return await (await this.#opened(signal)).installed(signal);
  }

  async facts(model: string, signal: AbortSignal): Promise<ModelFacts> {
    return await (await this.#opened(signal)).facts(model, signal);
  }

  async load(request: LoadRequest, signal: AbortSignal): Promise<LoadedModel> {
    const loaded = await (await this.#opened(signal)).load(request, signal);
    return {
      model: loaded.model,
      shares: this.#placed(loaded.shares),
      writer: loaded.writer,
      unload: (inner) => loaded.unload(inner),
      pause: () => loaded.pause(),
      resume: () => loaded.resume(),
    };
  }

  async loaded(signal: AbortSignal): Promise<readonly ServerReport[]> {
    const reports = await (await this.#opened(signal)).loaded(signal);
    return reports.map((report) => ({ ...report, shares: this.#placed(report.shares) }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#server?.[Symbol.asyncDispose]();
  }

  async #opened(signal: AbortSignal): Promise<ModelServer> {
    if (this.#isClosed) throw new ModelError("server-down", `${this.name} is not used any more`);
    this.#opening ??= this.#options.open(signal).then(
      (server) => {
        this.#server = server;
        return server;
      },
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return await this.#opening;
  }

  #placed(shares: readonly Share[] | undefined): readonly Share[] | undefined {
    const { pool } = this.#options;
    if (pool === undefined || shares === undefined) return shares;
    return [{ pool, bytes: shares.reduce((sum, { bytes }) => sum + bytes, 0) }];
  }
}
