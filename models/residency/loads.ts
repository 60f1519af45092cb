import type { Clock } from "../clock.ts";
import { ModelError, type ModelErrorCode } from "../errors.ts";
import type { LoadedModel, ModelServer } from "../servers/model-server.ts";
import type { ComputeGate } from "./compute-gate.ts";
import type { InstalledModel } from "./installed-model.ts";
import type { LeftBehind } from "./left-behind.ts";
import type { ResidencyEffect, ResidencyEvent } from "./residency-state.ts";

type Told = Extract<
  ResidencyEvent,
  { type: "load-progress" | "load-end" | "load-error" | "unload-end" | "loss" | "foreign" }
>;
type Untimed = Told extends infer Each ? (Each extends Told ? Omit<Each, "nowMs"> : never) : never;

export interface LoadsOptions {
  readonly find: (model: string) => InstalledModel | undefined;
  /** Looks again and again for memory of a load whose server is gone. */
  readonly leftBehind: (load: number) => (signal: AbortSignal) => Promise<readonly LeftBehind[]>;
  readonly servers: ReadonlyMap<string, ModelServer>;
  readonly gate: ComputeGate;
  readonly send: (event: Untimed) => void;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

type Entry =
  | { readonly status: "loading"; readonly controller: AbortController }
  | { readonly status: "loaded"; readonly loaded: LoadedModel; readonly gated: Disposable; lostServer: boolean };

/** Trying again may help with these. */
const passing: ReadonlySet<ModelErrorCode> = new Set([
  "host-exited",
  "engine-failed",
  "server-down",
  "busy",
  "no-memory",
]);
const unloadRetryMs = 1_000;
/** What a server that ended has left behind may end by itself for so long; after that it is another program's. */
const leftBehindMs = 15_000;

/** Carries out loads and unloads, and tells what became of each. */
export class Loads implements AsyncDisposable {
  readonly #options: LoadsOptions;
  readonly #entries = new Map<number, Entry>();
  readonly #life = new AbortController();

  constructor(options: LoadsOptions) {
    this.#options = options;
  }

  get(load: number): LoadedModel | undefined {
    const entry = this.#entries.get(load);
    return entry?.status === "loaded" ? entry.loaded : undefined;
  }

  load(wanted: Extract<ResidencyEffect, { do: "load" }>): void {
    const controller = new AbortController();
    this.#entries.set(wanted.load, { status: "loading", controller });
    this.#run(wanted, controller.signal).catch((error: unknown) => {
      this.#entries.delete(wanted.load);
      const code = error instanceof ModelError ? error.code : "engine-failed";
      const message = controller.signal.aborted
        ? "It was called off"
        : String(error instanceof Error ? error.message : error);
      this.#options.send({ type: "load-error", load: wanted.load, code, message, retryable: passing.has(code) });
    });
  }

  cancel(load: number): void {
    const entry = this.#entries.get(load);
    if (entry?.status === "loading") entry.controller.abort(new ModelError("busy", "Nobody waits for it any more"));
  }

  unload(load: number): void {
    const entry = this.#entries.get(load);
    this.#entries.delete(load);
    if (entry?.status !== "loaded") return this.#options.send({ type: "unload-end", load });
    entry.gated[Symbol.dispose]();
    this.#unloaded(load, entry).then(
      () => this.#options.send({ type: "unload-end", load }),
      (error: unknown) => {
        if (!this.#life.signal.aborted) this.#options.log(`unload of ${entry.loaded.model}: ${String(error)}`);
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    for (const entry of this.#entries.values()) if (entry.status === "loading") entry.controller.abort();
    this.#entries.clear();
    for (const server of new Set(this.#options.servers.values())) await server[Symbol.asyncDispose]();
  }

  async #run(
    { model: id, variant, load, pinned }: Extract<ResidencyEffect, { do: "load" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const installed = this.#options.find(id);
    const how = installed?.variants.get(variant);
    const server = this.#options.servers.get(installed?.model.server ?? "");
    if (how === undefined || server === undefined) throw new ModelError("not-installed", `Nothing can load ${id}`);
    // A voice that comes back needs the processor, too.
    using _still = pinned ? this.#options.gate.hold() : { [Symbol.dispose]: () => undefined };
    let isThere = false;
    let early: Untimed | undefined;
    const loaded = await server.load(
      {
        model: how.model,
        options: how.options,
        pinned,
        onProgress: (share) => this.#options.send({ type: "load-progress", load, share }),
        onLoss: (cause) => {
          const loss = { type: "loss", load, cause } as const;
          const entry = this.#entries.get(load);
          if (entry?.status === "loaded") entry.lostServer = cause === "server-down";
          if (isThere) this.#options.send(loss);
          else early = loss;
        },
      },
      signal,
    );
    const canPause = server.capabilities.pause !== "none" && !pinned;
    const gated = canPause ? this.#gated(loaded) : { [Symbol.dispose]: () => undefined };
    const lostServer = early?.type === "loss" && early.cause === "server-down";
    this.#entries.set(load, { status: "loaded", loaded, gated, lostServer });
    isThere = true;
    this.#options.send({ type: "load-end", load, shares: loaded.shares });
    if (early !== undefined) this.#options.send(early);
  }

  #gated(loaded: LoadedModel): Disposable {
    const gated = this.#options.gate.add(loaded);
    return {
      [Symbol.dispose]: () => {
        gated[Symbol.dispose]();
        // A process that is paused could not say good-bye.
        loaded.resume();
      },
    };
  }

  /**
   * Tries until the memory is confirmed to be back: a server that is down for a moment must not cost it for ever. One that has ended
   * cannot say; then the memory itself is looked at, and what stays taken counts as another program's before anything else is loaded.
   */
  async #unloaded(
    load: number,
    { loaded, lostServer }: { readonly loaded: LoadedModel; readonly lostServer: boolean },
  ): Promise<void> {
    const { clock, log, leftBehind, send } = this.#options;
    const { signal } = this.#life;
    const untilMs = clock.nowMs() + leftBehindMs;
    const look = leftBehind(load);
    let isUnloaded = false;
    let wasDown = lostServer;
    for (;;) {
      try {
        if (!isUnloaded) await loaded.unload(signal);
        isUnloaded = true;
      } catch (error) {
        if (signal.aborted) throw error;
        const code = error instanceof ModelError ? error.code : undefined;
        isUnloaded = code === "unsupported";
        wasDown ||= code === "server-down";
        if (!isUnloaded && !wasDown) log(`unload of ${loaded.model}: ${String(error)}; trying again`);
      }
      if (wasDown) {
        const left = await look(signal);
        if (left.length === 0) return;
        if (clock.nowMs() >= untilMs) {
          log(`${loaded.model}: its server ended, but what it had started still holds memory; end it by hand`);
          for (const { pool, foreignBytes } of left) send({ type: "foreign", pool, bytes: foreignBytes });
          return;
        }
      } else if (isUnloaded) return;
      await clock.sleep(unloadRetryMs, signal);
    }
  }
}
