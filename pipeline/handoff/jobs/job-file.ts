import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { z } from "zod";
import type { Clock } from "../../../models/clock.ts";
import { isBusy, isDamage, JobStoreError, jobStoreError } from "./job-store-error.ts";

export interface JobFileOptions {
  /** Where `jobs.db` lies, or is made. */
  readonly folder: string;
  readonly clock: Clock;
  /** Told in one line when earlier jobs were lost. */
  readonly complain: (message: string) => void;
  /** The file does not grow beyond this. */
  readonly mostBytes: number;
  /** Only to look: the right to write is left to others, and the file must be there. */
  readonly lookOnly?: boolean;
}

export type Connection = InstanceType<typeof Database>;

/** The open file of jobs; of all processes only one at a time may `write`. */
export interface JobFile extends Disposable {
  readonly path: string;
  readonly database: Connection;
  readonly access: "write" | "read";
}

const schemaVersion = 1;
const schema = `
  CREATE TABLE jobs (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, task TEXT NOT NULL, workspace TEXT NOT NULL,
    files TEXT NOT NULL, asked_by TEXT NOT NULL, asked_at REAL NOT NULL, state TEXT NOT NULL, since REAL NOT NULL,
    told INTEGER NOT NULL, attempts INTEGER NOT NULL, over INTEGER NOT NULL);
  CREATE TABLE steps (seq INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, status TEXT NOT NULL, at REAL NOT NULL,
    detail TEXT NOT NULL, predicted_ms REAL, actual_ms REAL);
  CREATE INDEX steps_by_job ON steps (job, seq);
  CREATE TABLE blobs (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);
  PRAGMA user_version = ${schemaVersion};`;
const shape = [
  "SELECT seq, id, task, workspace, files, asked_by, asked_at, state, since, told, attempts, over FROM jobs LIMIT 1",
  "SELECT seq, job, status, at, detail, predicted_ms, actual_ms FROM steps LIMIT 1",
  "SELECT hash, bytes FROM blobs LIMIT 1",
];
const pageBytes = 4_096;
/** How long a process waits for another one that is just setting the file up. */
const busyMs = 2_000;

/**
 * A damaged file is set aside, and said so. Whoever comes second may only read.
 * @throws JobStoreError when there is no way to keep jobs, or they are of a newer Sotto
 */
export function openJobFile({ folder, clock, complain, mostBytes, lookOnly = false }: JobFileOptions): JobFile {
  const path = join(folder, "jobs.db");
  let lock: Connection | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    lock = lookOnly ? undefined : lockOf(folder);
    const database = lock === undefined ? readable(path) : writableAfterDamage(path, clock, complain);
    if (lock !== undefined) database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(mostBytes / pageBytes))}`);
    return {
      path,
      database,
      access: lock === undefined ? "read" : "write",
      [Symbol.dispose]: () => {
        if (database.open) database.close();
        if (lock?.open) lock.close();
      },
    };
  } catch (error) {
    if (lock?.open) lock.close();
    throw jobStoreError(error, path);
  }
}

/** Held as a transaction that never ends: the system lets go of it when the process dies, however it dies. Undefined: another has it. */
function lockOf(folder: string): Connection | undefined {
  const lock = new Database(join(folder, "jobs.lock"));
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) return;
    throw error;
  }
}

function writableAfterDamage(path: string, clock: Clock, complain: (message: string) => void): Connection {
  try {
    return writable(path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = `${path}.damaged-${clock.today().getTime()}`;
    for (const part of ["", "-wal", "-shm"]) {
      if (existsSync(`${path}${part}`)) renameSync(`${path}${part}`, `${aside}${part}`);
    }
    complain(`Earlier coding jobs are lost: ${path} is damaged. It lies at ${aside} now.`);
    return writable(path);
  }
}

function writable(path: string): Connection {
  makePrivate(path);
  return opened(path, (database) => {
    // Every change is on the disk before anybody acts on it.
    database.exec(`PRAGMA busy_timeout = ${busyMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
    if (versionOf(database) === 0 && isEmpty(database)) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`);
    checked(database, path);
    const [sound] = database.prepare("PRAGMA quick_check(1)").all();
    if (!z.object({ quick_check: z.literal("ok") }).safeParse(sound).success) throw damaged(path);
  });
}

/** The file holds what is in people's projects. SQLite gives those that it puts beside it the same rights. */
function makePrivate(path: string): void {
  closeSync(openSync(path, "a", 0o600));
  for (const part of ["", "-wal", "-shm"]) if (existsSync(`${path}${part}`)) chmodSync(`${path}${part}`, 0o600);
}

function readable(path: string): Connection {
  return opened(path, (database) => {
    database.exec(`PRAGMA busy_timeout = ${busyMs}; PRAGMA query_only = ON`);
    checked(database, path);
  });
}

function opened(path: string, prepare: (database: Connection) => void): Connection {
  const database = new Database(path);
  try {
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @throws JobStoreError when these are not the tables that this Sotto knows */
function checked(database: Connection, path: string): void {
  const version = versionOf(database);
  if (version > schemaVersion) {
    throw new JobStoreError(
      "newer",
      `The jobs in ${path} are of a newer Sotto. Update this one, or set SOTTO_HOME to another folder.`,
    );
  }
  try {
    for (const query of shape) database.prepare(query).all();
  } catch (error) {
    throw isBusy(error) ? error : damaged(path, error);
  }
}

function damaged(path: string, cause?: unknown): JobStoreError {
  return new JobStoreError("damaged", `The jobs in ${path} are damaged. Start Sotto again.`, { cause });
}

function versionOf(database: Connection): number {
  return z.object({ user_version: z.number() }).parse(database.prepare("PRAGMA user_version").get()).user_version;
}

function isEmpty(database: Connection): boolean {
  return database.prepare("SELECT name FROM sqlite_master LIMIT 1").all().length === 0;
}
