import { spokenTime } from "../../spoken-numbers.ts";
import type { AgentNews, CheckOutcome } from "../coding-agent.ts";
import type { Approval, Job, JobState, Proposal, Risk } from "../job.ts";
import { changeWords, countOf, filesWords, listed } from "./change-words.ts";

/** Loads shorter than this are not worth a word. */
const worthSayingMs = 900;

/**
 * A task was taken.
 * @param ahead jobs that come before it
 * @param loadMs what the coder takes to come up; null when nobody knows
 */
export function startLine({ ahead, loadMs }: { readonly ahead: number; readonly loadMs: number | null }): string {
  if (ahead === 1) return "The coder takes that after the job it is at now.";
  if (ahead > 1) return `The coder takes that; ${countOf(ahead, "job")} come before it.`;
  if (loadMs === null) return "The coder takes that; I am bringing it up.";
  if (loadMs < worthSayingMs) return "The coder takes that.";
  return `The coder takes that; about ${spokenTime(loadMs)} to bring it up.`;
}

export type AskedChange = Pick<Extract<JobState, { status: "awaiting-approval" }>, "proposal" | "risk" | "approval">;

/** A change is there to be decided on. */
export function proposalLine({ proposal, risk, approval }: AskedChange): string {
  return `The coder ${changeWords(proposal.change)}. ${checksLine(proposal.checks)} ${askLine(risk, approval)}`;
}

/** How to decide, said alone when it has to be asked again: after a plain "yes", a wrong phrase, or a new phrase. */
export function askLine(risk: Risk, { phrase }: Approval): string {
  const [reason] = risk.reasons;
  if (reason !== undefined) return `${reason.replace(/\.$/, "")}, so please click Apply on the screen.`;
  if (phrase === null) return "Please click Apply on the screen.";
  return `Say: apply ${phrase}, or reject.`;
}

/** Somebody approved; applying begins. */
export function approvedLine(): string {
  return "Good, I am applying it.";
}

/** What was applied, by what is known of it rather than by what the agent says; the summary where no model can make one. */
export function appliedLine({ change, checks }: Proposal): string {
  const failed = checks.filter((check) => check.ran && !check.passed);
  const but = failed.length === 0 ? "" : ` ${failedLine(failed)}`;
  return `Applied: the coder ${changeWords(change)}.${but} Say undo that to take it back.`;
}

/** How a job ended; null while it has not. */
export function endLine({ state }: Job): string | null {
  switch (state.status) {
    case "done":
      return state.undo === "undone" && state.proposal !== null ? undoneLine(state.proposal) : state.summary;
    case "rejected":
      return "Rejected; nothing was changed.";
    case "cancelled":
      return "I stopped the coder; nothing was changed.";
    case "failed":
      return `The coder's job failed. ${state.why}`;
    default:
      return null;
  }
}

export function undoneLine({ change: { files } }: Proposal): string {
  const one = files.length === 1;
  return `Undone: ${filesWords(files)} ${one ? "is as it was" : "are as they were"} before.`;
}

/** "What are you doing?" @param waiting jobs that are queued behind the one at work */
export function doingLine(job: Job | null, news: AgentNews | null, waiting: number): string {
  const behind = waiting === 0 ? "" : ` ${capital(countOf(waiting, "more job"))} ${waiting === 1 ? "waits" : "wait"}.`;
  if (job === null) return waiting === 0 ? "The coder has nothing to do." : `The coder is not at work now.${behind}`;
  return `${nowLine(job.state, news)}${behind}`;
}

/** "How long?" @param leftMs what the present step still takes; null when nobody knows, below zero when it is late */
export function howLongLine(job: Job | null, leftMs: number | null): string {
  if (job === null) return "The coder has nothing to do.";
  if (job.state.status === "awaiting-approval") return "It is ready; it waits for your approval.";
  const end = endLine(job);
  if (end !== null) return end;
  if (leftMs === null) return "I cannot tell; I will say so as soon as it is there.";
  if (leftMs <= 0) return "Longer than I thought; it should not be long now.";
  return `About ${spokenTime(leftMs)} more for this step.`;
}

/** What nobody was there to hear, at the next connection: jobs that are over, oldest first. Empty when there is none. */
export function missedLine(jobs: readonly Job[]): string {
  const ends = jobs.flatMap((job) => {
    const end = endLine(job);
    return end === null ? [] : [{ task: shortTask(job.task), end }];
  });
  const [only, ...others] = ends;
  if (only === undefined) return "";
  if (others.length === 0) return `While you were away, about “${only.task}”: ${only.end}`;
  const newest = ends.at(-1) ?? only;
  return `While you were away, ${countOf(ends.length, "job")} ended; they are on the screen. The last, “${newest.task}”: ${newest.end}`;
}

function nowLine(state: JobState, news: AgentNews | null): string {
  switch (state.status) {
    case "queued":
      return "The coder's job waits for its turn.";
    case "loading":
      return "I am bringing up the coder.";
    case "reading":
    case "proposing":
      return newsLine(news) ?? (state.status === "reading" ? "The coder looks at the files." : "The coder is writing.");
    case "awaiting-approval":
      return `The coder is done and waits for you. ${askLine(state.risk, state.approval)}`;
    case "applying":
      return "I am applying the change.";
    case "summarising":
      return "The change is applied; I am summing it up.";
    default:
      return "The coder has nothing to do.";
  }
}

function newsLine(news: AgentNews | null): string | null {
  switch (news?.type) {
    case "reading":
      return `The coder is reading ${news.path}.`;
    case "editing":
      return `The coder is writing ${news.path}.`;
    case "searching":
      return "The coder is searching the files.";
    case "checking":
      return `The coder is running ${news.name}.`;
    default:
      return null;
  }
}

function checksLine(checks: readonly CheckOutcome[]): string {
  const ran = checks.filter((check) => check.ran);
  if (ran.length === 0) return "Nothing was checked.";
  const failed = ran.filter(({ passed }) => !passed);
  if (failed.length > 0) return failedLine(failed);
  const skipped = checks.filter((check) => !check.ran).map(({ name }) => name);
  const rest = skipped.length === 0 ? "" : `, ${listed(skipped)} was not run`;
  return `${listed(ran.map(({ name }) => name))} passed${rest}.`;
}

function failedLine(failed: readonly CheckOutcome[]): string {
  return `But ${listed(failed.map(({ name }) => name))} failed.`;
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Enough of a task to know which one is meant. */
function shortTask(task: string): string {
  const words = task.trim().split(/\s+/);
  return words.length <= 8 ? words.join(" ") : `${words.slice(0, 8).join(" ")} …`;
}
