import type { JobRequest, JobView } from "../../pipeline/realtime/job-events.ts";
import { isOver } from "../job-list.ts";
import type { TalkState } from "../talk-state.ts";
import type { JobLine } from "./job-line.ts";
import type { JobDeed, JobShelf } from "./job-shelf.ts";

/** The jobs of a running service. */
export function serviceShelf(line: JobLine): JobShelf {
  return {
    jobs: () => line.state.jobs,
    // The service tells where a job stands, not where it stood.
    steps: () => [],
    act: async (deed, job, signal) => {
      const request = requestFor(deed, job);
      if (request === null) return "This job waits for nobody's yes. See `sotto jobs`.";
      const asked = await line.ask(
        request,
        (state) => (isDone(deed, job, jobIn(state, job)) ? true : undefined),
        signal,
      );
      if (!asked.ok) return asked.why;
      return await line.until((state) => ended(jobIn(state, job)), signal);
    },
  };
}

function requestFor(deed: JobDeed, { id, approval }: JobView): JobRequest | null {
  switch (deed) {
    case "approve":
      return approval === null ? null : { type: "sotto.job.approve", approval_id: approval.id, how: "key" };
    case "reject":
      return { type: "sotto.job.reject", job_id: id };
    case "cancel":
      return { type: "sotto.job.cancel", job_id: id };
    case "undo":
      return { type: "sotto.job.undo", job_id: id };
  }
}

/** What was so before was not done by this; the service says so. */
function isDone(deed: JobDeed, before: JobView, now: JobView | undefined): boolean {
  return now !== undefined && !isSo(deed, before) && isSo(deed, now);
}

function isSo(deed: JobDeed, { status, approval, undo }: JobView): boolean {
  switch (deed) {
    case "approve":
      return approval === null;
    case "reject":
      return status === "rejected";
    case "cancel":
      return status === "cancelled";
    case "undo":
      return undo === "undone";
  }
}

function ended(job: JobView | undefined): JobView | undefined {
  return job !== undefined && isOver(job) ? job : undefined;
}

function jobIn({ jobs }: TalkState, { id }: JobView): JobView | undefined {
  return jobs.find((job) => job.id === id);
}
