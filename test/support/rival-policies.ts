import type { Role } from "../../models/roles.ts";
import type { Demand } from "./day-trace.ts";
import { Timeline } from "./timeline.ts";

/** A model as a rival's server sees it. */
export interface RivalModel {
  readonly id: string;
  readonly role: Role;
  readonly bytes: number;
  readonly loadMs: number;
  readonly unloadMs: number;
  /** Ollama's `keep_alive`; infinite for -1. */
  readonly keepAliveMs: number;
  /** Path of its file, which Ollama breaks ties by. */
  readonly blob: string;
}

export interface RivalPolicy {
  readonly name: string;
  /** It may not be evicted. Ollama knows no such thing: `keep_alive: -1` only sorts last. */
  readonly pins: boolean;
  /** Share of the free memory that a prediction may take while others are loaded. */
  readonly preflightShare: number;
  /** Requests of one model are all granted when it comes; otherwise strictly in order. */
  readonly joins: boolean;
  /** Once chosen, a victim gets no new work. */
  readonly closes: boolean;
  /** Idle models leave after their `keepAliveMs`. */
  readonly expires: boolean;
  /** Sorts candidates, the first to go first. */
  readonly order: (a: Loaded, b: Loaded) => number;
}

interface Loaded {
  readonly model: RivalModel;
  busy: number;
  usedMs: number;
  /** Counts uses, so that an idle timer knows whether it is still right. */
  uses: number;
}

interface Waiting {
  readonly demand: Demand;
  readonly model: RivalModel;
}

/**
 * Ollama 0.30+: requests for loaded models pass; all others wait in one queue served by one goroutine that blocks until its load is
 * through. Victims: keep_alive ascending, then path; the first that is idle, or else the first, waited for. Evicts when the prediction is
 * more than 80 % of what is free (`server/sched.go`: 197–358, 547–560, 1557–1578, 1664–1693 at fb30760).
 */
export const ollama: RivalPolicy = {
  name: "Ollama",
  pins: false,
  preflightShare: 0.8,
  joins: false,
  closes: false,
  expires: true,
  order: (a, b) => a.model.keepAliveMs - b.model.keepAliveMs || (a.model.blob < b.model.blob ? -1 : 1),
};

/**
 * The same with `keep_alive: -1` for every model: nothing leaves but for another, as with us. All durations are then equal, and victims
 * go by path.
 */
export const ollamaKept: RivalPolicy = {
  ...ollama,
  name: "Ollama, keep_alive -1",
  expires: false,
  order: (a, b) => (a.model.blob < b.model.blob ? -1 : 1),
};

/** llama-swap: a persistent voice, a swap group; first in, first out; a ready model's traffic passes the queue. */
export const llamaSwap: RivalPolicy = {
  name: "llama-swap FIFO",
  pins: true,
  preflightShare: 1,
  joins: true,
  closes: false,
  expires: false,
  order: (a, b) => a.usedMs - b.usedMs,
};

/** What one would write first: pinned voice, the least recently used goes, nobody is starved. */
export const leastRecentlyUsed: RivalPolicy = { ...llamaSwap, name: "LRU", closes: true };

export interface RivalTally {
  /** Loads for which another model left. */
  swaps: number;
  loads: number;
  pinReloads: number;
  readonly waitsMs: number[];
}

/** Runs a day under a rival's policy, with the same models, memory, loads and lengths of work as ours. */
export class RivalWorld {
  readonly timeline = new Timeline();
  readonly tally: RivalTally = { swaps: 0, loads: 0, pinReloads: -1, waitsMs: [] };
  readonly #policy: RivalPolicy;
  readonly #models: readonly RivalModel[];
  readonly #capacityBytes: number;
  readonly #loaded = new Map<string, Loaded>();
  #queue: Waiting[] = [];
  /** The goroutine: what it is doing for the head of the queue. */
  #head: Waiting | null = null;
  #victim: Loaded | null = null;
  #busy = false;
  #evicted = false;

  constructor(policy: RivalPolicy, models: readonly RivalModel[], capacityBytes: number) {
    this.#policy = policy;
    this.#models = models;
    this.#capacityBytes = capacityBytes;
  }

  plan(demands: readonly Demand[]): void {
    const voice = this.#models.find((model) => model.role === "voice");
    if (voice !== undefined) this.#request({ demand: { atMs: 0, role: "voice", serviceMs: 0 }, model: voice });
    for (const demand of demands) {
      const model = this.#models.find((it) => it.role === demand.role);
      if (model !== undefined) this.timeline.at(demand.atMs, () => this.#request({ demand, model }));
    }
  }

  #request(waiting: Waiting): void {
    const loaded = this.#loaded.get(waiting.model.id);
    if (loaded !== undefined && !(this.#policy.closes && loaded === this.#victim)) return this.#serve(waiting, loaded);
    this.#queue.push(waiting);
    this.#turn();
  }

  #serve({ demand }: Waiting, loaded: Loaded): void {
    if (demand.role !== "voice") this.tally.waitsMs.push(this.timeline.nowMs - demand.atMs);
    loaded.busy += 1;
    loaded.uses += 1;
    loaded.usedMs = this.timeline.nowMs;
    this.timeline.after(demand.serviceMs, () => {
      loaded.busy -= 1;
      loaded.usedMs = this.timeline.nowMs;
      this.#startIdleTimer(loaded);
      this.#turn();
    });
  }

  #startIdleTimer(loaded: Loaded): void {
    if (!this.#policy.expires || loaded.busy > 0 || loaded.model.keepAliveMs === Number.POSITIVE_INFINITY) return;
    const { uses } = loaded;
    this.timeline.after(loaded.model.keepAliveMs, () => {
      if (loaded.busy === 0 && loaded.uses === uses && this.#loaded.get(loaded.model.id) === loaded) {
        this.#loaded.delete(loaded.model.id);
        this.#turn();
      }
    });
  }

  /** One look by the goroutine. */
  #turn(): void {
    while (!this.#busy) {
      this.#head ??= this.#queue.shift() ?? null;
      if (this.#head === null) return;
      const { model } = this.#head;
      const loaded = this.#loaded.get(model.id);
      if (loaded !== undefined) {
        this.#serve(this.#head, loaded);
        this.#head = null;
        continue;
      }
      if (this.#fits(model)) return this.#load(model);
      this.#victim ??= this.#choose();
      if (this.#victim === null || this.#victim.busy > 0) return;
      this.#evict(this.#victim);
    }
  }

  #fits(model: RivalModel): boolean {
    const takenBytes = [...this.#loaded.values()].reduce((sum, it) => sum + it.model.bytes, 0);
    const freeBytes = this.#capacityBytes - takenBytes;
    const share = this.#loaded.size > 0 ? this.#policy.preflightShare : 1;
    return model.bytes <= share * freeBytes;
  }

  #choose(): Loaded | null {
    const all = [...this.#loaded.values()].filter((it) => !(this.#policy.pins && it.model.role === "voice"));
    const sorted = all.sort(this.#policy.order);
    return sorted.find((it) => it.busy === 0) ?? sorted[0] ?? null;
  }

  #evict(victim: Loaded): void {
    this.#busy = true;
    this.#victim = null;
    this.#loaded.delete(victim.model.id);
    this.#evicted = true;
    this.timeline.after(victim.model.unloadMs, () => {
      this.#busy = false;
      this.#turn();
    });
  }

  #load(model: RivalModel): void {
    this.#busy = true;
    if (model.role === "voice") this.tally.pinReloads += 1;
    else this.tally.loads += 1;
    if (this.#evicted) this.tally.swaps += 1;
    this.#evicted = false;
    this.timeline.after(model.loadMs, () => {
      this.#busy = false;
      const loaded: Loaded = { model, busy: 0, usedMs: this.timeline.nowMs, uses: 0 };
      this.#loaded.set(model.id, loaded);
      this.#victim = null;
      const head = this.#head;
      this.#head = null;
      if (head !== null) this.#serve(head, loaded);
      if (this.#policy.joins) {
        const joining = this.#queue.filter((it) => it.model.id === model.id);
        this.#queue = this.#queue.filter((it) => it.model.id !== model.id);
        for (const waiting of joining) this.#serve(waiting, loaded);
      }
      this.#turn();
    });
  }
}
