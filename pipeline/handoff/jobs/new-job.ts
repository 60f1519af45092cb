import type { Job } from "../job.ts";

/** A job as it is when it was asked for. @param at wall clock */
export function newJob(
  asked: Pick<Job, "id" | "task" | "workspace" | "files" | "askedBy">,
  at: { readonly nowMs: number },
): Job {
  const { id, task, workspace, files, askedBy } = asked;
  const { nowMs } = at;
  return {
    id,
    task,
    workspace,
    files,
    askedBy,
    askedAtMs: nowMs,
    state: { status: "queued" },
    sinceMs: nowMs,
    told: false,
    attempts: 0,
  };
}
