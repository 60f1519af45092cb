import { freemem } from "node:os";
import type { Clock } from "../clock.ts";
import { Calibration } from "../memory/calibration.ts";
import type { Target } from "../memory/footprint.ts";
import { gpuEnvironment } from "../memory/gpu-device.ts";
import type { StorageTier } from "../memory/load-time.ts";
import { Machine, type MachinePool } from "../memory/machine.ts";
import { type MachineSources, thisMachine } from "../memory/machine-sources.ts";
import { cachedShare, storageTier } from "../memory/model-file.ts";
import { Prefetcher } from "../memory/prefetch.ts";
import type { LoadOptions, ModelFacts, Share } from "../servers/model-server.ts";
import { Journal } from "./journal.ts";
import type { Pool } from "./residency-state.ts";

export interface MemoryBooksOptions {
  /** Where the databases lie. */
  readonly folder: string;
  /** Of the system's memory, and of each GPU's, what is never given to models. */
  readonly reserveBytes: number;
  /** Most that models which are not pinned may take together, in each memory. */
  readonly slotBytes?: number;
  /** Where the machine's figures come from; this machine when left out. */
  readonly sources?: MachineSources;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** What a GPU's driver and the desktop need besides. */
const gpuReserveBytes = 512 * 1024 * 1024;
const probeEveryMs = 5_000;
/** Smaller changes of other programs' memory are noise. */
const noteworthyBytes = 64 * 1024 * 1024;
/** A process breathes; so much is not worth telling everybody. */
const weighableBytes = 16 * 1024 * 1024;

/** All that is known of this machine's memory: its pools, what loads took, and the journal. */
export class MemoryBooks implements Disposable {
  readonly journal: Journal;
  readonly target: Target;
  readonly pools: readonly Pool[];
  readonly #machine: Machine;
  readonly #sources: MachineSources;
  readonly #calibration: Calibration;
  readonly #prefetcher: Prefetcher;
  readonly #life = new AbortController();
  readonly #tiers = new Map<string, Promise<StorageTier>>();
  readonly #clock: Clock;
  readonly #weighed = new Map<() => number | undefined, number>();

  static async open(options: MemoryBooksOptions, signal: AbortSignal): Promise<MemoryBooks> {
    const { sources = thisMachine(options.clock) } = options;
    return new MemoryBooks(options, sources, await Machine.probe(sources, signal));
  }

  private constructor(options: MemoryBooksOptions, sources: MachineSources, machine: Machine) {
    const { folder, clock, log } = options;
    this.#machine = machine;
    this.#sources = sources;
    this.#clock = clock;
    this.#calibration = Calibration.open({ folder, clock, complain: log });
    this.journal = Journal.open({ folder, clock, complain: log });
    this.#prefetcher = new Prefetcher({ clock, roomBytes: () => freemem() - options.reserveBytes });
    this.pools = machine.pools.map((pool) => ({
      id: pool.id,
      capacityBytes: pool.capacityBytes,
      reserveBytes: Math.min(pool.capacityBytes / 4, pool.kind === "vram" ? gpuReserveBytes : options.reserveBytes),
      foreignBytes: 0,
      ...(options.slotBytes === undefined ? {} : { slotBytes: options.slotBytes }),
    }));
    this.target = targetOf(machine.pools);
  }

  /** What a process has to find in its environment to use these GPUs only; nothing where there are no others. */
  gpuEnvironment(pools: readonly string[]): Readonly<Record<string, string>> {
    const devices = this.#machine.pools.flatMap(({ id, device }) => (device === undefined ? [] : [{ id, device }]));
    const chosen = devices.filter(({ id }) => pools.includes(id));
    return devices.length === chosen.length ? {} : gpuEnvironment(chosen.map(({ device }) => device));
  }

  /** What loading it like this took before; undefined when it never was. */
  measured(facts: ModelFacts, options: LoadOptions, server: string): readonly Share[] | undefined {
    const known = this.#calibration.footprintOf(facts, options, { server, target: this.target });
    return known.source === "measured" ? known.shares : undefined;
  }

  async predictLoadMs(facts: ModelFacts, signal: AbortSignal): Promise<number> {
    const { path } = facts;
    const tier = await this.#tierOf(path);
    return this.#calibration.predictLoadMs(facts, { tier, cachedShare: await this.cachedShare(path, signal) });
  }

  /** Looked up once, before the first load: what a load took is then remembered at once, even when Sotto ends right after it. */
  #tierOf(path: string | undefined): Promise<StorageTier> {
    if (path === undefined) return Promise.resolve("unknown");
    const tier = this.#tiers.get(path) ?? storageTier(path, this.#sources);
    this.#tiers.set(path, tier);
    return tier;
  }

  /** The part of a file that lies in the page cache; nothing known counts as nothing cached. */
  async cachedShare(path: string | undefined, signal: AbortSignal): Promise<number> {
    return path === undefined ? 0 : ((await cachedShare(path, this.#sources, signal)) ?? 0);
  }

  async remember(load: {
    readonly facts: ModelFacts;
    readonly options: LoadOptions;
    readonly server: string;
    readonly shares: readonly Share[];
    readonly loadMs: number;
    readonly cachedShare: number;
  }): Promise<void> {
    const tier = await this.#tierOf(load.facts.path);
    if (!this.#life.signal.aborted) this.#calibration.remember({ ...load, tier });
  }

  /** Free memory of a pool, as its driver or the system tells now. */
  async freeBytes(pool: string, signal: AbortSignal): Promise<number | undefined> {
    return (await this.#machine.refresh(signal)).find(({ id }) => id === pool)?.freeBytes;
  }

  /** What other programs hold of a pool now, when so much of it is ours; undefined for a pool that is not this machine's. */
  async othersIn(id: string, oursBytes: number, signal: AbortSignal): Promise<number | undefined> {
    const pool = (await this.#machine.refresh(signal)).find((it) => it.id === id);
    return pool === undefined ? undefined : Math.max(0, pool.capacityBytes - pool.freeBytes - oursBytes);
  }

  /** Brings a file into the page cache, beside everything else. */
  warm(path: string): void {
    this.#prefetcher.prefetch(path, this.#life.signal).catch(() => undefined);
  }

  /** Watches what a process holds of the system's memory. @returns the bytes when it was last weighed; 0 before. */
  weigh(pid: () => number | undefined): () => number {
    this.#weighed.set(pid, 0);
    return () => this.#weighed.get(pid) ?? 0;
  }

  /** Tells, now and whenever it changed much, how much memory other programs hold. */
  watch(oursIn: (pool: string) => number, note: (pool: string, bytes: number) => void): void {
    const { signal } = this.#life;
    const noted = new Map<string, number>();
    const look = async (): Promise<void> => {
      for (;;) {
        for (const pool of await this.#machine.refresh(signal)) {
          const bytes = Math.max(0, pool.capacityBytes - pool.freeBytes - oursIn(pool.id));
          const before = noted.get(pool.id) ?? 0;
          if (Math.abs(bytes - before) < noteworthyBytes) continue;
          noted.set(pool.id, bytes);
          note(pool.id, bytes);
        }
        for (const [pid, before] of this.#weighed) {
          const bytes = await this.#hostBytes(pid(), signal);
          if (Math.abs(bytes - before) >= weighableBytes) this.#weighed.set(pid, bytes);
        }
        await this.#clock.sleep(probeEveryMs, signal);
      }
    };
    look().catch(() => undefined);
  }

  async #hostBytes(pid: number | undefined, signal: AbortSignal): Promise<number> {
    if (pid === undefined) return 0;
    const shares = await this.#machine.memoryOf(pid, signal);
    return shares.find(({ pool }) => pool === this.target.hostPool)?.bytes ?? 0;
  }

  /** Nothing is looked up or remembered any more. */
  get isClosed(): boolean {
    return this.#life.signal.aborted;
  }

  [Symbol.dispose](): void {
    this.#life.abort();
    this.#calibration[Symbol.dispose]();
    this.journal[Symbol.dispose]();
  }
}

function targetOf(pools: readonly MachinePool[]): Target {
  const host = pools.find(({ kind }) => kind !== "vram");
  const hostPool = host?.id ?? "ram";
  if (host?.kind === "unified") {
    return { hostPool, gpus: [{ pool: hostPool, part: 1, kind: "metal" }], runner: "embedded" };
  }
  const discrete = pools.filter(({ kind }) => kind === "vram");
  // llama.cpp computes on the GPUs of one maker at a time, and is asked for NVIDIA's first.
  const maker = discrete.find(({ device }) => device?.kind === "nvidia")?.device?.kind;
  const cards = discrete.filter(({ device }) => maker === undefined || device?.kind === maker);
  const all = cards.reduce((sum, { capacityBytes }) => sum + capacityBytes, 0);
  const gpus = cards.map(({ id, capacityBytes }) => ({
    pool: id,
    part: capacityBytes / all,
    kind: "discrete" as const,
  }));
  return { hostPool, gpus, runner: "embedded" };
}
