import type { Clock } from "../../../models/clock.ts";
import { isOver, type Job } from "../job.ts";
import { keptJobs } from "../jobs/job-store.ts";
import { JobStoreError } from "../jobs/job-store-error.ts";
import { type JobEvent, stepJob } from "../jobs/step-job.ts";

/** Keeps jobs over restarts; everything is on the disk when a call returns. */
export interface JobKeeper {
  /** Oldest first. */
  jobs(): readonly Job[];
  /** @throws Error of one sentence when it cannot be kept. */
  save(job: Job, step: { readonly detail: string; readonly predictedMs: number | null }): void;
}

export interface JobBookOptions {
  readonly keeper: JobKeeper;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** What the coder takes to come up, as far as anybody knows. */
  readonly loadMs: () => number | null;
}

/** Told of every change of a job; of no event when only what its agent is seen doing has changed. */
export type JobWatcher = (job: Job, event: JobEvent | null) => void;

export const unknownJob = "There is no such job.";

/**
 * What may only happen once it is kept: work that is counted, a yes, and a yes taken back. Everything else has happened, or stops
 * something; it counts at once, and is kept as soon as the disk takes it. After a crash before that, the earlier step is done again.
 */
const keptFirst: ReadonlySet<JobEvent["type"]> = new Set(["begin-loading", "approved", "undo-begun"]);

/** All coding jobs, and the one place where they change. */
export class JobBook {
  readonly #options: JobBookOptions;
  readonly #jobs = new Map<string, Job>();
  /** Jobs that changed while the disk took nothing, and how. */
  readonly #unkept = new Map<string, JobEvent>();
  readonly #watchers = new Set<JobWatcher>();

  constructor(options: JobBookOptions) {
    this.#options = options;
    for (const job of options.keeper.jobs()) this.#jobs.set(job.id, job);
  }

  /** Oldest first. */
  get jobs(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  get(jobId: string): Job | undefined {
    return this.#jobs.get(jobId);
  }

  get nowMs(): number {
    return this.#options.clock.today().getTime();
  }

  /** @throws Error of one sentence when it cannot be kept. */
  add(job: Job): void {
    this.#save(job, null);
    this.#put(job, null);
  }

  /** @returns null, or a sentence that says why nothing was changed. */
  step(jobId: string, event: JobEvent): string | null {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return unknownJob;
    const next = stepJob(job, event, this.nowMs);
    if ("refused" in next) return next.refused;
    try {
      this.#save(next, event);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log(`jobs: ${why}`);
      // Another process works on it, and knows nothing of what would be said here.
      const isOthers = error instanceof JobStoreError && error.code === "read-only";
      if (isOthers || keptFirst.has(event.type)) return why;
      this.#unkept.set(jobId, event);
    }
    this.#put(next, event);
    return null;
  }

  /** Tries once more to keep what could not be kept. */
  catchUp(): void {
    for (const [jobId, event] of this.#unkept) {
      const job = this.#jobs.get(jobId);
      if (job === undefined) this.#unkept.delete(jobId);
      else if (!this.#tryToSave(job, event)) return;
    }
  }

  watch(watcher: JobWatcher): Disposable {
    this.#watchers.add(watcher);
    return {
      [Symbol.dispose]: () => {
        this.#watchers.delete(watcher);
      },
    };
  }

  tell(job: Job, event: JobEvent | null): void {
    for (const watcher of [...this.#watchers]) watcher(job, event);
  }

  #put(job: Job, event: JobEvent | null): void {
    this.#jobs.set(job.id, job);
    if (this.#unkept.size > 0 && !this.#unkept.has(job.id)) this.catchUp();
    if (isOver(job)) this.#forgetOld();
    this.tell(job, event);
  }

  /** As the keeper does. */
  #forgetOld(): void {
    for (const job of this.jobs.slice(0, -keptJobs)) if (isOver(job)) this.#jobs.delete(job.id);
  }

  #tryToSave(job: Job, event: JobEvent): boolean {
    try {
      this.#save(job, event);
      return true;
    } catch {
      return false;
    }
  }

  #save(job: Job, event: JobEvent | null): void {
    const predictedMs = job.state.status === "loading" ? this.#options.loadMs() : null;
    this.#options.keeper.save(job, { detail: event?.type ?? "asked", predictedMs });
    this.#unkept.delete(job.id);
  }
}
