import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { statusText } from "../job-text.ts";
import { visibleLine } from "../visible-text.ts";
import { shortId } from "./job-name.ts";
import type { ShownStep } from "./job-shelf.ts";
import { changeNotes, diffText } from "./shown-change.ts";
import { type Colours, shownText } from "./shown-text.ts";

const mostTaskChars = 48;
const mostFiles = 3;

/** A line for each job, newest first. @param nowMs of the wall clock */
export function jobTable(jobs: readonly JobView[], nowMs: number, colours: Colours): string {
  const rows = jobs.toSorted((a, b) => b.asked_at - a.asked_at).map((job) => row(job, nowMs));
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0))) ?? [];
  return rows
    .map((cells) => {
      const [id = "", status = "", ...others] = cells.map((cell, at) => cell.padEnd(widths[at] ?? 0));
      return `${[colours.bold(id), colours.cyan(status), ...others].join("  ").trimEnd()}\n`;
    })
    .join("");
}

/** All that is known of a job. */
export function jobPicture(
  job: JobView,
  steps: readonly ShownStep[],
  { nowMs, colours }: { readonly nowMs: number; readonly colours: Colours },
): string {
  const head = [
    `${colours.bold(shortId(job.id))}  ${colours.cyan(firstWords(job))}  ${ageText(nowMs - job.asked_at)} ago`,
    `${shownText(job.task, colours)}`,
    colours.dim(`in ${visibleLine(job.workspace)}`),
  ];
  const diff = job.change === null ? "" : `\n${diffText(job.change, colours)}\n${changeNotes(job, colours)}`;
  const summary = job.summary === null ? "" : `\n${visibleLine(job.summary)}\n`;
  const taken = steps.length === 0 ? "" : `\n${steps.map((step) => stepLine(step, nowMs)).join("")}`;
  return `${head.join("\n")}\n${diff}${taken}${summary}`;
}

function row(job: JobView, nowMs: number): readonly string[] {
  const files = job.change?.files.map(({ path }) => visibleLine(path)) ?? [];
  const more = files.length > mostFiles ? `, ${files.length - mostFiles} more` : "";
  return [
    shortId(job.id),
    firstWords(job),
    ageText(nowMs - job.asked_at),
    visibleLine(job.workspace.split(/[\\/]/).findLast(Boolean) ?? job.workspace),
    cut(visibleLine(job.task)),
    `${files.slice(0, mostFiles).join(", ")}${more}`,
  ];
}

/** "Rejected", of "Rejected: nothing was changed". */
function firstWords(job: JobView): string {
  return statusText(job).replace(/:.*/, "");
}

function stepLine({ status, atMs, actualMs, predictedMs }: ShownStep, nowMs: number): string {
  const took = actualMs === null ? `for ${ageText(nowMs - atMs)}` : ageText(actualMs);
  const thought = predictedMs === null ? "" : ` (expected ${ageText(predictedMs)})`;
  return `  ${status.padEnd(18)} ${took}${thought}\n`;
}

/** "450 ms", "12 s", "5 min", "3 h", "4 days" */
function ageText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

function cut(text: string): string {
  return text.length <= mostTaskChars ? text : `${text.slice(0, mostTaskChars - 1)}…`;
}
