import { describe, expect, test } from "vitest";
import type { CodingNews } from "../../../../pipeline/handoff/coding-news.ts";
import type { CodingSeat } from "../../../../pipeline/handoff/coding-seat.ts";
import { DeskTrial, runningJobs, type TrialTalk } from "../../../support/desk-trial.ts";
import { settle } from "../../../support/virtual-clock.ts";

const asks = ({ news }: TrialTalk): Extract<CodingNews, { type: "ask" }>[] =>
  news.flatMap((one) => (one.type === "ask" ? [one] : []));
const decide = (seat: CodingSeat, approvalId: string, approve = true): void =>
  seat.decide({ approvalId, approve, how: "client", eventId: "mine" });

describe("of a job", () => {
  test("the talk that asked is told; every talk sees it", async () => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    using bob = await trial.sit("bob");
    const id = trial.add("task", "ann");
    await trial.finish(id);
    expect(ann.lines).toEqual(["ask job_1", "approved", "settled: Done: task."]);
    expect(bob.lines).toEqual([]);
    expect(ann.views.at(-1)).toMatchObject({ id, status: "done" });
    expect(bob.views.map(({ status }) => status)).toEqual(ann.views.map(({ status }) => status));
  });

  test("the latest talk is told when the one that asked has gone", async () => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    using bob = await trial.sit("bob");
    await trial.finish(trial.add("task", "long gone"));
    expect(ann.lines).toEqual([]);
    expect(bob.lines).toEqual(["ask job_1", "approved", "settled: Done: task."]);
  });

  test("a failure and a lack of anything to do are told", async () => {
    await using trial = new DeskTrial({
      make: async ({ task }, news) => {
        news.onReady();
        if (task === "bad") throw new Error("The coder died.");
        return { end: { type: "done", summary: "It is so already." }, change: null, checks: [] };
      },
    });
    using ann = await trial.sit("ann");
    for (const task of ["bad", "good"]) trial.add(task, "ann");
    await trial.clock.advance(0);
    expect(ann.lines).toEqual(["tell job_1: The coder's job failed. The coder died.", "tell job_2: It is so already."]);
  });

  test("what became of an approved change is told as its settlement, also when it is held up", async () => {
    await using trial = new DeskTrial({ apply: async () => ({ outcome: "held", why: "a.ts has changed." }) });
    using ann = await trial.sit("ann");
    await trial.finish(trial.add("task", "ann"));
    expect(ann.lines.slice(1)).toEqual([
      "approved",
      "settled: The coder's job failed. Nothing was applied: a.ts has changed.",
    ]);
    expect(ann.news.at(-1)).toMatchObject({ type: "settled", applied: false });
  });
});

describe("one that only looks", () => {
  test("sees its job, and neither it nor anybody else is told of it", async () => {
    await using trial = new DeskTrial();
    using looking = await trial.sit("terminal", { isSilent: true });
    using ann = await trial.sit("ann");
    const id = trial.add("task", "terminal");
    await trial.finish(id);
    expect(looking.views.at(-1)).toMatchObject({ id, status: "done" });
    expect([...looking.lines, ...ann.lines]).toEqual([]);
    looking[Symbol.dispose]();
    using bob = await trial.sit("bob");
    expect([...ann.lines, ...bob.lines]).toEqual([]);
  });

  test("leaves before its job is done: somebody who talks is asked, and told", async () => {
    await using trial = new DeskTrial();
    using looking = await trial.sit("terminal", { isSilent: true });
    using ann = await trial.sit("ann");
    const id = trial.add("task", "terminal");
    looking[Symbol.dispose]();
    await trial.finish(id);
    expect(ann.lines).toEqual(["ask job_1", "approved", "settled: Done: task."]);
  });

  test("is not told of others' jobs", async () => {
    await using trial = new DeskTrial();
    using looking = await trial.sit("terminal", { isSilent: true });
    await trial.finish(trial.add("task", "long gone"));
    expect(looking.lines).toEqual([]);
    using ann = await trial.sit("ann");
    expect(ann.lines).toHaveLength(1);
  });
});

describe("an approval", () => {
  test("is asked for with the whole change, and its arguments", async () => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    trial.add("task", "ann");
    await trial.clock.advance(3_000);
    const [ask] = asks(ann);
    expect(ask?.text).toMatch(/^The coder made fizzbuzz\.py with 12 lines\. Nothing was checked\. Say: apply \w+ \w+/);
    expect(JSON.parse(ask?.argumentsJson ?? "")).toMatchObject({ task: "task", risk: "low", hash: "hash" });
  });

  test("that came too late is asked for once more, and the old one is withdrawn", async () => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    const id = trial.add("task", "ann");
    await trial.clock.advance(63_000);
    decide(ann.seat, trial.approvalOf(id));
    expect(ann.lines).toEqual([
      "ask job_1",
      "withdrawn",
      "ask job_1",
      "refused: That approval was too old, and nothing was applied. Look at the change again, then approve it.",
    ]);
    const [first, second] = asks(ann);
    expect(ann.news.find(({ type }) => type === "withdrawn")).toMatchObject({ approvalId: first?.approval.id });
    expect(second?.approval.id).toBe(trial.approvalOf(id));
    expect(second?.text).toMatch(/^That came too late, and nothing was applied\. Say: apply /);
  });

  test("is asked of another talk when the one that was asked leaves", async () => {
    await using trial = new DeskTrial();
    using bob = await trial.sit("bob");
    const ann = await trial.sit("ann");
    const id = trial.add("task", "ann");
    await trial.clock.advance(3_000);
    expect(bob.lines).toEqual([]);
    ann[Symbol.dispose]();
    expect(bob.lines).toEqual(["ask job_1"]);
    decide(bob.seat, trial.approvalOf(id));
    await trial.clock.advance(1_000);
    expect(bob.lines).toEqual(["ask job_1", "approved", "settled: Done: task."]);
  });

  test("is not asked for again when somebody leaves who was not asked", async () => {
    await using trial = new DeskTrial();
    const bob = await trial.sit("bob");
    using ann = await trial.sit("ann");
    trial.add("task", "ann");
    await trial.clock.advance(3_000);
    bob[Symbol.dispose]();
    expect(ann.lines).toEqual(["ask job_1"]);
  });

  test("is asked of one talk at a time: who comes back takes it over from who was asked meanwhile", async () => {
    await using trial = new DeskTrial();
    using bob = await trial.sit("bob");
    const ann = await trial.sit("ann");
    const id = trial.add("task", "ann");
    await trial.clock.advance(3_000);
    ann[Symbol.dispose]();
    using back = await trial.sit("ann, again");
    expect(bob.lines).toEqual(["ask job_1", "withdrawn"]);
    expect(back.lines).toEqual(["ask job_1"]);
    decide(back.seat, trial.approvalOf(id));
    await trial.clock.advance(1_000);
    expect(back.lines).toEqual(["ask job_1", "approved", "settled: Done: task."]);
    expect(bob.lines).toEqual(["ask job_1", "withdrawn"]);
  });

  test("that was given settles where it was asked, whoever has come meanwhile", async () => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    const id = trial.add("task");
    await trial.clock.advance(3_000);
    decide(ann.seat, trial.approvalOf(id));
    using bob = await trial.sit("bob");
    await trial.clock.advance(1_000);
    expect(ann.lines).toEqual(["ask job_1", "approved", "settled: Done: task."]);
    expect(bob.lines).toEqual([]);
  });

  test("that was given as somebody sits down settles where it was asked, too", async () => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    const id = trial.add("task");
    await trial.clock.advance(3_000);
    const sitting = trial.sit("bob");
    decide(ann.seat, trial.approvalOf(id));
    using bob = await sitting;
    await trial.clock.advance(1_000);
    expect(ann.lines).toEqual(["ask job_1", "approved", "settled: Done: task."]);
    expect(bob.lines).toEqual([]);
  });

  test("that was given by one who then left is told to who is there", async () => {
    await using trial = new DeskTrial();
    using bob = await trial.sit("bob");
    const ann = await trial.sit("ann");
    const id = trial.add("task", "ann");
    await trial.clock.advance(3_000);
    decide(ann.seat, trial.approvalOf(id));
    ann[Symbol.dispose]();
    await trial.clock.advance(1_000);
    expect(bob.lines).toEqual(["tell job_1: Done: task."]);
  });

  test.each(["reject", "cancel"] as const)("is withdrawn when anybody else does %s the job", async (what) => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    using bob = await trial.sit("bob");
    const id = trial.add("task", "ann");
    await trial.clock.advance(3_000);
    bob.seat.request({ type: `sotto.job.${what}`, job_id: id });
    await settle();
    expect(ann.lines).toEqual(["ask job_1", "withdrawn"]);
    expect(trial.desk.get(id)?.told).toBe(true);
  });

  test("is not asked for twice of one who sits down as it is asked for", async () => {
    await using trial = new DeskTrial();
    trial.add("task");
    await trial.clock.advance(2_999);
    const sitting = trial.sit("ann");
    await trial.clock.advance(1);
    using ann = await sitting;
    expect(ann.lines).toEqual(["ask job_1"]);
  });
});

describe("what a client wants", () => {
  test("is refused with a sentence and its event's id", async () => {
    await using trial = new DeskTrial({ place: { resolve: async () => Promise.reject(new Error("It broke.")) } });
    using ann = await trial.sit("ann");
    ann.seat.request({ type: "sotto.job.undo", event_id: "e1" });
    ann.seat.request({ type: "sotto.job.start", task: "task", event_id: "e2" });
    decide(ann.seat, "approval_none");
    await settle();
    const refusals = ann.news.filter(({ type }) => type === "refused");
    expect(refusals).toHaveLength(3);
    expect(refusals).toEqual(
      expect.arrayContaining([
        { type: "refused", message: "There is no change to undo.", eventId: "e1" },
        { type: "refused", message: "It broke.", eventId: "e2" },
        expect.objectContaining({ message: expect.stringMatching(/^Nothing waits for/), eventId: "mine" }),
      ]),
    );
  });

  test("is not begun when it cannot be kept", async () => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    trial.memory.isFull = true;
    ann.seat.request({ type: "sotto.job.start", task: "task", event_id: "e1" });
    await settle();
    expect(ann.lines).toEqual(["refused: The disk is full. Make room, then ask again."]);
  });

  test("is to stop: what the coder does is stopped", async () => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    const id = trial.add("task", "ann");
    await trial.clock.advance(1_500);
    ann.seat.stop();
    expect(trial.statusOf(id)).toBe("cancelled");
    expect(runningJobs(ann)).toBe(0);
  });
});
