import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { TalkFailure } from "./talk-options.ts";

const shortChars = 6;

/** Enough of a job's id to name it by in a command. */
export function shortId(id: string): string {
  return bare(id).slice(0, shortChars);
}

/**
 * The job that somebody means by an id, or by the beginning of one.
 * @throws TalkFailure when there is none, or more than one
 */
export function jobNamed(jobs: readonly JobView[], given: string): JobView {
  const same = jobs.find(({ id }) => id === given);
  if (same !== undefined) return same;
  const wanted = bare(given);
  const found = wanted === "" ? [] : jobs.filter(({ id }) => bare(id).startsWith(wanted));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new TalkFailure(
    found.length > 1
      ? `"${given}" is the beginning of ${found.length} jobs; give more of it. \`sotto jobs\` lists them.`
      : `There is no job "${given}". \`sotto jobs\` lists them.`,
  );
}

function bare(id: string): string {
  return id.replace(/^job_/, "");
}
