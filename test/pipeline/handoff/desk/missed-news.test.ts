import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { JobStore } from "../../../../pipeline/handoff/jobs/job-store.ts";
import { DeskTrial, runningJobs } from "../../../support/desk-trial.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

describe("somebody who sits down", () => {
  test("sees the jobs that still matter, and hears how many could be stopped", async () => {
    await using trial = new DeskTrial();
    const ids = ["one", "two", "three"].map((task) => trial.add(task));
    await trial.clock.advance(1_500);
    using ann = await trial.sit("ann");
    expect(ann.views.map(({ id, status }) => [id, status])).toEqual([
      [ids[0], "reading"],
      [ids[1], "queued"],
      [ids[2], "queued"],
    ]);
    expect(runningJobs(ann)).toBe(3);
    trial.desk.cancel(ids[2] ?? "");
    expect(runningJobs(ann)).toBe(2);
    await trial.clock.advance(6_000);
    expect(runningJobs(ann)).toBe(0);
  });

  test("sees of those that are over the last ten", async () => {
    await using trial = new DeskTrial({ make: async () => Promise.reject(new Error("No.")) });
    for (let n = 0; n < 14; n += 1) trial.add(`task ${n}`);
    await trial.clock.advance(0);
    using ann = await trial.sit("ann");
    expect(ann.views.map(({ task }) => task)).toEqual(Array.from({ length: 10 }, (_, n) => `task ${n + 4}`));
  });

  test("is told what nobody was there to hear: once, and never again when it was heard", async () => {
    await using trial = new DeskTrial();
    const id = trial.add("task", "ann");
    await trial.finish(id);
    const first = await trial.sit("ann");
    expect(first.lines).toEqual(["tell job_1: While you were away, about “task”: Done: task."]);
    using second = await trial.sit("bob");
    expect(second.lines).toEqual([]);
    first.seat.told(id);
    expect(trial.desk.get(id)?.told).toBe(true);
    first[Symbol.dispose]();
    using third = await trial.sit("carol");
    expect([...second.lines, ...third.lines]).toEqual([]);
  });

  test("is told of several together", async () => {
    await using trial = new DeskTrial();
    const ids = ["one", "two", "three"].map((task) => trial.add(task));
    for (const id of ids) await trial.finish(id);
    using ann = await trial.sit("ann");
    expect(ann.lines).toEqual([
      "tell job_3: While you were away, three jobs ended; they are on the screen. The last, “three”: Done: three.",
    ]);
    ann.seat.told("job_3");
    expect(ids.map((id) => trial.desk.get(id)?.told)).toEqual([true, true, true]);
  });

  test("is told what one who left did not hear to its end, as are those who stayed", async () => {
    await using trial = new DeskTrial();
    const ann = await trial.sit("ann");
    await trial.finish(trial.add("one", "ann"));
    expect(ann.lines.at(-1)).toBe("settled: Done: one.");
    ann[Symbol.dispose]();
    const bob = await trial.sit("bob");
    expect(bob.lines).toEqual(["tell job_1: While you were away, about “one”: Done: one."]);
    using carol = await trial.sit("carol");
    expect(carol.lines).toEqual([]);
    bob[Symbol.dispose]();
    expect(carol.lines).toEqual(["tell job_1: While you were away, about “one”: Done: one."]);
  });

  test("is told nothing by a talk that has left before its turn", async () => {
    await using trial = new DeskTrial();
    await trial.finish(trial.add("task"));
    const gone = trial.sit("ann");
    trial.seats.take("bob", { onNews: () => undefined, onJob: () => undefined })[Symbol.dispose]();
    using ann = await gone;
    expect(ann.lines).toHaveLength(1);
  });
});

describe("news that nobody heard", () => {
  test("are told by the next service, from the jobs as they lie on the disk", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sotto-seats-"));
    const clock = new VirtualClock();
    const service = async (during: (trial: DeskTrial) => Promise<void>): Promise<void> => {
      using keeper = JobStore.open({ folder, clock, complain: (line) => expect.unreachable(line) });
      await using trial = new DeskTrial({ keeper, clock });
      trial.desk.start();
      await during(trial);
    };
    await service(async (trial) => {
      const ann = await trial.sit("ann");
      const id = trial.add("task", "ann");
      await clock.advance(500);
      // It drops in the middle; the change is approved from elsewhere, and nobody hears of its end.
      ann[Symbol.dispose]();
      await trial.finish(id);
    });
    await service(async (trial) => {
      using back = await trial.sit("ann");
      expect(back.lines).toEqual(["tell job_1: While you were away, about “task”: Done: task."]);
      back.seat.told("job_1");
    });
    await service(async (trial) => {
      using again = await trial.sit("ann");
      expect(again.lines).toEqual([]);
      expect(again.views).toMatchObject([{ id: "job_1", status: "done" }]);
    });
    await rm(folder, { recursive: true, force: true });
  });
});
