import { describe, expect, test } from "vitest";
import { DeskTrial, diskFull, MemoryKeeper } from "../../../support/desk-trial.ts";

describe("a step that cannot be kept", () => {
  test("a new task is refused with the reason, and there is no such job", async () => {
    await using trial = new DeskTrial();
    trial.memory.isFull = true;
    expect(() => trial.add("task")).toThrow(diskFull);
    expect(trial.desk.jobs).toEqual([]);
  });

  test("work is not begun; it is not tried for ever, but with the next task", async () => {
    const keeper = new MemoryKeeper();
    await using trial = new DeskTrial({ keeper });
    using _ = trial.desk.watch((job) => {
      if (job.state.status === "queued") keeper.isFull = true;
    });
    const first = trial.add("first");
    await trial.clock.advance(60_000);
    expect(trial.statusOf(first)).toBe("queued");
    expect(keeper.refusals).toBe(1);
    _[Symbol.dispose]();
    keeper.isFull = false;
    const second = trial.add("second");
    await trial.clock.advance(10_000);
    expect([first, second].map((id) => trial.statusOf(id))).toEqual(["awaiting-approval", "awaiting-approval"]);
  });

  test.each([500, 1_500, 2_500])(
    "work that is done %i ms after the disk filled up is proposed, and kept when there is room",
    async (fullAtMs) => {
      await using trial = new DeskTrial();
      const id = trial.add("task");
      await trial.clock.advance(fullAtMs);
      trial.memory.isFull = true;
      await trial.clock.advance(5_000);
      expect(trial.statusOf(id)).toBe("awaiting-approval");
      expect(trial.memory.refusals).toBeLessThan(5);
      // A yes is on the disk before anything is applied.
      expect(trial.desk.decide(trial.approvalOf(id), trial.yes())).toBe(diskFull);
      await trial.clock.advance(1_000);
      expect(trial.workshop.calls).toEqual(["make task"]);
      trial.memory.isFull = false;
      trial.add("other");
      expect(trial.memory.jobs()[0]?.state.status).toBe("awaiting-approval");
      expect(trial.desk.decide(trial.approvalOf(id), trial.yes())).toBeNull();
    },
  );

  test("the coder can be stopped also then", async () => {
    await using trial = new DeskTrial();
    const id = trial.add("task");
    await trial.clock.advance(1_500);
    trial.memory.isFull = true;
    expect(trial.desk.cancel(id)).toBeNull();
    await trial.clock.advance(5_000);
    expect(trial.statusOf(id)).toBe("cancelled");
  });

  test("what was applied is told, and kept at the end at the latest", async () => {
    const trial = new DeskTrial();
    const id = trial.add("task");
    await trial.clock.advance(3_000);
    trial.desk.decide(trial.approvalOf(id), trial.yes());
    trial.memory.isFull = true;
    await trial.clock.advance(1_000);
    expect(trial.statusOf(id)).toBe("done");
    expect(trial.memory.jobs()[0]?.state.status).toBe("applying");
    trial.memory.isFull = false;
    await trial[Symbol.asyncDispose]();
    expect(trial.memory.jobs()[0]?.state.status).toBe("done");
  });

  test("taking back is not begun", async () => {
    await using trial = new DeskTrial();
    const id = trial.add("task");
    await trial.finish(id);
    trial.memory.isFull = true;
    expect(await trial.desk.undo(id)).toBe(diskFull);
    expect(trial.workshop.calls).not.toContain("undo task");
  });

  test("a spoken yes that does not count is answered aloud; a late one is asked again, and nothing more", async () => {
    await using trial = new DeskTrial();
    using ann = await trial.sit("ann");
    const id = trial.add("task", "ann");
    await trial.clock.advance(3_000);
    const say = (approvalId: string): void =>
      ann.seat.decide({ approvalId, approve: true, how: "voice", eventId: undefined });
    trial.memory.isFull = true;
    ann.lines.length = 0;
    say(trial.approvalOf(id));
    expect(ann.lines).toEqual([`refused: ${diskFull}`, `tell ${id}: ${diskFull}`]);
    await trial.clock.advance(60_000);
    ann.lines.length = 0;
    say(trial.approvalOf(id));
    expect(ann.lines.filter((line) => !line.startsWith("refused"))).toEqual(["withdrawn", `ask ${id}`]);
    expect(trial.workshop.calls).toEqual(["make task"]);
  });
});
