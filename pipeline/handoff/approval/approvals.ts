import { createHash, timingSafeEqual } from "node:crypto";
import type { Approval } from "../job.ts";

/** An approval that was asked for, and what became of it. */
export interface AskedApproval {
  readonly jobId: string;
  readonly approval: Approval;
  readonly state: "pending" | "approved" | "rejected" | "expired" | "withdrawn";
}

/** All approvals that were asked for lately, oldest first; at most one of a job is pending. */
export type ApprovalBook = readonly AskedApproval[];

export const emptyBook: ApprovalBook = [];

/** Approvals that are over are remembered so far back, so that whoever comes late is told why. */
const remembered = 100;

/** Opens an approval; one of the same job that was open before is void. */
export function issue(book: ApprovalBook, jobId: string, approval: Approval): ApprovalBook {
  const before = withdraw(book, jobId);
  const forgotten = new Set(before.filter(({ state }) => state !== "pending").slice(0, -remembered));
  return [...before.filter((asked) => !forgotten.has(asked)), { jobId, approval, state: "pending" }];
}

/** The job was cancelled, or its approval replaced. */
export function withdraw(book: ApprovalBook, jobId: string): ApprovalBook {
  return book.map((asked) =>
    asked.jobId === jobId && asked.state === "pending" ? { ...asked, state: "withdrawn" } : asked,
  );
}

/** @returns those that have just run out, beside the book that says so. */
export function expire(
  book: ApprovalBook,
  nowMs: number,
): { readonly book: ApprovalBook; readonly expired: readonly AskedApproval[] } {
  const late = (asked: AskedApproval): boolean => asked.state === "pending" && nowMs >= asked.approval.expiresAtMs;
  return {
    book: book.map((asked) => (late(asked) ? { ...asked, state: "expired" } : asked)),
    expired: book.filter(late),
  };
}

export type Answered =
  | { readonly answered: "approved" | "rejected"; readonly jobId: string; readonly approval: Approval }
  /** A sentence for who answered. */
  | { readonly answered: "refused"; readonly why: string };

/** The first answer to an approval counts; each later one is refused. */
export function answer(
  book: ApprovalBook,
  { id, yes, nowMs }: { readonly id: string; readonly yes: boolean; readonly nowMs: number },
): { readonly book: ApprovalBook; readonly answer: Answered } {
  const refused = (why: string): { book: ApprovalBook; answer: Answered } => ({
    book,
    answer: { answered: "refused", why },
  });
  // Every entry is compared, so that the time it takes says nothing of an id.
  const [asked] = book.filter(({ approval }) => sameId(approval.id, id));
  if (asked === undefined) return refused("Nothing waits for that approval; look at the newest change.");
  if (asked.state !== "pending") return refused(tooLate[asked.state]);
  if (nowMs >= asked.approval.expiresAtMs) return refused(tooLate.expired);
  const answered = yes ? "approved" : "rejected";
  return {
    book: book.map((other) => (other === asked ? { ...asked, state: answered } : other)),
    answer: { answered, jobId: asked.jobId, approval: asked.approval },
  };
}

/** The approval of a job that can still be answered. */
export function pendingOf(book: ApprovalBook, jobId: string, nowMs: number): Approval | undefined {
  return book.find((asked) => asked.jobId === jobId && asked.state === "pending" && nowMs < asked.approval.expiresAtMs)
    ?.approval;
}

/** Phrases that are not to come again yet: of all that is open, and of the last that was. */
export function latePhrases(book: ApprovalBook, count = 20): readonly string[] {
  const late = new Set(book.slice(-count));
  return book.flatMap((asked) =>
    asked.approval.phrase !== null && (asked.state === "pending" || late.has(asked)) ? [asked.approval.phrase] : [],
  );
}

const tooLate = {
  approved: "This change is already approved.",
  rejected: "This change is already rejected.",
  expired: "That approval is too old; nothing was applied. Look at the change again.",
  withdrawn: "That approval is no longer open; look at the newest change.",
} as const;

function sameId(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(id: string): Uint8Array {
  return createHash("sha256").update(id).digest();
}
