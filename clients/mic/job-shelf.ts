import type { JobView } from "../../pipeline/realtime/job-events.ts";

/** A state that a job was in. */
export interface ShownStep {
  readonly status: string;
  /** Milliseconds of the wall clock. */
  readonly atMs: number;
  /** Null while the job is in it. */
  readonly actualMs: number | null;
  readonly predictedMs: number | null;
}

/** What may be done with a job. */
export type JobDeed = "approve" | "reject" | "cancel" | "undo";

/** Where jobs are kept: a running service, or its files while none runs. */
export interface JobShelf {
  /** In any order. */
  jobs(): readonly JobView[];
  /** Oldest first; empty where nobody knows. */
  steps(jobId: string): readonly ShownStep[];
  /** @returns the job as it is after it, or a sentence that says why it was not done */
  act(deed: JobDeed, job: JobView, signal: AbortSignal): Promise<JobView | string>;
}
