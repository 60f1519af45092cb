import { describe, expect, test } from "vitest";
import type { Job, JobStatus } from "../../../../pipeline/handoff/job.ts";
import { type JobEvent, mostAttempts, type Refused, stepJob } from "../../../../pipeline/handoff/jobs/step-job.ts";
import {
  approvalOf,
  approvedEvent,
  consentOf,
  highRisk,
  jobIn,
  proposalOf,
  proposedEvent,
  queuedJob,
  startMs,
  walk,
} from "./sample-jobs.ts";

const statuses: readonly JobStatus[] = [
  "queued",
  "loading",
  "reading",
  "proposing",
  "awaiting-approval",
  "applying",
  "summarising",
  "done",
  "rejected",
  "failed",
  "cancelled",
];

function refusal(job: Job, event: JobEvent, nowMs = startMs): string {
  const next = stepJob(job, event, nowMs);
  if ("refused" in next) return next.refused;
  throw new Error(`${event.type} led from ${job.state.status} to ${next.state.status}`);
}

describe("a job", () => {
  test("goes from queued to done, each step since its own time", () => {
    let job = queuedJob();
    const way: JobEvent[] = [
      { type: "begin-loading" },
      { type: "begin-reading" },
      { type: "begin-proposing" },
      proposedEvent(),
      approvedEvent,
      { type: "applied" },
      { type: "summarised", summary: "Done." },
    ];
    const seen = way.map((event, index) => {
      const next = stepJob(job, event, startMs + index);
      if ("refused" in next) throw new Error(next.refused);
      job = next;
      return [job.state.status, job.sinceMs - startMs];
    });
    expect(seen).toEqual([
      ["loading", 0],
      ["reading", 1],
      ["proposing", 2],
      ["awaiting-approval", 3],
      ["applying", 4],
      ["summarising", 5],
      ["done", 6],
    ]);
    expect(job).toMatchObject({ attempts: 1, told: false, state: { undo: "possible", proposal: proposalOf() } });
  });

  test("without anything to change is done, and has nothing to undo", () => {
    for (const job of [jobIn.reading(), jobIn.proposing()]) {
      const done = walk(job, { type: "nothing-to-change", summary: "It is there already." });
      expect(done.state).toEqual({ status: "done", proposal: null, summary: "It is there already.", undo: "nothing" });
      expect(refusal(done, { type: "undone" })).toBe("There is nothing to undo: nothing was changed.");
    }
  });

  // Where each event may lead from; everywhere else it must be refused.
  const open: Record<JobEvent["type"], readonly JobStatus[]> = {
    "begin-loading": ["queued"],
    "begin-reading": ["loading"],
    "begin-proposing": ["reading"],
    proposed: ["proposing"],
    "nothing-to-change": ["reading", "proposing"],
    approved: ["awaiting-approval"],
    applied: ["applying"],
    conflict: ["applying"],
    summarised: ["summarising"],
    rejected: ["awaiting-approval"],
    cancelled: ["queued", "loading", "reading", "proposing", "awaiting-approval"],
    failed: ["queued", "loading", "reading", "proposing", "awaiting-approval", "applying"],
    renewed: ["awaiting-approval"],
    "put-back": ["loading", "reading", "proposing"],
    restarted: ["queued", "loading", "reading", "proposing", "awaiting-approval", "applying", "summarising"],
    "undo-begun": ["done"],
    undone: ["done"],
    "undo-held": ["done"],
    told: ["done", "rejected", "failed", "cancelled"],
  };
  const renewal = approvalOf({ id: "a2" });
  const events: JobEvent[] = [
    { type: "begin-loading" },
    { type: "begin-reading" },
    { type: "begin-proposing" },
    proposedEvent(),
    { type: "nothing-to-change", summary: "Nothing." },
    approvedEvent,
    { type: "applied" },
    { type: "conflict", why: "a.ts was changed meanwhile." },
    { type: "summarised", summary: "Done." },
    { type: "rejected" },
    { type: "cancelled" },
    { type: "failed", why: "It broke." },
    { type: "renewed", approval: renewal },
    { type: "put-back" },
    { type: "restarted", approval: renewal },
    { type: "undo-begun" },
    { type: "undone" },
    { type: "undo-held" },
    { type: "told" },
  ];
  test.each(events.map((event) => [event.type, event] as const))("takes %s only where it fits", (type, event) => {
    const taken = statuses.filter((status) => !("refused" in stepJob(jobIn[status](), event, startMs)));
    expect(taken).toEqual(statuses.filter((status) => open[type].includes(status)));
    for (const status of statuses.filter((other) => !taken.includes(other))) {
      expect(refusal(jobIn[status](), event)).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe("an approval", () => {
  const awaiting = jobIn["awaiting-approval"]();

  test("counts once", () => {
    const applying = walk(awaiting, approvedEvent);
    expect(refusal(applying, approvedEvent)).toBe("This job is already approved.");
    expect(refusal(jobIn.summarising(), approvedEvent)).toBe("This job is already approved and applied.");
    expect(refusal(jobIn.done(), approvedEvent)).toBe("This job is already applied.");
    expect(refusal(jobIn.rejected(), approvedEvent)).toBe("This job is already rejected.");
  });

  test("is for this change, with this id, in time", () => {
    expect(refusal(awaiting, { ...approvedEvent, approvalId: "a0" })).toContain("something else");
    expect(refusal(awaiting, { ...approvedEvent, changeHash: "other" })).toContain("another one");
    expect(refusal(awaiting, approvedEvent, startMs + 120_000)).toContain("too old");
    expect(stepJob(awaiting, approvedEvent, startMs + 119_999)).toHaveProperty("state.status", "applying");
  });

  test("of something dangerous takes a click, a key or a client", () => {
    const risky = walk(jobIn.proposing(), proposedEvent({ risk: highRisk, approval: approvalOf({ phrase: null }) }));
    const by = (how: "voice" | "click" | "key" | "client" | "flag"): Job | Refused =>
      stepJob(risky, { ...approvedEvent, consent: consentOf({ how }) }, startMs);
    for (const how of ["click", "key", "client"] as const) expect(by(how)).toHaveProperty("state.status", "applying");
    for (const how of ["voice", "flag"] as const) {
      expect(by(how)).toEqual({ refused: "This needs a click or a key. It deletes a file." });
    }
  });

  test("that could not be given is not asked for", () => {
    const proposing = jobIn.proposing();
    for (const approval of [approvalOf({ changeHash: "other" }), approvalOf({ expiresAtMs: startMs })]) {
      expect(refusal(proposing, proposedEvent({ approval }))).not.toBe("");
      expect(refusal(awaiting, { type: "renewed", approval: { ...approval, id: "a2" } })).not.toBe("");
    }
    expect(refusal(proposing, proposedEvent({ risk: highRisk }))).toContain("by voice");
  });

  test("that is renewed makes the one before void; the job waits as long as it did", () => {
    const later = startMs + 500_000;
    const renewed = stepJob(
      awaiting,
      { type: "renewed", approval: approvalOf({ id: "a2", expiresAtMs: later + 1 }) },
      later,
    );
    if ("refused" in renewed) throw new Error(renewed.refused);
    expect(renewed.sinceMs).toBe(awaiting.sinceMs);
    expect(refusal(renewed, approvedEvent, later)).toContain("something else");
    expect(stepJob(renewed, { ...approvedEvent, approvalId: "a2" }, later)).toHaveProperty("state.status", "applying");
  });
});

describe("a restart", () => {
  test("takes work up again from the queue, three times at most", () => {
    let job = queuedJob();
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      job = walk(job, { type: "begin-loading" }, { type: "begin-reading" });
      expect(job.attempts).toBe(attempt);
      job = walk(job, { type: "restarted", approval: null });
    }
    expect(job.state).toEqual({ status: "failed", why: "It was interrupted 3 times. Ask for it again." });
  });

  test("keeps what was approved where it is, and asks anew for what was not", () => {
    for (const status of ["queued", "applying", "summarising"] as const) {
      const job = jobIn[status]();
      expect(walk(job, { type: "restarted", approval: null })).toEqual(job);
    }
    const awaiting = jobIn["awaiting-approval"]();
    expect(refusal(awaiting, { type: "restarted", approval: null })).toBe("This job needs a new approval.");
    const again = walk(awaiting, { type: "restarted", approval: approvalOf({ id: "a2" }) });
    expect(again.state).toMatchObject({ status: "awaiting-approval", approval: { id: "a2" } });
    expect(refusal(again, approvedEvent)).toContain("something else");
  });
});

test("a conflict says that nothing was applied", () => {
  const { state } = walk(jobIn.applying(), { type: "conflict", why: "parser.ts was changed meanwhile." });
  expect(state).toEqual({ status: "failed", why: "Nothing was applied: parser.ts was changed meanwhile." });
});

test("taking back can be cut off or held up, and is then still possible", () => {
  const begun = walk(jobIn.done(), { type: "undo-begun" });
  expect(begun).toHaveProperty("state.undo", "undoing");
  expect(walk(begun, { type: "undo-begun" })).toEqual(begun);
  expect(walk(begun, { type: "undo-held" })).toEqual(jobIn.done());
  const undone = walk(begun, { type: "undone" });
  for (const type of ["undo-begun", "undo-held"] as const) {
    expect(refusal(undone, { type })).toBe("This was undone already.");
    expect(refusal(jobIn.summarising(), { type })).toBe("There is nothing to undo yet.");
  }
});

test("what was applied can be taken back once, and is told once it is over", () => {
  const done = jobIn.done();
  const undone = walk(done, { type: "undone" }, { type: "told" });
  expect(undone).toMatchObject({ told: true, state: { status: "done", undo: "undone" } });
  expect(refusal(undone, { type: "undone" })).toBe("This was undone already.");
  expect(refusal(jobIn.rejected(), { type: "undone" })).toContain("nothing was applied");
  expect(refusal(jobIn.applying(), { type: "told" })).toBe("This job is not over yet.");
});
