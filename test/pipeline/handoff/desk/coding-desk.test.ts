import { describe, expect, test } from "vitest";
import type { Made } from "../../../../pipeline/handoff/desk/workshop.ts";
import type { JobStatus } from "../../../../pipeline/handoff/job.ts";
import { DeskTrial, fizzMade, usualMake } from "../../../support/desk-trial.ts";
import { settle } from "../../../support/virtual-clock.ts";

const ended = (end: Made["end"]) => async (): Promise<Made> => ({ end, change: null, checks: [] });

describe("several jobs", () => {
  test("come to the coder one at a time, in the order they were asked for", async () => {
    await using trial = new DeskTrial();
    const ids = ["one", "two", "three"].map((task) => trial.add(task));
    await trial.clock.advance(1_500);
    expect(ids.map((id) => trial.statusOf(id))).toEqual(["reading", "queued", "queued"]);
    await trial.clock.advance(10_000);
    expect(ids.map((id) => trial.statusOf(id))).toEqual(Array(3).fill("awaiting-approval"));
    expect(trial.workshop.calls).toEqual(["make one", "make two", "make three"]);
    expect(trial.workshop.mostAtOnce).toBe(1);
  });

  test("asked for while one is just being begun still come one at a time", async () => {
    await using trial = new DeskTrial();
    let more = true;
    using _ = trial.desk.watch((job) => {
      if (job.state.status === "loading" && more) {
        more = false;
        trial.add("another");
      }
    });
    trial.add("first");
    await trial.clock.advance(500);
    expect(trial.workshop.mostAtOnce).toBe(1);
    expect(trial.desk.jobs.map(({ state }) => state.status)).toEqual(["loading", "queued"]);
  });

  test("do not wait for one that awaits an approval, nor for one that is being applied", async () => {
    await using trial = new DeskTrial({
      apply: async (_job, _resumed, clock) => {
        await clock.sleep(9_000);
        return { outcome: "applied", remark: null };
      },
    });
    const first = trial.add("first");
    await trial.clock.advance(3_000);
    trial.desk.decide(trial.approvalOf(first), trial.yes());
    const second = trial.add("second");
    await trial.clock.advance(3_000);
    expect([trial.statusOf(first), trial.statusOf(second)]).toEqual(["applying", "awaiting-approval"]);
  });

  test("are applied one after the other", async () => {
    let atOnce = 0;
    let most = 0;
    await using trial = new DeskTrial({
      apply: async (_job, _resumed, clock) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await clock.sleep(200);
        atOnce -= 1;
        return { outcome: "applied", remark: null };
      },
    });
    const ids = ["one", "two"].map((task) => trial.add(task));
    await trial.clock.advance(6_000);
    for (const id of ids) expect(trial.desk.decide(trial.approvalOf(id), trial.yes())).toBeNull();
    await trial.clock.advance(2_000);
    expect(ids.map((id) => trial.statusOf(id))).toEqual(["done", "done"]);
    expect(most).toBe(1);
  });
});

describe("a job", () => {
  test.each([
    ["refused", "The coder does not know that program."],
    ["gave-up", "The coder went in circles."],
  ] as const)("whose agent %s has failed, with its reason, and the next one goes on", async (type, why) => {
    await using trial = new DeskTrial({
      make: async (job, news, signal, clock) =>
        job.task === "bad" ? await ended({ type, why })() : await usualMake(job, news, signal, clock),
    });
    const [bad, good] = [trial.add("bad"), trial.add("good")];
    await trial.clock.advance(4_000);
    expect(trial.desk.get(bad)?.state).toEqual({ status: "failed", why });
    expect(trial.statusOf(good)).toBe("awaiting-approval");
  });

  test("whose coder cannot be had, or whose agent dies, has failed with that sentence", async () => {
    const why = "The coder needs 9 GB, and 4 are free.";
    await using trial = new DeskTrial({
      make: async () => {
        throw new Error(why);
      },
    });
    const id = trial.add("task");
    await trial.clock.advance(0);
    expect(trial.desk.get(id)?.state).toEqual({ status: "failed", why });
  });

  test("for which nothing is to be changed is done, and has nothing to undo", async () => {
    await using trial = new DeskTrial({
      make: async (_job, news) => {
        news.onReady();
        return { end: { type: "done", summary: "It is so already." }, change: null, checks: [] };
      },
    });
    const id = trial.add("task");
    await trial.clock.advance(0);
    expect(trial.desk.get(id)?.state).toMatchObject({ status: "done", proposal: null, summary: "It is so already." });
    expect(await trial.desk.undo(id)).toMatch(/nothing was changed/);
  });

  test("says what could not be done of it", async () => {
    await using trial = new DeskTrial({ apply: async () => ({ outcome: "applied", remark: "It is not committed." }) });
    const id = trial.add("task");
    await trial.finish(id);
    expect(trial.desk.get(id)?.state).toMatchObject({ status: "done", summary: "Done: task. It is not committed." });
  });

  test("held up by a conflict has failed, and nothing was applied", async () => {
    await using trial = new DeskTrial({ apply: async () => ({ outcome: "held", why: "a.ts has changed." }) });
    const id = trial.add("task");
    await trial.finish(id);
    expect(trial.desk.get(id)?.state).toEqual({ status: "failed", why: "Nothing was applied: a.ts has changed." });
    expect(await trial.desk.undo(id)).toMatch(/nothing was applied/);
  });

  test("that cannot be summed up is done all the same", async () => {
    await using trial = new DeskTrial({
      summarise: async () => {
        throw new Error("It broke.");
      },
    });
    const id = trial.add("task");
    await trial.finish(id);
    expect(trial.desk.get(id)?.state).toMatchObject({ status: "done", summary: expect.stringMatching(/^Applied: /) });
    expect(trial.logs).toEqual(["summary: It broke."]);
  });

  test("that is over is forgotten when many came after it; one that is not over never is", async () => {
    await using trial = new DeskTrial({ make: ended({ type: "refused", why: "No." }) });
    const first = trial.add("first");
    await trial.clock.advance(0);
    for (let n = 0; n < 60; n += 1) {
      trial.add(`task ${n}`);
      await settle();
    }
    expect(trial.desk.jobs).toHaveLength(50);
    expect(trial.desk.get(first)).toBeUndefined();
    expect(await trial.desk.undo(first)).toBe("There is no such job.");
  });
});

describe("what an agent is seen doing", () => {
  test("is shown while it works, and no longer", async () => {
    let late: (() => void) | undefined;
    await using trial = new DeskTrial({
      make: async (job, news, signal, clock) => {
        late = () => news.onNews({ type: "reading", path: "late.ts" });
        return await usualMake(job, news, signal, clock);
      },
    });
    const id = trial.add("task");
    await trial.clock.advance(1_500);
    expect(trial.desk.newsOf(id)).toEqual({ type: "reading", path: "README.md" });
    await trial.clock.advance(2_000);
    expect(trial.desk.newsOf(id)).toBeNull();
    late?.();
    expect(trial.desk.newsOf(id)).toBeNull();
    const first = late;
    const second = trial.add("second");
    await trial.clock.advance(500);
    first?.();
    expect([id, second].map((each) => trial.desk.newsOf(each))).toEqual([null, null]);
  });

  test("how long loading takes is counted from its beginning", async () => {
    await using trial = new DeskTrial();
    const id = trial.add("task");
    await trial.clock.advance(400);
    const job = trial.desk.get(id);
    if (job === undefined) throw new Error("It is there");
    expect(trial.desk.view(job).expected_ms).toBe(1_400);
  });
});

describe("cancelling", () => {
  const ways: readonly [JobStatus, number][] = [
    ["loading", 500],
    ["reading", 1_500],
    ["proposing", 2_500],
  ];
  test.each(ways)("a job that is %s stops the coder at once, and the next one begins", async (status, atMs) => {
    await using trial = new DeskTrial();
    const [first, second] = [trial.add("first"), trial.add("second")];
    await trial.clock.advance(atMs);
    expect(trial.statusOf(first)).toBe(status);
    expect(trial.desk.cancel(first)).toBeNull();
    await trial.clock.advance(0);
    expect([trial.statusOf(first), trial.statusOf(second)]).toEqual(["cancelled", "loading"]);
    await trial.clock.advance(5_000);
    expect([trial.statusOf(first), trial.statusOf(second)]).toEqual(["cancelled", "awaiting-approval"]);
  });

  test("a job that waits for its turn means that it never has one", async () => {
    await using trial = new DeskTrial();
    const [first, second] = [trial.add("first"), trial.add("second")];
    expect(trial.desk.cancel(second)).toBeNull();
    await trial.clock.advance(5_000);
    expect(trial.workshop.calls).toEqual(["make first"]);
    expect(trial.statusOf(first)).toBe("awaiting-approval");
  });

  test("a job whose coder does not listen keeps the next one waiting, and nothing of it counts", async () => {
    await using trial = new DeskTrial({
      make: async (_job, news, _signal, clock) => {
        news.onReady();
        await clock.sleep(5_000);
        return fizzMade;
      },
    });
    const [first, second] = [trial.add("first"), trial.add("second")];
    await trial.clock.advance(100);
    trial.desk.cancel(first);
    await trial.clock.advance(1_000);
    expect([trial.statusOf(first), trial.statusOf(second)]).toEqual(["cancelled", "queued"]);
    await trial.clock.advance(4_000);
    expect([trial.statusOf(first), trial.statusOf(second)]).toEqual(["cancelled", "reading"]);
  });

  test("a job as soon as it is begun never lets the coder begin", async () => {
    await using trial = new DeskTrial();
    using _ = trial.desk.watch((job) => {
      if (job.state.status === "loading") trial.desk.cancel(job.id);
    });
    const id = trial.add("task");
    await trial.clock.advance(0);
    expect(trial.statusOf(id)).toBe("cancelled");
    expect(trial.workshop.calls).toEqual([]);
  });

  test("a job that waits for an approval voids the approval", async () => {
    await using trial = new DeskTrial();
    const id = trial.add("task");
    await trial.clock.advance(3_000);
    const approvalId = trial.approvalOf(id);
    expect(trial.desk.cancel(id)).toBeNull();
    expect(trial.desk.decide(approvalId, trial.yes())).toBe(
      "That approval is no longer open; look at the newest change.",
    );
    await trial.clock.advance(1_000);
    expect(trial.workshop.calls).toEqual(["make task"]);
  });

  test("a job that is being applied, summed up or over is refused with a sentence", async () => {
    await using trial = new DeskTrial();
    const id = trial.add("task");
    await trial.clock.advance(3_000);
    trial.desk.decide(trial.approvalOf(id), trial.yes());
    expect(trial.desk.cancel(id)).toMatch(/being applied/);
    await trial.clock.advance(200);
    expect(trial.desk.cancel(id)).toMatch(/already applied/);
    await trial.clock.advance(1_000);
    expect(trial.desk.cancel(id)).toBe("This job is already applied.");
    expect(trial.desk.cancel("job_9")).toBe("There is no such job.");
    expect(trial.statusOf(id)).toBe("done");
  });
});
