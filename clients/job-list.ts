import type { JobView } from "../pipeline/realtime/job-events.ts";

/** As many jobs as anybody looks back at. */
const keptJobs = 50;

const endings: ReadonlySet<JobView["status"]> = new Set(["done", "rejected", "failed", "cancelled"]);

export function isOver({ status }: JobView): boolean {
  return endings.has(status);
}

/** Jobs newest first, with `job` in the place of what was known of it. */
export function withJob(jobs: readonly JobView[], job: JobView): readonly JobView[] {
  const others = jobs.filter(({ id }) => id !== job.id);
  const after = others.findIndex((other) => other.asked_at <= job.asked_at);
  const all = after < 0 ? [...others, job] : [...others.slice(0, after), job, ...others.slice(after)];
  if (all.length <= keptJobs) return all;
  const oldest = all.findLastIndex(isOver);
  return oldest < 0 ? all : all.filter((_, i) => i !== oldest);
}

/** What is still known in a new session: the service tells again of every job that goes on. */
export function endedJobs(jobs: readonly JobView[]): readonly JobView[] {
  return jobs.every(isOver) ? jobs : jobs.filter(isOver);
}

/**
 * How far this machine's clock is ahead of the service's, in milliseconds. A job that was seen to change has done so just now,
 * by either clock; until then they are taken to agree.
 */
export function clockLeadMs(
  leadMs: number,
  change: { readonly before: readonly JobView[]; readonly after: readonly JobView[] },
  nowMs: number,
): number {
  const changed = change.after.find((job) => {
    const known = change.before.find(({ id }) => id === job.id);
    return known !== undefined && known.since < job.since;
  });
  return changed === undefined ? leadMs : nowMs - changed.since;
}
