import type { Clock } from "../../models/clock.ts";
import {
  blobOf,
  differ,
  type FakeModel,
  type FakeOptions,
  numberOf,
  runnerOptionsOf,
  takenBytes,
} from "./fake-ollama-models.ts";

export interface SchedulerOptions {
  readonly clock: Clock;
  /** Until 0.29: "own-engine". */
  readonly profile: "own-engine" | "llama-server";
  /** 0: no GPU. */
  readonly vramBytes: number;
  readonly parallel: number;
  readonly maxLoaded: number;
  readonly maxQueue: number;
  readonly loadMs: number;
  readonly unloadMs: number;
}

export interface Runner {
  readonly model: FakeModel;
  readonly key: string;
  readonly options: FakeOptions;
  readonly bytes: number;
  vramBytes: number;
  /** Seconds; infinite for `keep_alive: -1`. */
  sessionSeconds: number;
  expiresAt: Date;
  users: number;
  timer: AbortController | undefined;
}

/** What the HTTP side answers with. */
export class SchedulerError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Pending {
  readonly model: FakeModel;
  readonly options: FakeOptions;
  readonly keepAliveSeconds: number | undefined;
  readonly signal: AbortSignal;
  readonly grant: (runner: Runner) => void;
  readonly refuse: (error: Error) => void;
  retried: boolean;
}

const defaultKeepAliveSeconds = 5 * 60;
const queueFull = "server busy, please try again.  maximum pending requests exceeded";

/** Ollama's scheduler as its source has it: one request is placed at a time, and everything else that needs placing waits behind it. */
export class FakeScheduler {
  readonly loaded = new Map<string, Runner>();
  /** Set by a test: loads wait until it resolves. */
  loadGate: Promise<void> | undefined;
  /** Set by a test: so many loads run out of memory. */
  loadsOutOfMemory = 0;
  readonly #options: SchedulerOptions;
  readonly #queue: Pending[] = [];
  readonly #life = new AbortController();
  #placing = false;
  /** Of runners that are being started or ended. */
  #otherBytes = 0;
  #unloaded: (() => void)[] = [];

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  get heldBytes(): number {
    return [...this.loaded.values()].reduce((sum, runner) => sum + runner.bytes, this.#otherBytes);
  }

  /** Requests that wait, with the one being placed. */
  get waiting(): number {
    return this.#queue.length + (this.#placing ? 1 : 0);
  }

  /** The runner for a call; `release` is owed by the caller. */
  runner(
    model: FakeModel,
    options: FakeOptions,
    keepAliveSeconds: number | undefined,
    signal: AbortSignal,
  ): Promise<Runner> {
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        model,
        options: runnerOptionsOf(model, options),
        keepAliveSeconds,
        signal,
        grant: resolve,
        refuse: reject,
        retried: false,
      };
      const runner = this.loaded.get(blobOf(model));
      if (runner !== undefined && !differ(runner.options, pending.options)) this.#use(runner, pending);
      else if (this.waiting >= this.#options.maxQueue) reject(new SchedulerError(503, queueFull));
      else {
        this.#queue.push(pending);
        void this.#place();
      }
    });
  }

  release(runner: Runner): void {
    runner.users -= 1;
    if (runner.users > 0) return;
    if (runner.sessionSeconds <= 0) void this.#end(runner);
    else this.#startTimer(runner);
  }

  /** `keep_alive: 0`: graceful, and done later. */
  expire(runner: Runner): void {
    runner.timer?.abort();
    runner.expiresAt = this.#options.clock.today();
    runner.sessionSeconds = 0;
    if (runner.users <= 0) void this.#end(runner);
  }

  stop(): void {
    this.#life.abort(new Error("stopped"));
    for (const runner of this.loaded.values()) runner.timer?.abort();
    this.loaded.clear();
    this.#otherBytes = 0;
    for (const pending of this.#queue.splice(0)) pending.refuse(new SchedulerError(500, "stopped"));
  }

  /** A generation ran out of memory: everything goes. */
  expireAll(): void {
    for (const runner of this.loaded.values()) this.expire(runner);
  }

  #use(runner: Runner, pending: Pending): void {
    runner.users += 1;
    runner.timer?.abort();
    runner.timer = undefined;
    // Here a chatty client brings back to life what was about to be evicted (ollama/ollama#17408).
    if (pending.keepAliveSeconds !== undefined) runner.sessionSeconds = pending.keepAliveSeconds;
    runner.expiresAt = this.#expiry(runner.sessionSeconds);
    pending.grant(runner);
  }

  async #place(): Promise<void> {
    if (this.#placing) return;
    this.#placing = true;
    try {
      for (let pending = this.#queue.shift(); pending !== undefined; pending = this.#queue.shift()) {
        if (pending.signal.aborted) pending.refuse(canceled());
        else await this.#placeOne(pending);
      }
    } finally {
      this.#placing = false;
    }
  }

  async #placeOne(pending: Pending): Promise<void> {
    while (!this.#life.signal.aborted) {
      const runner = this.loaded.get(blobOf(pending.model));
      if (runner !== undefined && !differ(runner.options, pending.options)) return this.#use(runner, pending);
      if (runner !== undefined) await this.#evict([runner]);
      else if (this.loaded.size >= this.#options.maxLoaded || this.#tooBig(pending))
        await this.#evict([this.#victim()]);
      else if ((await this.#load(pending)) === "done") return;
      else await this.#evict([...this.loaded.values()]);
    }
  }

  /** Before the load, and only when something else is loaded: else it is put wherever it goes. */
  #tooBig({ model, options }: Pending): boolean {
    const { vramBytes, parallel, profile } = this.#options;
    if (this.loaded.size === 0 || vramBytes === 0) return false;
    const freeBytes = vramBytes - [...this.loaded.values()].reduce((sum, runner) => sum + runner.vramBytes, 0);
    const layers = numberOf(options, "num_gpu");
    if (profile === "own-engine") return layers !== 0 && takenBytes(model, options, parallel) > freeBytes;
    if (layers > 0 && layers < (model.layers ?? 32) + 1) return false;
    return layers !== 0 && takenBytes(model, options, parallel) > 0.8 * freeBytes;
  }

  /** Shortest keep-alive first, then by the blob's path; an idle one before a busy one. Not the least recently used. */
  #victim(): Runner {
    const order = [...this.loaded.values()].toSorted(
      (a, b) => Math.sign(a.sessionSeconds - b.sessionSeconds) || (a.key < b.key ? -1 : 1),
    );
    const victim = order.find((runner) => runner.users === 0) ?? order[0];
    if (victim === undefined) throw new Error("nothing is loaded");
    return victim;
  }

  async #evict(victims: readonly Runner[]): Promise<void> {
    for (const victim of victims) {
      victim.timer?.abort();
      victim.sessionSeconds = 0;
      if (victim.users <= 0) void this.#end(victim);
    }
    while (victims.some((victim) => this.loaded.get(victim.key) === victim)) {
      await new Promise<void>((resolve) => this.#unloaded.push(resolve));
    }
  }

  async #load(pending: Pending): Promise<"done" | "out-of-memory"> {
    const { clock, loadMs, parallel, vramBytes } = this.#options;
    const { model, options } = pending;
    const bytes = takenBytes(model, options, parallel);
    this.#otherBytes += bytes;
    try {
      await untilAborted(Promise.all([clock.sleep(loadMs), this.loadGate]), pending.signal);
    } catch {
      pending.refuse(canceled());
      return "done";
    } finally {
      this.#otherBytes -= bytes;
    }
    if (this.#life.signal.aborted) return "done";
    if (this.loadsOutOfMemory > 0) {
      this.loadsOutOfMemory -= 1;
      if (this.loaded.size > 0 && !pending.retried) {
        pending.retried = true;
        return "out-of-memory";
      }
      pending.refuse(new SchedulerError(500, this.#outOfMemory(bytes)));
      return "done";
    }
    const freeVram = vramBytes - [...this.loaded.values()].reduce((sum, runner) => sum + runner.vramBytes, 0);
    const layers = numberOf(options, "num_gpu");
    const wanted = layers < 0 ? bytes : bytes * Math.min(1, layers / ((model.layers ?? 32) + 1));
    const runner: Runner = {
      model,
      key: blobOf(model),
      options,
      bytes,
      vramBytes: Math.min(freeVram, Math.round(wanted)),
      sessionSeconds: pending.keepAliveSeconds ?? defaultKeepAliveSeconds,
      expiresAt: this.#expiry(pending.keepAliveSeconds ?? defaultKeepAliveSeconds),
      users: 1,
      timer: undefined,
    };
    this.loaded.set(runner.key, runner);
    pending.grant(runner);
    return "done";
  }

  #outOfMemory(bytes: number): string {
    if (this.#options.profile === "own-engine") {
      return `model requires more system memory (${bytes} B) than is available (1 B)`;
    }
    return "llama-server process has terminated: cudaMalloc failed: out of memory";
  }

  /** Still listed, and still holding its memory, until its process has ended. */
  async #end(runner: Runner): Promise<void> {
    // Somebody came in between: it goes when they have finished, whatever they wished.
    do await this.#options.clock.sleep(this.#options.unloadMs);
    while (runner.users > 0 && !this.#life.signal.aborted);
    if (this.loaded.get(runner.key) !== runner) return;
    this.loaded.delete(runner.key);
    for (const resolve of this.#unloaded.splice(0)) resolve();
  }

  #startTimer(runner: Runner): void {
    runner.expiresAt = this.#expiry(runner.sessionSeconds);
    if (runner.sessionSeconds === Number.POSITIVE_INFINITY) return;
    const timer = new AbortController();
    runner.timer = timer;
    void this.#options.clock.sleep(runner.sessionSeconds * 1_000, timer.signal).then(
      () => this.#end(runner),
      () => undefined,
    );
  }

  #expiry(seconds: number): Date {
    const years = 292 * 365 * 24 * 60 * 60;
    return new Date(this.#options.clock.today().getTime() + Math.min(seconds, years) * 1_000);
  }
}

const canceled = (): SchedulerError => new SchedulerError(499, "request canceled");

function untilAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(() => resolve(), reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
