import type { ChangeSet, FileChange } from "../../../../pipeline/handoff/change-set.ts";
import type { Approval, Consent, Job, JobStatus, Proposal, Risk } from "../../../../pipeline/handoff/job.ts";
import { newJob } from "../../../../pipeline/handoff/jobs/new-job.ts";
import { type JobEvent, stepJob } from "../../../../pipeline/handoff/jobs/step-job.ts";

export const startMs = 1_000_000;
export const lowRisk: Risk = { level: "low", reasons: [] };
export const highRisk: Risk = { level: "high", reasons: ["It deletes a file."] };

export function fileChange(some: Partial<FileChange> = {}): FileChange {
  return {
    path: "fizzbuzz.py",
    kind: "add",
    oldHash: null,
    newHash: "new",
    oldExecutable: false,
    newExecutable: false,
    addedLines: 12,
    removedLines: 0,
    patch: "@@ -0,0 +1,12 @@",
    ...some,
  };
}

export function changeOf(...files: readonly Partial<FileChange>[]): ChangeSet {
  return { files: files.map((some) => fileChange(some)), hash: "hash" };
}

export function proposalOf(some: Partial<Proposal> = {}): Proposal {
  return { change: changeOf({}), summary: "It prints fizz and buzz.", checks: [], ...some };
}

export function approvalOf(some: Partial<Approval> = {}): Approval {
  return { id: "a1", changeHash: "hash", phrase: "amber seven", expiresAtMs: startMs + 120_000, ...some };
}

export function consentOf(some: Partial<Consent> = {}): Consent {
  return { how: "click", by: "page", atMs: startMs, ...some };
}

export function queuedJob(some: Partial<Job> = {}): Job {
  const asked = { id: "job1", task: "write fizz buzz", workspace: "/home/user/code", files: [], askedBy: "page" };
  return { ...newJob(asked, { nowMs: startMs }), ...some };
}

/** Takes a job along a way that must be open to it. */
export function walk(job: Job, ...events: readonly JobEvent[]): Job {
  return events.reduce((at, event) => {
    const next = stepJob(at, event, startMs);
    if ("refused" in next) throw new Error(`${event.type} in ${at.state.status}: ${next.refused}`);
    return next;
  }, job);
}

const toProposing: readonly JobEvent[] = [
  { type: "begin-loading" },
  { type: "begin-reading" },
  { type: "begin-proposing" },
];
export function proposedEvent(some: { proposal?: Proposal; risk?: Risk; approval?: Approval } = {}): JobEvent {
  return { type: "proposed", proposal: proposalOf(), risk: lowRisk, approval: approvalOf(), ...some };
}
export const approvedEvent: Extract<JobEvent, { type: "approved" }> = {
  type: "approved",
  approvalId: "a1",
  changeHash: "hash",
  consent: consentOf(),
};

/** A job in each state that it can be in. */
export const jobIn: Readonly<Record<JobStatus, () => Job>> = {
  queued: () => queuedJob(),
  loading: () => walk(queuedJob(), { type: "begin-loading" }),
  reading: () => walk(queuedJob(), ...toProposing.slice(0, 2)),
  proposing: () => walk(queuedJob(), ...toProposing),
  "awaiting-approval": () => walk(jobIn.proposing(), proposedEvent()),
  applying: () => walk(jobIn["awaiting-approval"](), approvedEvent),
  summarising: () => walk(jobIn.applying(), { type: "applied" }),
  done: () => walk(jobIn.summarising(), { type: "summarised", summary: "There is a fizz buzz now." }),
  rejected: () => walk(jobIn["awaiting-approval"](), { type: "rejected" }),
  failed: () => walk(jobIn.reading(), { type: "failed", why: "The coder went in circles." }),
  cancelled: () => walk(jobIn.reading(), { type: "cancelled" }),
};
