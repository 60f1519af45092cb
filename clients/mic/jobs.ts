import pico from "picocolors";
import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { realClock } from "../client-clock.ts";
import { visibleLine } from "../visible-text.ts";
import { JobLine } from "./job-line.ts";
import { jobNamed, shortId } from "./job-name.ts";
import type { JobDeed, JobShelf } from "./job-shelf.ts";
import { jobPicture, jobTable } from "./job-table.ts";
import { showText } from "./pager.ts";
import { serviceAddress } from "./service-address.ts";
import { serviceShelf } from "./service-shelf.ts";
import { jsonLine } from "./shown-text.ts";
import { TalkFailure, type TalkIo } from "./talk-options.ts";

export interface JobsRequest {
  readonly what: "list" | "show" | JobDeed;
  /** A job's id, or the beginning of one; undefined for the list, and for the last change that can be taken back. */
  readonly id: string | undefined;
  readonly json: boolean;
  /** Of the wall clock. */
  readonly nowMs: number;
}

/** Where the jobs are: with a service, or in its files. */
export type JobsAt =
  | { readonly at: "service"; readonly url: string; readonly token?: string | undefined }
  | { readonly at: "files"; readonly shelf: JobShelf };

/**
 * `sotto jobs` and `sotto undo`.
 * @returns the exit code: 0 when it was done, 1 with a line on stderr that says why not
 */
export async function jobs(request: JobsRequest, place: JobsAt, io: TalkIo): Promise<number> {
  const { signal = new AbortController().signal, clock = realClock } = io;
  try {
    if (place.at === "files") return await answer(request, place.shelf, io, signal);
    using line = new JobLine({ ...serviceAddress(place, io.env), clock });
    await line.ready(signal);
    return await answer(request, serviceShelf(line), io, signal);
  } catch (error) {
    if (signal.aborted) return 130;
    if (!(error instanceof TalkFailure)) throw error;
    io.stderr.write(`sotto: ${visibleLine(error.message)}\n`);
    return 1;
  }
}

async function answer(
  { what, id, json, nowMs }: JobsRequest,
  shelf: JobShelf,
  { stdout, env }: TalkIo,
  signal: AbortSignal,
): Promise<number> {
  const colours = pico.createColors(stdout.isTTY === true && pico.isColorSupported);
  const all = shelf.jobs();
  if (what === "list") {
    const newest = all.toSorted((a, b) => b.asked_at - a.asked_at);
    if (json) stdout.write(jsonLine(newest));
    else
      stdout.write(
        all.length === 0 ? 'No coding jobs yet. To begin one: sotto code "…"\n' : jobTable(all, nowMs, colours),
      );
    return 0;
  }
  const job = id === undefined ? lastUndoable(all) : jobNamed(all, id);
  if (what === "show") {
    const steps = shelf.steps(job.id);
    if (json) stdout.write(jsonLine({ ...job, steps }));
    else await showText(jobPicture(job, steps, { nowMs, colours }), stdout, env);
    return 0;
  }
  const after = await shelf.act(what, job, signal);
  if (typeof after === "string") throw new TalkFailure(after);
  if (json) stdout.write(jsonLine(after));
  // Somebody else may have been first.
  if (after.status === "failed" || (what === "approve" && after.status !== "done"))
    throw new TalkFailure(after.summary ?? "It was not applied. See `sotto jobs`.");
  if (!json) stdout.write(`${doneText(what, after)}\n`);
  return 0;
}

function lastUndoable(all: readonly JobView[]): JobView {
  const found = all.filter(({ undo }) => undo === "possible").toSorted((a, b) => b.since - a.since)[0];
  if (found === undefined) throw new TalkFailure("There is no change to take back. `sotto jobs` lists what was done.");
  return found;
}

function doneText(deed: JobDeed, job: JobView): string {
  const files = job.change?.files.map(({ path }) => visibleLine(path)).join(", ") ?? "";
  switch (deed) {
    case "approve":
      return `${visibleLine(job.summary ?? `Applied: ${files}.`)}\nTo take it back: sotto undo ${shortId(job.id)}`;
    case "reject":
      return "Rejected; nothing was changed.";
    case "cancel":
      return "Cancelled; nothing was changed.";
    case "undo":
      return `Taken back: ${files} as before.`;
  }
}
