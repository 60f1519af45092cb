import { createHash } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../../models/clock.ts";
import type { Blobs } from "../change-set.ts";
import { isOver, type Job, type JobStatus } from "../job.ts";
import { type JobFile, openJobFile } from "./job-file.ts";
import { jobColumns, jobOfRow, rowOfJob } from "./job-rows.ts";
import { JobStoreError, jobStoreError } from "./job-store-error.ts";

export interface JobStoreOptions {
  /** Where `jobs.db` lies, or is made. */
  readonly folder: string;
  readonly clock: Clock;
  /** Told in one line what was lost. */
  readonly complain: (message: string) => void;
  /** Jobs, with the files that they changed, take at most so much. */
  readonly mostBytes?: number;
  /** Only to look, also while another process works on them; they must be there. */
  readonly lookOnly?: boolean;
}

/** A state that a job was in. Times are milliseconds. */
export interface JobStep {
  readonly status: string;
  /** Wall clock. */
  readonly atMs: number;
  readonly detail: string;
  readonly predictedMs: number | null;
  /** Null while the job is in it. */
  readonly actualMs: number | null;
}

/** Of jobs that are over, those among the last so many are kept. */
export const keptJobs = 50;
const defaultMostBytes = 2 * 1024 ** 3;
/** In these, files may have been put that no row speaks of yet. */
const atWork: ReadonlySet<JobStatus> = new Set(["loading", "reading", "proposing"]);

const stepRow = z.object({
  seq: z.number(),
  status: z.string(),
  at: z.number(),
  detail: z.string(),
  predicted_ms: z.number().nullable(),
  actual_ms: z.number().nullable(),
});
const hashRow = z.object({ hash: z.string() });
const bytesRow = z.object({ bytes: z.instanceof(ArrayBuffer) });

/** All coding jobs, the steps they took, and the bytes of the files they change. What was kept is there after a crash. */
export class JobStore implements Blobs, Disposable {
  readonly #file: JobFile;

  /** @throws JobStoreError with a sentence: the disk is full, the folder cannot be written, or the jobs are of a newer Sotto */
  static open({ mostBytes = defaultMostBytes, ...options }: JobStoreOptions): JobStore {
    const file = openJobFile({ ...options, mostBytes });
    try {
      const store = new JobStore(file);
      if (file.access === "write") store.#mend(options.complain);
      return store;
    } catch (error) {
      file[Symbol.dispose]();
      throw jobStoreError(error, file.path);
    }
  }

  private constructor(file: JobFile) {
    this.#file = file;
  }

  /** `read` while another process works on the jobs. */
  get access(): "write" | "read" {
    return this.#file.access;
  }

  /** Oldest first. */
  jobs(): readonly Job[] {
    return this.#do(() =>
      this.#file.database
        .prepare(`SELECT ${jobColumns} FROM jobs ORDER BY seq`)
        .all()
        .flatMap((raw) => {
          const read = jobOfRow(raw);
          return read.row === "unreadable" ? [] : [read.job];
        }),
    );
  }

  job(id: string): Job | undefined {
    return this.#do(() => {
      const read = jobOfRow(this.#file.database.prepare(`SELECT ${jobColumns} FROM jobs WHERE id = ?`).get(id));
      return read.row === "unreadable" ? undefined : read.job;
    });
  }

  /**
   * Keeps a job as it is now, and the step when it is a new one. On the disk when it returns.
   * @throws JobStoreError, and then nothing of it was kept
   */
  save(
    job: Job,
    { detail = "", predictedMs = null }: { readonly detail?: string; readonly predictedMs?: number | null } = {},
  ): void {
    this.#change(() => {
      const row = rowOfJob(job);
      this.#file.database
        .prepare(
          `INSERT INTO jobs (${jobColumns}, over) VALUES (${row.map(() => "?").join(", ")}, ?)
           ON CONFLICT (id) DO UPDATE SET state = excluded.state, since = excluded.since, told = excluded.told,
             attempts = excluded.attempts, over = excluded.over, files = excluded.files`,
        )
        .run(...row, isOver(job) ? 1 : 0);
      this.#keepStep(job, detail, predictedMs);
      if (isOver(job)) this.#removeOld();
    });
  }

  /** Oldest first. */
  steps(jobId: string): readonly JobStep[] {
    return this.#do(() => this.#steps(jobId)).map(({ status, at, detail, predicted_ms, actual_ms }) => ({
      status,
      atMs: at,
      detail,
      predictedMs: predicted_ms,
      actualMs: actual_ms,
    }));
  }

  put(bytes: Uint8Array): string {
    const hash = hashOf(bytes);
    this.#change(() => {
      this.#file.database.prepare("INSERT OR IGNORE INTO blobs (hash, bytes) VALUES (?, ?)").run(hash, bytes);
    });
    return hash;
  }

  get(hash: string): Uint8Array {
    const row = this.#do(() => this.#file.database.prepare("SELECT bytes FROM blobs WHERE hash = ?").all(hash))[0];
    const parsed = bytesRow.safeParse(row);
    if (!parsed.success) throw new JobStoreError("damaged", "A file of this job is no longer there. Ask for it again.");
    const bytes = new Uint8Array(parsed.data.bytes);
    if (hashOf(bytes) === hash) return bytes;
    throw new JobStoreError("damaged", "A file of this job is damaged. Ask for it again.");
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #keepStep(job: Job, detail: string, predictedMs: number | null): void {
    const { database } = this.#file;
    const last = this.#steps(job.id).at(-1);
    if (last !== undefined && last.status === job.state.status && last.at === job.sinceMs) return;
    if (last !== undefined) {
      database
        .prepare("UPDATE steps SET actual_ms = ? WHERE seq = ?")
        .run(Math.max(0, job.sinceMs - last.at), last.seq);
    }
    database
      .prepare("INSERT INTO steps (job, status, at, detail, predicted_ms) VALUES (?, ?, ?, ?, ?)")
      .run(job.id, job.state.status, job.sinceMs, detail, predictedMs);
  }

  #steps(jobId: string): readonly z.output<typeof stepRow>[] {
    return this.#file.database
      .prepare("SELECT seq, status, at, detail, predicted_ms, actual_ms FROM steps WHERE job = ? ORDER BY seq")
      .all(jobId)
      .flatMap((raw) => {
        const row = stepRow.safeParse(raw);
        return row.success ? [row.data] : [];
      });
  }

  /** Jobs beyond the last ones, and bytes that no job needs. */
  #removeOld(): void {
    const { database } = this.#file;
    database
      .prepare("DELETE FROM jobs WHERE over = 1 AND seq NOT IN (SELECT seq FROM jobs ORDER BY seq DESC LIMIT ?)")
      .run(keptJobs);
    database.exec("DELETE FROM steps WHERE job NOT IN (SELECT id FROM jobs)");
    const jobs = this.jobs();
    if (jobs.some(({ state }) => atWork.has(state.status))) return;
    const needed = new Set(jobs.flatMap(hashesOf));
    const remove = database.prepare("DELETE FROM blobs WHERE hash = ?");
    for (const raw of database.prepare("SELECT hash FROM blobs").all()) {
      const row = hashRow.safeParse(raw);
      if (row.success && !needed.has(row.data.hash)) remove.run(row.data.hash);
    }
  }

  /** After a crash: a job of which too much is lost has failed, so that nobody waits for it. */
  #mend(complain: (message: string) => void): void {
    const rows = this.#file.database.prepare(`SELECT seq, ${jobColumns} FROM jobs`).all();
    for (const raw of rows) {
      const read = jobOfRow(raw);
      if (read.row === "whole") continue;
      if (read.row === "damaged") {
        complain(`A coding job is damaged and has failed: ${read.job.task}`);
        this.save(read.job);
      } else {
        complain("A coding job is lost: nothing of it can be read.");
        const { seq } = z.object({ seq: z.number() }).parse(raw);
        this.#change(() => this.#file.database.prepare("DELETE FROM jobs WHERE seq = ?").run(seq));
      }
    }
  }

  #change(change: () => void): void {
    if (this.#file.access === "read") {
      throw new JobStoreError("read-only", "Another Sotto works on these jobs. Close it first, or ask that one.");
    }
    const { database } = this.#file;
    this.#do(() => {
      database.exec("BEGIN IMMEDIATE");
      try {
        change();
        database.exec("COMMIT");
      } catch (error) {
        // SQLite may have rolled back already, such as when the disk is full.
        if (database.inTransaction) database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  #do<T>(what: () => T): T {
    try {
      return what();
    } catch (error) {
      throw jobStoreError(error, this.#file.path);
    }
  }
}

function hashesOf({ state }: Job): readonly string[] {
  const files = ("proposal" in state ? state.proposal?.change.files : undefined) ?? [];
  return files.flatMap(({ oldHash, newHash }) => [oldHash, newHash]).filter((hash) => hash !== null);
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
