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
  /** It was not there when it was first looked for, and now is: before anything is loaded, its models are to be planned for anew. */
  readonly onLate?: (signal: AbortSignal) => Promise<void>;
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
  #isLate = false;
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
    const server = await this.#opened(signal);
    await this.#refuseUnplanned(request.model, signal);
    const loaded = await server.load(request, signal);
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
    for (;;) {
      if (this.#isClosed) throw new ModelError("server-down", `${this.name} is not used any more`);
      const isMine = this.#opening === undefined;
      const opening = this.#opening ?? this.#open(signal);
      this.#opening = opening;
      try {
        return await opening;
      } catch (error) {
        if (this.#opening === opening) this.#opening = undefined;
        signal.throwIfAborted();
        this.#isLate = true;
        // Whoever began to look may have given up; that is not for the others to suffer.
        if (isMine) throw error;
      }
    }
  }

  async #open(signal: AbortSignal): Promise<ModelServer> {
    const server = await this.#options.open(signal);
    this.#server = server;
    if (this.#isClosed) await server[Symbol.asyncDispose]();
    return server;
  }

  /** While it was not there, nobody could know how large its models are: the memory that was set aside for this load may be too little. */
  async #refuseUnplanned(model: string, signal: AbortSignal): Promise<void> {
    const { onLate } = this.#options;
    if (!this.#isLate || onLate === undefined) return;
    await onLate(signal);
    this.#isLate = false;
    throw new ModelError("busy", `${this.name} has come up just now; ${model} is tried again with what it tells of it`);
  }

  #placed(shares: readonly Share[] | undefined): readonly Share[] | undefined {
    const { pool } = this.#options;
    if (pool === undefined || shares === undefined) return shares;
    return [{ pool, bytes: shares.reduce((sum, { bytes }) => sum + bytes, 0) }];
  }
}
