import { type Approval, type Consent, isOver, type Job, type JobState, type Proposal, type Risk } from "../job.ts";

/** What happens to a job. */
export type JobEvent =
  | { readonly type: "begin-loading" | "begin-reading" | "begin-proposing" | "applied" | "rejected" | "cancelled" }
  | { readonly type: "proposed"; readonly proposal: Proposal; readonly risk: Risk; readonly approval: Approval }
  | { readonly type: "nothing-to-change" | "summarised"; readonly summary: string }
  | {
      readonly type: "approved";
      readonly approvalId: string;
      readonly changeHash: string;
      readonly consent: Consent;
    }
  /** `why` is a sentence for the user. */
  | { readonly type: "conflict" | "failed"; readonly why: string }
  /** Another chance to say yes; the one before is void. */
  | { readonly type: "renewed"; readonly approval: Approval }
  /** The service is being closed: work on it begins anew at the next start, and that is nobody's failure. */
  | { readonly type: "put-back" }
  /** The service began again. A job that awaits approval gets `approval`, since nobody can know who heard the old phrase. */
  | { readonly type: "restarted"; readonly approval: Approval | null }
  /** What it applied was taken back. */
  | { readonly type: "undo-begun" | "undone" | "undo-held" }
  /** Its outcome was said or shown to somebody. */
  | { readonly type: "told" };

/** Why an event changed nothing, as a sentence for the user. */
export interface Refused {
  readonly refused: string;
}

/** Work on a job begins at most so often; each time after the first is after a crash. */
export const mostAttempts = 3;

/** The only way a job changes. `nowMs` is of the wall clock. What is over stays as it is, but for being told and taken back. */
export function stepJob(job: Job, event: JobEvent, nowMs: number): Job | Refused {
  const { state } = job;
  if (isOver(job) && event.type !== "told" && !isUndo(event)) return { refused: overLine(state) };
  const to = (next: JobState): Job => ({ ...job, state: next, sinceMs: nowMs });
  switch (event.type) {
    case "begin-loading":
      return state.status === "queued"
        ? { ...to({ status: "loading" }), attempts: job.attempts + 1 }
        : wrongTime(state, "started");
    case "begin-reading":
      return state.status === "loading" ? to({ status: "reading" }) : wrongTime(state, "read for");
    case "begin-proposing":
      return state.status === "reading" ? to({ status: "proposing" }) : wrongTime(state, "worked on");
    case "proposed":
      return state.status === "proposing" ? proposed(event, to, nowMs) : wrongTime(state, "proposed");
    case "nothing-to-change":
      return state.status === "reading" || state.status === "proposing"
        ? to({ status: "done", proposal: null, summary: event.summary, undo: "nothing" })
        : wrongTime(state, "ended without a change");
    case "approved":
      return state.status === "awaiting-approval" ? approved(state, event, to, nowMs) : wrongTime(state, "approved");
    case "applied":
      return state.status === "applying" ? to({ ...state, status: "summarising" }) : wrongTime(state, "applied");
    case "conflict":
      return state.status === "applying"
        ? to({ status: "failed", why: `Nothing was applied: ${event.why}` })
        : wrongTime(state, "held up by a conflict");
    case "summarised":
      return state.status === "summarising"
        ? to({ status: "done", proposal: state.proposal, summary: event.summary, undo: "possible" })
        : wrongTime(state, "summarised");
    case "rejected":
      return state.status === "awaiting-approval"
        ? to({ status: "rejected", proposal: state.proposal })
        : wrongTime(state, "rejected");
    case "cancelled":
      return state.status === "applying" || state.status === "summarising"
        ? wrongTime(state, "cancelled")
        : to({ status: "cancelled" });
    case "failed":
      // What lies in the user's folder is never called a failure.
      return state.status === "summarising" ? wrongTime(state, "failed") : to({ status: "failed", why: event.why });
    case "renewed":
      return renewed(job, event.approval, nowMs);
    case "put-back":
      return state.status === "loading" || state.status === "reading" || state.status === "proposing"
        ? { ...to({ status: "queued" }), attempts: Math.max(0, job.attempts - 1) }
        : wrongTime(state, "put back");
    case "restarted":
      return restarted(job, event.approval, to, nowMs);
    case "undo-begun":
    case "undone":
    case "undo-held":
      return undone(job, event.type);
    case "told":
      return isOver(job) ? { ...job, told: true } : { refused: "This job is not over yet." };
  }
}

function isUndo({ type }: JobEvent): boolean {
  return type === "undo-begun" || type === "undone" || type === "undo-held";
}

type Awaiting = Extract<JobState, { status: "awaiting-approval" }>;
type To = (next: JobState) => Job;

function proposed(
  { proposal, risk, approval }: Extract<JobEvent, { type: "proposed" }>,
  to: To,
  nowMs: number,
): Job | Refused {
  const state: Awaiting = { status: "awaiting-approval", proposal, risk, approval };
  return unfit(state, approval, nowMs) ?? to(state);
}

function approved(
  state: Awaiting,
  { approvalId, changeHash, consent }: Extract<JobEvent, { type: "approved" }>,
  to: To,
  nowMs: number,
): Job | Refused {
  const { approval, proposal, risk } = state;
  if (approvalId !== approval.id) return { refused: "That approval is for something else; look at the newest one." };
  if (changeHash !== approval.changeHash)
    return { refused: "The change is another one than you saw; look at it again." };
  if (nowMs >= approval.expiresAtMs) return { refused: "That approval is too old; ask for the change again." };
  const direct = consent.how === "click" || consent.how === "key" || consent.how === "client";
  if (!direct && risk.level === "high") return { refused: ["This needs a click or a key.", ...risk.reasons].join(" ") };
  if (consent.how === "voice" && approval.phrase === null) return { refused: "This needs a click or a key." };
  return to({ status: "applying", proposal, consent });
}

function renewed(job: Job, approval: Approval, nowMs: number): Job | Refused {
  if (job.state.status !== "awaiting-approval") return wrongTime(job.state, "approved");
  if (approval.id === job.state.approval.id) return { refused: "A new approval needs an id of its own." };
  return unfit(job.state, approval, nowMs) ?? { ...job, state: { ...job.state, approval } };
}

function restarted(job: Job, approval: Approval | null, to: To, nowMs: number): Job | Refused {
  switch (job.state.status) {
    case "loading":
    case "reading":
    case "proposing":
      if (job.attempts < mostAttempts) return to({ status: "queued" });
      return to({ status: "failed", why: `It was interrupted ${job.attempts} times. Ask for it again.` });
    case "awaiting-approval":
      return approval === null ? { refused: "This job needs a new approval." } : renewed(job, approval, nowMs);
    default:
      return job;
  }
}

/** Why an approval cannot be for a proposal; undefined when it can. */
function unfit({ proposal, risk }: Awaiting, approval: Approval, nowMs: number): Refused | undefined {
  if (approval.changeHash !== proposal.change.hash) return { refused: "The approval is for another change." };
  if (approval.expiresAtMs <= nowMs) return { refused: "The approval is too old." };
  if (risk.level === "high" && approval.phrase !== null) return { refused: "This change cannot be approved by voice." };
  return;
}

/** Taking back is begun, then done or given up; begun, it may be begun again after a crash. */
function undone(job: Job, event: "undo-begun" | "undone" | "undo-held"): Job | Refused {
  const { state } = job;
  if (state.status !== "done") {
    return {
      refused: isOver(job) ? "There is nothing to undo: nothing was applied." : "There is nothing to undo yet.",
    };
  }
  const after = event === "undo-begun" ? "undoing" : event === "undone" ? "undone" : "possible";
  if (state.undo === "possible" || state.undo === "undoing") return { ...job, state: { ...state, undo: after } };
  return {
    refused: state.undo === "undone" ? "This was undone already." : "There is nothing to undo: nothing was changed.",
  };
}

function wrongTime({ status }: JobState, wanted: string): Refused {
  switch (status) {
    case "queued":
      return { refused: `This job waits for its turn; it cannot be ${wanted} yet.` };
    case "loading":
    case "reading":
    case "proposing":
      return { refused: `The coder is still at work on this job; it cannot be ${wanted} now.` };
    case "awaiting-approval":
      return { refused: `This job waits for your approval; it cannot be ${wanted} now.` };
    case "applying":
      return {
        refused:
          wanted === "approved"
            ? "This job is already approved."
            : `This job is being applied; it cannot be ${wanted} now.`,
      };
    case "summarising":
      return {
        refused:
          wanted === "approved"
            ? "This job is already approved and applied."
            : `This job is already applied; it cannot be ${wanted} now.`,
      };
    default:
      return { refused: `This job is over; it cannot be ${wanted}.` };
  }
}

function overLine(state: JobState): string {
  switch (state.status) {
    case "done":
      if (state.undo === "undone") return "This job is already undone.";
      return state.proposal === null
        ? "This job is over: there was nothing to change."
        : "This job is already applied.";
    case "rejected":
      return "This job is already rejected.";
    case "cancelled":
      return "This job is already cancelled.";
    default:
      return "This job has already failed.";
  }
}
