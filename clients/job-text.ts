import type { JobView } from "../pipeline/realtime/job-events.ts";
import { isOver } from "./job-list.ts";
import { visibleLine } from "./visible-text.ts";

type Change = NonNullable<JobView["change"]>;

/** "apply-late" is a yes after its time: the service then asks once more. */
export type JobAction = "apply" | "apply-late" | "reject" | "cancel" | "undo";

const statusWords: Readonly<Record<JobView["status"], string>> = {
  queued: "Waiting for its turn",
  loading: "Bringing up the coder",
  reading: "Reading",
  proposing: "Writing",
  "awaiting-approval": "Waiting for you",
  applying: "Applying",
  summarising: "Summing up",
  done: "Done",
  rejected: "Rejected",
  failed: "Failed",
  cancelled: "Cancelled",
};

export function statusText(job: JobView): string {
  return job.status === "done" && job.undo === "undone" ? "Undone" : statusWords[job.status];
}

/** What it is doing, where that says more than its status. */
export function noteText({ status, note }: JobView): string {
  return status === "reading" || status === "proposing" ? note : "";
}

/** Whether somebody can still say yes to it. @param nowMs by the service's clock */
export function isOpen(job: JobView, nowMs: number): boolean {
  return job.status === "awaiting-approval" && job.approval !== null && nowMs < job.approval.expires_at;
}

/** What a person can do about it just now. "apply" is last: it must not take the place of a button that was there before. */
export function jobActions(job: JobView, nowMs: number): readonly JobAction[] {
  if (job.status === "awaiting-approval" && job.approval !== null)
    return ["reject", isOpen(job, nowMs) ? "apply" : "apply-late"];
  if (isOver(job)) return job.status === "done" && job.undo === "possible" ? ["undo"] : [];
  return job.status === "applying" || job.status === "summarising" ? [] : ["cancel"];
}

/** "about 12 s left", "any moment", "for 1 min 5 s"; empty when time does not matter. @param nowMs by the service's clock */
export function timeText(job: JobView, nowMs: number): string {
  if (isOver(job)) return "";
  if (job.status === "awaiting-approval") return isOpen(job, nowMs) ? `${duration(leftMs(job, nowMs))} to decide` : "";
  const elapsedMs = Math.max(0, nowMs - job.since);
  if (job.expected_ms === null) return job.status === "queued" ? "" : `for ${duration(elapsedMs)}`;
  const left = job.expected_ms - elapsedMs;
  return left < 1_000 ? "any moment" : `about ${duration(left)} left`;
}

/** How much of the present step is over, 0 to 1; null when nobody knows. @param nowMs by the service's clock */
export function stepPart(job: JobView, nowMs: number): number | null {
  if (isOver(job) || job.status === "awaiting-approval" || job.expected_ms === null) return null;
  return Math.min(1, Math.max(0, nowMs - job.since) / Math.max(1, job.expected_ms));
}

/** "2 files, 12 lines added, 3 removed" */
export function changeText({ files }: Change): string {
  const added = files.reduce((sum, file) => sum + file.added, 0);
  const removed = files.reduce((sum, file) => sum + file.removed, 0);
  const parts = [
    count(files.length, "file"),
    `${count(added, "line")} added`,
    `${removed.toLocaleString("en")} removed`,
  ];
  return parts.join(", ");
}

/** What a screen reader says when a job has come to something new. */
export function jobNews(job: JobView): string {
  const about = job.status === "awaiting-approval" && job.change !== null ? ` – ${changeText(job.change)}` : "";
  const end = job.summary === null ? "" : `. ${visibleLine(job.summary)}`;
  return `${visibleLine(job.task)}: ${statusText(job)}${about}${end}`;
}

function leftMs({ approval }: JobView, nowMs: number): number {
  return (approval?.expires_at ?? nowMs) - nowMs;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Why nobody is asked any more; null when it needs no words. @param here whether it was answered on this very screen */
export function answerText(
  before: JobView,
  after: JobView,
  how: { readonly here: boolean; readonly nowMs: number },
): string | null {
  if (before.status !== "awaiting-approval" || after.status === "awaiting-approval" || how.here) return null;
  if (after.status === "failed") return null;
  const agreed = after.status === "applying" || after.status === "summarising" || after.status === "done";
  if (agreed) return "Somebody said yes, by voice or on another screen.";
  return isOpen(before, how.nowMs)
    ? "Somebody said no, by voice or on another screen."
    : "The time to decide is over, and nothing was changed.";
}

export const expiredText =
  "The time to decide is over, and nothing was changed. If you still want it, you are asked once more.";
