import type { JobView } from "../../realtime/job-events.ts";
import type { AgentNews, CheckOutcome } from "../coding-agent.ts";
import type { Job, JobState, Proposal } from "../job.ts";

/** What is known of a job besides itself. */
export interface JobAside {
  /** The last thing that the agent was seen doing. */
  readonly news: AgentNews | null;
  /** What the present step is expected to take; null when nobody knows. */
  readonly expectedMs: number | null;
}

/** A job as clients see it. */
export function jobView(job: Job, { news, expectedMs }: JobAside): JobView {
  const { state } = job;
  const proposal = "proposal" in state ? state.proposal : null;
  return {
    id: job.id,
    task: job.task,
    workspace: job.workspace,
    status: state.status,
    note: noteOf(state, news),
    asked_at: job.askedAtMs,
    since: job.sinceMs,
    expected_ms: expectedMs,
    change: proposal === null ? null : changeView(proposal),
    approval: state.status === "awaiting-approval" ? approvalView(state) : null,
    summary: summaryOf(state),
    undo: state.status !== "done" ? "nothing" : state.undo === "undoing" ? "possible" : state.undo,
  };
}

/** What a job is doing, in a line for the screen. */
export function noteOf(state: JobState, news: AgentNews | null): string {
  switch (state.status) {
    case "queued":
      return "Waiting for its turn";
    case "loading":
      return "Bringing up the coder";
    case "reading":
      return news === null ? "Looking at the files" : newsLine(news);
    case "proposing":
      return news === null ? "Working on the change" : newsLine(news);
    case "awaiting-approval":
      return "Waiting for your approval";
    case "applying":
      return "Applying the change";
    case "summarising":
      return "Applied; summing it up";
    case "done":
      if (state.undo === "undone") return "Undone";
      return state.proposal === null ? "Nothing to change" : "Applied";
    case "rejected":
      return "Rejected";
    case "failed":
      return "Failed";
    case "cancelled":
      return "Cancelled";
  }
}

function newsLine(news: AgentNews): string {
  switch (news.type) {
    case "reading":
      return `Reading ${news.path}`;
    case "editing":
      return `Editing ${news.path}`;
    case "searching":
      return `Searching for “${news.text}”`;
    case "checking":
      return `Running ${news.name}`;
    case "note":
      return news.text;
  }
}

function changeView({ change, summary, checks }: Proposal): JobView["change"] {
  return {
    files: change.files.map(({ path, kind, addedLines, removedLines, patch }) => ({
      path,
      kind,
      added: addedLines,
      removed: removedLines,
      patch,
    })),
    summary,
    checks: checks.map(checkView),
  };
}

function checkView(check: CheckOutcome): { name: string; outcome: "passed" | "failed" | "not-run"; output: string } {
  if (!check.ran) return { name: check.name, outcome: "not-run", output: check.why };
  return { name: check.name, outcome: check.passed ? "passed" : "failed", output: check.output };
}

function approvalView({
  risk,
  approval,
}: Extract<JobState, { status: "awaiting-approval" }>): NonNullable<JobView["approval"]> {
  return {
    id: approval.id,
    risk: risk.level,
    reasons: [...risk.reasons],
    phrase: approval.phrase === null ? null : `apply ${approval.phrase}`,
    expires_at: approval.expiresAtMs,
  };
}

function summaryOf(state: JobState): string | null {
  switch (state.status) {
    case "done":
      return state.undo === "undone" ? `${state.summary} It was undone.` : state.summary;
    case "rejected":
      return "Rejected; nothing was changed.";
    case "failed":
      return state.why;
    case "cancelled":
      return "Cancelled; nothing was changed.";
    default:
      return null;
  }
}
