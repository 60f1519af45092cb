import fc from "fast-check";
import { expect, test } from "vitest";
import { clockLeadMs, endedJobs, isOver, withJob } from "../../clients/job-list.ts";
import {
  answerText,
  changeText,
  jobActions,
  jobNews,
  noteText,
  statusText,
  stepPart,
  timeText,
} from "../../clients/job-text.ts";
import { talkStart } from "../../clients/talk-state.ts";
import { talkStep } from "../../clients/talk-step.ts";
import { type JobView, jobViewSchema } from "../../pipeline/realtime/job-events.ts";
import type { ServerEventMessage } from "../../pipeline/realtime/server-event-schema.ts";

const statuses = jobViewSchema.shape.status.options;

function job(change: Partial<JobView> = {}): JobView {
  return {
    id: "job_1",
    task: "write fizz buzz",
    workspace: "/home/ann/app",
    status: "reading",
    note: "",
    asked_at: 1_000,
    since: 10_000,
    expected_ms: null,
    change: null,
    approval: null,
    summary: null,
    undo: "nothing",
    ...change,
  };
}

const approval = { id: "a", risk: "low", reasons: [], phrase: "apply amber seven", expires_at: 70_000 } as const;
const asking = job({ status: "awaiting-approval", approval: { ...approval, reasons: [] } });

test("jobs stand newest first, each once, whatever the order in which they are told of", () => {
  const told = fc.array(fc.record({ id: fc.constantFrom("a", "b", "c", "d"), status: fc.constantFrom(...statuses) }));
  const askedAt: Readonly<Record<string, number>> = { a: 3, b: 1, c: 4, d: 2 };
  fc.assert(
    fc.property(told, (news) => {
      const jobs = news.reduce<readonly JobView[]>(
        (all, { id, status }) => withJob(all, job({ id, status, asked_at: askedAt[id] ?? 0 })),
        [],
      );
      expect(jobs.map(({ id }) => id)).toEqual(["c", "a", "d", "b"].filter((id) => news.some((one) => one.id === id)));
      for (const { id, status } of jobs) expect(news.findLast((one) => one.id === id)?.status).toBe(status);
    }),
  );
});

test("of many jobs the oldest that is over is forgotten, never one that goes on", () => {
  let jobs: readonly JobView[] = [job({ id: "running", asked_at: 0 })];
  for (let i = 1; i <= 80; i += 1) jobs = withJob(jobs, job({ id: `job_${i}`, asked_at: i, status: "done" }));
  expect(jobs.length).toBe(50);
  expect(jobs.at(-1)?.id).toBe("running");
  expect(jobs[0]?.id).toBe("job_80");
  expect(jobs.some(({ id }) => id === "job_31")).toBe(false);
});

test("a new session tells again of what goes on; what ended stays on the screen", () => {
  const events: readonly ServerEventMessage[] = [
    { type: "sotto.coding", workspaces: ["/home/ann/app"], why: null },
    { type: "sotto.job", job: job({ id: "a" }) },
    { type: "sotto.job", job: job({ id: "b", status: "done", asked_at: 2_000 }) },
    { type: "sotto.hello", version: "1", voice: { model: "v" }, starter: true },
  ];
  const pictures = [talkStart];
  for (const event of events) pictures.push(talkStep(pictures.at(-1) ?? talkStart, { type: "server", event }));
  expect(pictures.map(({ jobs }) => jobs.map(({ id }) => id))).toEqual([[], [], ["a"], ["b", "a"], ["b"]]);
  expect(pictures.at(-1)?.coding?.workspaces).toEqual(["/home/ann/app"]);
  const ended = [job({ status: "done" })];
  expect(endedJobs(ended)).toBe(ended);
});

test("the service's clock is read from a job that was seen to change", () => {
  const before = [job({ since: 5_000 })];
  const after = [job({ since: 9_000, status: "proposing" })];
  expect(clockLeadMs(0, { before: [], after: before }, 100_000)).toBe(0);
  expect(clockLeadMs(0, { before, after: [job({ since: 5_000, note: "still" })] }, 100_000)).toBe(0);
  expect(clockLeadMs(0, { before, after }, 9_400)).toBe(400);
  expect(clockLeadMs(0, { before, after }, 2_000)).toBe(-7_000);
});

test("only who is asked can say yes, and only in time", () => {
  expect(jobActions(asking, 69_999)).toEqual(["reject", "apply"]);
  expect(jobActions(asking, 70_000)).toEqual(["reject", "apply-late"]);
  for (const status of statuses) {
    const actions = jobActions(job({ status, approval: { ...approval, reasons: [] } }), 0);
    expect(
      actions.some((action) => action.startsWith("apply")),
      status,
    ).toBe(status === "awaiting-approval");
    expect(actions.length > 0, status).toBe(!isOver({ ...asking, status }) && !/applying|summarising/.test(status));
  }
  expect(jobActions(job({ status: "done", undo: "possible" }), 0)).toEqual(["undo"]);
  expect(jobActions(job({ status: "done", undo: "undone" }), 0)).toEqual([]);
});

test("the time left counts down, and what is late is any moment", () => {
  const step = job({ expected_ms: 90_000 });
  expect([10_000, 75_000, 99_500, 200_000].map((nowMs) => timeText(step, nowMs))).toEqual([
    "about 1 min 30 s left",
    "about 25 s left",
    "any moment",
    "any moment",
  ]);
  expect([0, 10_000, 55_000, 200_000].map((nowMs) => stepPart(step, nowMs))).toEqual([0, 0, 0.5, 1]);
  expect(timeText(job(), 15_000)).toBe("for 5 s");
  expect(stepPart(job(), 15_000)).toBeNull();
  expect(timeText(asking, 30_000)).toBe("40 s to decide");
  expect(timeText(asking, 90_000)).toBe("");
});

test("who could have answered is told why nobody asks any more", () => {
  const elsewhere = { here: false, nowMs: 20_000 };
  const over = (status: JobView["status"]) => job({ status });
  expect(answerText(asking, over("applying"), elsewhere)).toMatch(/said yes/);
  expect(answerText(asking, over("rejected"), elsewhere)).toMatch(/said no/);
  expect(answerText(asking, over("cancelled"), { here: false, nowMs: 80_000 })).toMatch(/time to decide is over/);
  expect(answerText(asking, over("failed"), elsewhere)).toBeNull();
  expect(answerText(asking, over("applying"), { ...elsewhere, here: true })).toBeNull();
  expect(answerText(asking, asking, elsewhere)).toBeNull();
  expect(answerText(over("reading"), over("cancelled"), elsewhere)).toBeNull();
});

test("a job is told of in words", () => {
  const file = { path: "a.py", kind: "add", added: 1_200, removed: 0, patch: "" } as const;
  const change = { files: [file], summary: "", checks: [] };
  expect(changeText(change)).toBe("1 file, 1,200 lines added, 0 removed");
  expect(jobNews({ ...asking, change })).toBe(
    "write fizz buzz: Waiting for you – 1 file, 1,200 lines added, 0 removed",
  );
  expect(noteText(job({ note: "Reading a.py" }))).toBe("Reading a.py");
  expect(noteText(job({ status: "loading", note: "Bringing up the coder" }))).toBe("");
  expect(jobNews(job({ status: "done", summary: "It is there." }))).toBe("write fizz buzz: Done. It is there.");
  expect(statusText(job({ status: "done", undo: "undone" }))).toBe("Undone");
});
