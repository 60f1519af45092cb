import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOver, type Job } from "../../../../pipeline/handoff/job.ts";
import { type JobEvent, mostAttempts, stepJob } from "../../../../pipeline/handoff/jobs/step-job.ts";
import { approvalOf, consentOf, highRisk, lowRisk, proposalOf, queuedJob, startMs } from "./sample-jobs.ts";

/** What happens next: anything, or what leads on from wherever the job is. */
type Happening = JobEvent | { readonly type: "onward"; readonly dangerous: boolean; readonly how: "voice" | "click" };

const ids = fc.constantFrom("a1", "a2");
const hashes = fc.constantFrom("hash", "hash", "hash", "other");
const approvals = fc.record({
  id: ids,
  changeHash: hashes,
  phrase: fc.constantFrom("amber seven", null),
  expiresAtMs: fc.integer({ min: startMs, max: startMs + 40 }),
});
const onward = fc.record({
  type: fc.constant("onward" as const),
  dangerous: fc.boolean(),
  how: fc.constantFrom("voice" as const, "click" as const),
});
const approved = fc.record({
  type: fc.constant("approved" as const),
  approvalId: ids,
  changeHash: hashes,
  consent: fc.constantFrom("voice" as const, "click" as const, "flag" as const).map((how) => consentOf({ how })),
});
const plain = fc.constantFrom<JobEvent>(
  { type: "begin-loading" },
  { type: "begin-reading" },
  { type: "begin-proposing" },
  { type: "proposed", proposal: proposalOf(), risk: lowRisk, approval: approvalOf() },
  { type: "applied" },
  { type: "conflict", why: "It was changed." },
  { type: "summarised", summary: "Done." },
  { type: "nothing-to-change", summary: "Nothing." },
  { type: "rejected" },
  { type: "cancelled" },
  { type: "failed", why: "It broke." },
  { type: "put-back" },
  { type: "restarted", approval: null },
  { type: "undo-begun" },
  { type: "undo-held" },
  { type: "undone" },
  { type: "told" },
);
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: onward },
  { weight: 3, arbitrary: approved },
  { weight: 3, arbitrary: plain },
  { weight: 1, arbitrary: approvals.map((approval): JobEvent => ({ type: "renewed", approval })) },
  { weight: 1, arbitrary: approvals.map((approval): JobEvent => ({ type: "restarted", approval })) },
);

function eventOf(happening: Happening, { state }: Job, nowMs: number): JobEvent {
  if (happening.type !== "onward") return happening;
  const { dangerous, how } = happening;
  switch (state.status) {
    case "queued":
      return { type: "begin-loading" };
    case "loading":
      return { type: "begin-reading" };
    case "reading":
      return { type: "begin-proposing" };
    case "proposing": {
      const approval = approvalOf({ phrase: dangerous ? null : "amber seven", expiresAtMs: nowMs + 3 });
      return { type: "proposed", proposal: proposalOf(), risk: dangerous ? highRisk : lowRisk, approval };
    }
    case "awaiting-approval":
      return { type: "approved", approvalId: state.approval.id, changeHash: "hash", consent: consentOf({ how }) };
    case "applying":
      return { type: "applied" };
    case "summarising":
      return { type: "summarised", summary: "Done." };
    default:
      return { type: dangerous ? "undone" : "told" };
  }
}

type Step = typeof stepJob;

/** What may still happen to a job that is over. */
const afterTheEnd: ReadonlySet<JobEvent["type"]> = new Set(["told", "undo-begun", "undo-held", "undone"]);

/** What must hold for any history; a sentence for what does not. */
function broken(step: Step, history: readonly Happening[]): string | undefined {
  let job = queuedJob();
  let consents = 0;
  let applied = 0;
  let undone = 0;
  for (const [index, happening] of history.entries()) {
    const nowMs = startMs + index;
    const before = job;
    const event = eventOf(happening, job, nowMs);
    const next = step(job, event, nowMs);
    if ("refused" in next) {
      if (next.refused.trim() === "") return "refused without a word";
      continue;
    }
    job = next;
    if (isOver(before)) {
      if (!afterTheEnd.has(event.type)) return `${event.type} changed what is over`;
      if (job.state.status !== before.state.status) return "what is over has left its state";
    }
    if (job.state.status === "applying" && before.state.status !== "applying") {
      consents += 1;
      if (before.state.status !== "awaiting-approval" || event.type !== "approved") return "applying without approval";
      const { approval, risk, proposal } = before.state;
      if (event.approvalId !== approval.id || event.changeHash !== proposal.change.hash) return "another approval";
      if (nowMs >= approval.expiresAtMs) return "an approval that is too old";
      if (risk.level === "high" && event.consent.how !== "click") return "danger without a click";
      if (job.state.consent !== event.consent) return "consent of somebody else";
    }
    if (event.type === "applied") applied += 1;
    if (event.type === "undone") undone += 1;
    if (job.attempts > mostAttempts) return "begun too often";
    if (job.id !== before.id || job.task !== before.task) return "another job";
  }
  if (consents > 1 || applied > 1 || undone > 1) return "twice";
  return applied > consents || undone > applied ? "out of order" : undefined;
}

const histories = fc.array(happenings, { maxLength: 40 });

describe("any history", () => {
  test("ends once, is applied at most once, and only with a valid approval", () => {
    fc.assert(
      fc.property(histories, (history) => {
        expect(broken(stepJob, history)).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
  });

  test("reaches the end often enough for that to mean something", () => {
    const ends = new Set(
      fc.sample(histories, { numRuns: 3_000 }).map((history) => {
        let job = queuedJob();
        for (const [index, happening] of history.entries()) {
          const next = stepJob(job, eventOf(happening, job, startMs + index), startMs + index);
          if (!("refused" in next)) job = next;
        }
        return job.state.status;
      }),
    );
    expect([...ends]).toEqual(expect.arrayContaining(["done", "rejected", "failed", "cancelled", "summarising"]));
  });

  // Each would let something through; the property must notice.
  const mutants: Record<string, Step> = {
    "an expired approval": (job, event, nowMs) => stepJob(job, event, event.type === "approved" ? startMs - 1 : nowMs),
    "any id": (job, event, nowMs) =>
      stepJob(
        job,
        event.type === "approved" && job.state.status === "awaiting-approval"
          ? { ...event, approvalId: job.state.approval.id }
          : event,
        nowMs,
      ),
    "a dangerous change by voice": (job, event, nowMs) => {
      const next = stepJob(
        job,
        event.type === "approved" ? { ...event, consent: { ...event.consent, how: "click" } } : event,
        nowMs,
      );
      if ("refused" in next || next.state.status !== "applying" || event.type !== "approved") return next;
      return { ...next, state: { ...next.state, consent: event.consent } };
    },
    "applying once more": (job, event, nowMs) =>
      event.type === "applied" && job.state.status === "summarising" ? { ...job } : stepJob(job, event, nowMs),
    "reviving what is over": (job, event, nowMs) =>
      event.type === "begin-loading" && isOver(job)
        ? { ...job, state: { status: "loading" } }
        : stepJob(job, event, nowMs),
  };
  test.each(Object.entries(mutants))("a step that allows %s is noticed", (_, mutant) => {
    const found = fc.sample(histories, { numRuns: 3_000 }).filter((history) => broken(mutant, history) !== undefined);
    expect(found.length).toBeGreaterThan(0);
  });
});
