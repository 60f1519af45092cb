import type { Clock } from "../../../models/clock.ts";
import type { Job } from "../job.ts";
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

/** All coding jobs, and the one place where they change. */
export class JobBook {
  readonly #options: JobBookOptions;
  readonly #jobs = new Map<string, Job>();
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
    this.#keep(job, null);
  }

  /** @returns null, or a sentence that says why nothing was changed. */
  step(jobId: string, event: JobEvent): string | null {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return unknownJob;
    const next = stepJob(job, event, this.nowMs);
    if ("refused" in next) return next.refused;
    try {
      this.#keep(next, event);
      return null;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log(`jobs: ${why}`);
      return why;
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

  #keep(job: Job, event: JobEvent | null): void {
    const predictedMs = job.state.status === "loading" ? this.#options.loadMs() : null;
    // On the disk first: what anybody was told of is not forgotten.
    this.#options.keeper.save(job, { detail: event?.type ?? "asked", predictedMs });
    this.#jobs.set(job.id, job);
    this.tell(job, event);
  }
}
