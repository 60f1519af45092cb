import type { ChangeSet } from "./change-set.ts";
import type { CheckOutcome } from "./coding-agent.ts";

/** What a job wants, and what is known of it before anybody decides. */
export interface Proposal {
  readonly change: ChangeSet;
  /** What the agent says it did. Never trusted for anything but reading. */
  readonly summary: string;
  readonly checks: readonly CheckOutcome[];
}

/** How dangerous a change is: a low one may be approved by voice. */
export interface Risk {
  readonly level: "low" | "high";
  /** Sentences, such as "It deletes a file."; empty for low. */
  readonly reasons: readonly string[];
}

/** One chance to say yes to one change. */
export interface Approval {
  readonly id: string;
  /** Hash of the change set that it is for. */
  readonly changeHash: string;
  /** "amber seven": said aloud after "apply"; null when only a click or key will do. */
  readonly phrase: string | null;
  readonly expiresAtMs: number;
}

/** Who said yes, and how. */
export interface Consent {
  readonly how: "voice" | "click" | "key" | "client" | "flag";
  /** The session or terminal it came from. */
  readonly by: string;
  readonly atMs: number;
}

export type JobState =
  | { readonly status: "queued" }
  | { readonly status: "loading" }
  | { readonly status: "reading" }
  | { readonly status: "proposing" }
  | {
      readonly status: "awaiting-approval";
      readonly proposal: Proposal;
      readonly risk: Risk;
      readonly approval: Approval;
    }
  | { readonly status: "applying"; readonly proposal: Proposal; readonly consent: Consent }
  | { readonly status: "summarising"; readonly proposal: Proposal; readonly consent: Consent }
  | {
      readonly status: "done";
      /** Null when there was nothing to change. */
      readonly proposal: Proposal | null;
      readonly summary: string;
      /** `undoing`: it was begun, and may have been cut off. */
      readonly undo: "possible" | "undoing" | "undone" | "nothing";
    }
  | { readonly status: "rejected"; readonly proposal: Proposal }
  | { readonly status: "failed"; readonly why: string }
  | { readonly status: "cancelled" };

export type JobStatus = JobState["status"];

/** One coding task handed off, from request to summary. Times are milliseconds of the wall clock. */
export interface Job {
  readonly id: string;
  /** In the user's words. */
  readonly task: string;
  /** Absolute real path of an allowed folder. */
  readonly workspace: string;
  /** Files that the user named, relative to the workspace. */
  readonly files: readonly string[];
  /** The session or terminal that asked. */
  readonly askedBy: string;
  readonly askedAtMs: number;
  readonly state: JobState;
  /** When it came into this state. */
  readonly sinceMs: number;
  /** Its outcome was said or shown to somebody. */
  readonly told: boolean;
  /** How often work on it was begun; a crash makes it begin again. */
  readonly attempts: number;
}

export function isOver({ state: { status } }: Pick<Job, "state">): boolean {
  return status === "done" || status === "rejected" || status === "failed" || status === "cancelled";
}
