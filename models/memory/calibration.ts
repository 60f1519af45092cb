import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { LoadOptions, ModelFacts, Share } from "../servers/model-server.ts";
import { footprint, type Target } from "./footprint.ts";
import { emptyFit, expectedLoadMs, type LoadFit, type StorageTier, withLoad } from "./load-time.ts";

/** A load as it went. */
export interface LoadRecord {
  readonly facts: ModelFacts;
  readonly options: LoadOptions;
  readonly server: string;
  /** What it takes in memory; undefined when nobody could tell. */
  readonly shares: readonly Share[] | undefined;
  readonly loadMs: number;
  readonly tier: StorageTier;
  /** The part of the file that lay in the page cache before, 0 to 1. */
  readonly cachedShare: number;
}

export interface KnownFootprint {
  readonly shares: readonly Share[];
  /** `measured`: by the loads before. `estimate`: from the header. `file-size`: there is nothing better. */
  readonly source: "measured" | "estimate" | "file-size";
}

export interface CalibrationOptions {
  /** Where `calibration.db` lies, or is made. */
  readonly folder: string;
  readonly clock: Clock;
  /** Told in one line when an earlier calibration was lost. */
  readonly complain: (message: string) => void;
}

type Connection = InstanceType<typeof Database>;

const fileName = "calibration.db";
/** Of one model with the same options, the largest of so many last loads counts. */
const countedLoads = 5;
/** Loads that the load-time fit begins with; older ones say little of this machine. */
const fittedLoads = 200;
const keptLoads = 2_000;

const LoadRow = z.object({
  tier: z.enum(["nvme", "sata", "disk", "unknown"]),
  file_bytes: z.number(),
  cached_share: z.number(),
  load_ms: z.number(),
});
const SharesRow = z.object({ shares: z.string() });
const Shares = z.array(z.object({ pool: z.string(), bytes: z.number().nonnegative() })).min(1);

/** Remembers what loads took, over restarts; what was measured is believed rather than what was estimated. */
export class Calibration implements Disposable {
  readonly #database: Connection;
  readonly #clock: Clock;
  readonly #fits = new Map<StorageTier, LoadFit>();

  /** A damaged file is set aside; where none can be written, the memory of it ends with the process. */
  static open({ folder, clock, complain }: CalibrationOptions): Calibration {
    const path = join(folder, fileName);
    try {
      mkdirSync(folder, { recursive: true });
      return new Calibration(opened(path), clock);
    } catch (error) {
      const aside = `${path}.damaged-${clock.today().getTime()}`;
      try {
        renameSync(path, aside);
        complain(`What loads took before is lost: ${path} is damaged (${reason(error)}). It lies at ${aside} now.`);
        return new Calibration(opened(path), clock);
      } catch {
        complain(
          `What loads take is forgotten when Sotto ends: ${path} cannot be written (${reason(error)}). Check the folder.`,
        );
        return new Calibration(opened(":memory:"), clock);
      }
    }
  }

  private constructor(database: Connection, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    const rows = database
      .prepare("SELECT tier, file_bytes, cached_share, load_ms FROM loads ORDER BY id DESC LIMIT ?")
      .all(fittedLoads);
    for (const row of rows.toReversed()) {
      const load = LoadRow.safeParse(row);
      if (load.success) this.#learn(load.data.tier, load.data.file_bytes, load.data.cached_share, load.data.load_ms);
    }
  }

  remember({ facts, options, server, shares, loadMs, tier, cachedShare }: LoadRecord): void {
    this.#database
      .prepare(
        `INSERT INTO loads (at, blob, options, server, shares, file_bytes, cached_share, tier, load_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        this.#clock.today().toISOString(),
        facts.blob,
        optionsKey(options),
        server,
        shares === undefined ? null : JSON.stringify(shares),
        facts.fileBytes,
        cachedShare,
        tier,
        loadMs,
      );
    this.#database.prepare("DELETE FROM loads WHERE id <= (SELECT max(id) FROM loads) - ?").run(keptLoads);
    this.#learn(tier, facts.fileBytes, cachedShare, loadMs);
  }

  /** Memory that a load will take. `server` is the one it runs on: another one measures otherwise. */
  footprintOf(
    facts: ModelFacts,
    options: LoadOptions,
    at: { readonly server: string; readonly target: Target },
  ): KnownFootprint {
    const measured = this.#measured(facts.blob, options, at.server);
    if (measured !== undefined) return { shares: measured, source: "measured" };
    if (facts.shape !== undefined) {
      return { shares: footprint(facts.shape, options, at.target).shares, source: "estimate" };
    }
    return { shares: bySize(facts.fileBytes, options, at.target), source: "file-size" };
  }

  /** How long a load will take when `cachedShare` of its file is in the page cache. */
  predictLoadMs(facts: ModelFacts, from: { readonly tier: StorageTier; readonly cachedShare: number }): number {
    return expectedLoadMs(this.#fit(from.tier), bytesOf(facts.fileBytes, from.cachedShare));
  }

  [Symbol.dispose](): void {
    if (this.#database.open) this.#database.close();
  }

  #measured(blob: string, options: LoadOptions, server: string): readonly Share[] | undefined {
    const rows = this.#database
      .prepare(
        `SELECT shares FROM loads WHERE blob = ? AND options = ? AND server = ? AND shares IS NOT NULL
         ORDER BY id DESC LIMIT ?`,
      )
      .all(blob, optionsKey(options), server, countedLoads);
    const loads = rows.flatMap((row) => {
      const text = SharesRow.safeParse(row);
      const shares = Shares.safeParse(text.success ? jsonOf(text.data.shares) : undefined);
      return shares.success ? [shares.data] : [];
    });
    const total = (shares: readonly Share[]): number => shares.reduce((sum, share) => sum + share.bytes, 0);
    return loads.toSorted((a, b) => total(b) - total(a))[0];
  }

  #learn(tier: StorageTier, fileBytes: number, cachedShare: number, loadMs: number): void {
    if (fileBytes > 0 && loadMs > 0) {
      this.#fits.set(tier, withLoad(this.#fit(tier), { tier, ...bytesOf(fileBytes, cachedShare), loadMs }));
    }
  }

  #fit(tier: StorageTier): LoadFit {
    return this.#fits.get(tier) ?? emptyFit(tier);
  }
}

/** @throws Error when the file is not a database, or cannot be made. */
function opened(path: string): Connection {
  const database = new Database(path);
  try {
    database.exec(`CREATE TABLE IF NOT EXISTS loads (
      id INTEGER PRIMARY KEY, at TEXT NOT NULL, blob TEXT NOT NULL, options TEXT NOT NULL, server TEXT NOT NULL, shares TEXT,
      file_bytes REAL NOT NULL, cached_share REAL NOT NULL, tier TEXT NOT NULL, load_ms REAL NOT NULL
    ); CREATE INDEX IF NOT EXISTS loads_by_blob ON loads (blob, options, server);`);
    database.prepare("SELECT tier, file_bytes, cached_share, load_ms, shares FROM loads LIMIT 1").all();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Threads change no memory, so they are left out. */
function optionsKey({ contextTokens, sequences, kvType, batchTokens, gpuLayers }: LoadOptions): string {
  return JSON.stringify([contextTokens, sequences, kvType, batchTokens, gpuLayers]);
}

function bytesOf(fileBytes: number, cachedShare: number): { storageBytes: number; cachedBytes: number } {
  const cachedBytes = fileBytes * Math.min(1, Math.max(0, cachedShare));
  return { storageBytes: fileBytes - cachedBytes, cachedBytes };
}

const gib = 1024 ** 3;

/** A fifth for the cache and buffers, and half a gigabyte for the process: on the safe side for 4k to 8k tokens of context. */
function bySize(fileBytes: number, { gpuLayers }: LoadOptions, target: Target): readonly Share[] {
  const bytes = Math.ceil(fileBytes * 1.2 + gib / 2);
  if (target.gpus.length === 0 || gpuLayers === 0) return [{ pool: target.hostPool, bytes }];
  return target.gpus.map(({ pool, part }) => ({ pool, bytes: Math.ceil(bytes * part) }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
