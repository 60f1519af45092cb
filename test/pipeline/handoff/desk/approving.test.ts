import { describe, expect, test } from "vitest";
import type { Consent, JobStatus } from "../../../../pipeline/handoff/job.ts";
import { DeskTrial, fizzMade } from "../../../support/desk-trial.ts";

async function proposed(options: ConstructorParameters<typeof DeskTrial>[0] = {}) {
  const trial = new DeskTrial(options);
  const id = trial.add("task");
  await trial.clock.advance(3_000);
  return { trial, id, approvalId: trial.approvalOf(id) };
}

describe("an approval", () => {
  test("counts once: the first answer wins, and the others are told so", async () => {
    const { trial, id, approvalId } = await proposed();
    await using _ = trial;
    const answers = [trial.yes("click"), trial.yes("voice"), null].map((yes) => trial.desk.decide(approvalId, yes));
    expect(answers).toEqual([null, "This change is already approved.", "This change is already approved."]);
    await trial.clock.advance(1_000);
    expect(trial.statusOf(id)).toBe("done");
    expect(trial.workshop.calls).toEqual(["make task", "apply task", "summarise task"]);
  });

  test("that was refused cannot be given", async () => {
    const { trial, id, approvalId } = await proposed();
    await using _ = trial;
    expect(trial.desk.decide(approvalId, null)).toBeNull();
    expect(trial.desk.decide(approvalId, trial.yes())).toBe("This change is already rejected.");
    await trial.clock.advance(1_000);
    expect(trial.statusOf(id)).toBe("rejected");
    expect(trial.workshop.calls).toEqual(["make task"]);
  });

  test("ends with the job's rejection", async () => {
    const { trial, id, approvalId } = await proposed();
    await using _ = trial;
    expect(trial.desk.reject(id)).toBeNull();
    expect(trial.desk.reject(id)).toBe("This job is already rejected.");
    expect(trial.desk.decide(approvalId, trial.yes())).toMatch(/no longer open/);
  });

  test("nobody knows is refused", async () => {
    const { trial, id } = await proposed();
    await using _ = trial;
    expect(trial.desk.decide("approval_none", trial.yes())).toMatch(/^Nothing waits for that approval/);
    expect(trial.statusOf(id)).toBe("awaiting-approval");
  });

  test("that ran out is asked for anew, and applies nothing; the new one counts", async () => {
    const { trial, id, approvalId } = await proposed();
    await using _ = trial;
    await trial.clock.advance(60_000);
    expect(trial.desk.decide(approvalId, trial.yes())).toMatch(/^That approval was too old, and nothing was applied/);
    const renewed = trial.approvalOf(id);
    expect(renewed).not.toBe(approvalId);
    expect(trial.desk.decide(approvalId, trial.yes())).toMatch(/no longer open/);
    expect(trial.approvalOf(id)).toBe(renewed);
    expect(trial.desk.decide(renewed, trial.yes())).toBeNull();
    await trial.clock.advance(1_000);
    expect(trial.statusOf(id)).toBe("done");
  });

  test("holds until the moment it runs out", async () => {
    const { trial, id, approvalId } = await proposed();
    await using _ = trial;
    await trial.clock.advance(59_999);
    expect(trial.desk.decide(approvalId, trial.yes())).toBeNull();
    expect(trial.statusOf(id)).toBe("applying");
  });

  test("that ran out can still be refused: a no is never too late", async () => {
    const { trial, id, approvalId } = await proposed();
    await using _ = trial;
    await trial.clock.advance(60_000);
    expect(trial.desk.decide(approvalId, null)).toBeNull();
    expect(trial.statusOf(id)).toBe("rejected");
  });

  test.each(["voice", "flag"] as const)(
    "for a dangerous change is not given by %s, which does not use it up",
    async (how) => {
      const reasons = ["It deletes a file."];
      const { trial, id, approvalId } = await proposed({ risk: { level: "high", reasons } });
      await using _ = trial;
      expect(trial.desk.decide(approvalId, trial.yes(how))).toBe("This needs a click or a key. It deletes a file.");
      expect(trial.statusOf(id)).toBe("awaiting-approval");
      expect(trial.desk.decide(approvalId, trial.yes("key"))).toBeNull();
      expect(trial.statusOf(id)).toBe("applying");
    },
  );

  test.each(["voice", "flag", "click", "key", "client"] as const)(
    "for a harmless change is given by %s",
    async (how) => {
      const { trial, id, approvalId } = await proposed();
      await using _ = trial;
      const consent: Consent = trial.yes(how);
      expect(trial.desk.decide(approvalId, consent)).toBeNull();
      expect(trial.desk.get(id)?.state).toMatchObject({ status: "applying", consent });
    },
  );

  test("of one job says nothing of another", async () => {
    await using trial = new DeskTrial();
    const [first, second] = [trial.add("first"), trial.add("second")];
    await trial.clock.advance(6_000);
    expect(trial.desk.decide(trial.approvalOf(second), trial.yes())).toBeNull();
    await trial.clock.advance(1_000);
    expect([trial.statusOf(first), trial.statusOf(second)]).toEqual(["awaiting-approval", "done"]);
  });

  test("is not given any more to a desk that closes", async () => {
    const { trial, id, approvalId } = await proposed();
    await trial[Symbol.asyncDispose]();
    expect(trial.desk.decide(approvalId, trial.yes())).toMatch(/^Sotto is closing/);
    expect(trial.statusOf(id)).toBe("awaiting-approval");
  });
});

describe("taking back", () => {
  test("is done once", async () => {
    const { trial, id } = await proposed();
    await using _ = trial;
    await trial.finish(id);
    const both = [trial.desk.undo(id), trial.desk.undo(id)];
    await trial.clock.advance(1_000);
    expect(await Promise.all(both)).toEqual([null, "This was undone already."]);
    expect(trial.workshop.calls.filter((call) => call.startsWith("undo"))).toEqual(["undo task"]);
  });

  test("held up by a conflict takes nothing back, and can be tried again", async () => {
    let isHeld = true;
    const { trial, id } = await proposed({
      undo: async () => (isHeld ? { outcome: "held", why: "a.ts has changed." } : { outcome: "applied", remark: null }),
    });
    await using _ = trial;
    await trial.finish(id);
    const both = [trial.desk.undo(id), trial.desk.undo(id)];
    expect(await Promise.all(both)).toEqual(["a.ts has changed.", "a.ts has changed."]);
    expect(trial.desk.get(id)?.state).toMatchObject({ status: "done", undo: "possible" });
    // Neither was cut off in its middle.
    expect(trial.workshop.calls.filter((call) => call.includes("again"))).toEqual([]);
    isHeld = false;
    expect(await trial.desk.undo(id)).toBeNull();
    expect(trial.desk.get(id)?.state).toMatchObject({ undo: "undone" });
  });

  test("that fails is told, and can be tried again", async () => {
    const { trial, id } = await proposed({
      undo: async () => {
        throw new Error("The folder cannot be written.");
      },
    });
    await using _ = trial;
    await trial.finish(id);
    expect(await trial.desk.undo(id)).toBe("The folder cannot be written.");
    expect(trial.desk.get(id)?.state).toMatchObject({ undo: "possible" });
  });

  test("waits for a change that is being applied", async () => {
    const { trial, id } = await proposed();
    await using _ = trial;
    await trial.finish(id);
    const second = trial.add("second");
    await trial.clock.advance(3_000);
    trial.desk.decide(trial.approvalOf(second), trial.yes());
    const undoing = trial.desk.undo(id);
    await trial.clock.advance(50);
    expect(trial.workshop.calls).not.toContain("undo task");
    await trial.clock.advance(1_000);
    expect(await undoing).toBeNull();
  });

  test.each([
    [500, /nothing to undo yet/i],
    [2_500, /nothing to undo yet/i],
    [3_000, /nothing to undo yet/i],
  ])("is refused after %i ms, before anything was applied", async (atMs, why) => {
    await using trial = new DeskTrial();
    const id = trial.add("task");
    await trial.clock.advance(atMs);
    expect(await trial.desk.undo(id)).toMatch(why);
  });
});

describe("a service that closes", () => {
  test("in the middle of work leaves the job to the next one", async () => {
    const trial = new DeskTrial();
    const id = trial.add("task");
    await trial.clock.advance(1_500);
    await trial[Symbol.asyncDispose]();
    await trial.clock.advance(10_000);
    expect(trial.statusOf(id)).toBe("queued");
    // Closing is no failure of the work.
    expect(trial.desk.get(id)?.attempts).toBe(0);
    await using next = new DeskTrial({ keeper: trial.killed() });
    next.desk.start();
    await next.clock.advance(3_000);
    expect(next.statusOf(id)).toBe("awaiting-approval");
  });

  test("waits until a change that is being applied is there", async () => {
    const { trial, id, approvalId } = await proposed();
    trial.desk.decide(approvalId, trial.yes());
    const closed = trial.desk[Symbol.asyncDispose]().then(() => trial.statusOf(id));
    await trial[Symbol.asyncDispose]();
    expect(await closed).toBe("summarising");
    // The summary is made by the next service.
    expect(trial.statusOf(id)).toBe("summarising");
    await using next = new DeskTrial({ keeper: trial.killed() });
    next.desk.start();
    await next.clock.advance(1_000);
    expect(next.desk.get(id)?.state).toMatchObject({ status: "done", summary: "Done: task." });
    expect(next.workshop.calls).toEqual(["summarise task"]);
  });
});

describe("a service that was killed", () => {
  const cases: readonly [JobStatus, number, readonly string[], JobStatus][] = [
    ["loading", 500, ["make task"], "awaiting-approval"],
    ["reading", 1_500, ["make task"], "awaiting-approval"],
    ["proposing", 2_500, ["make task"], "awaiting-approval"],
    ["awaiting-approval", 3_000, [], "awaiting-approval"],
    ["applying", 3_050, ["apply task again", "summarise task"], "done"],
    ["summarising", 3_300, ["summarise task"], "done"],
    ["done", 4_000, [], "done"],
  ];
  test.each(cases)("while a job was %s has it go on", async (status, atMs, calls, end) => {
    await using trial = new DeskTrial();
    const id = trial.add("task");
    using _ = trial.desk.watch(({ state }) => {
      if (state.status !== "awaiting-approval" || atMs <= 3_000) return;
      queueMicrotask(() => trial.desk.decide(state.approval.id, trial.yes()));
    });
    await trial.clock.advance(atMs);
    expect(trial.statusOf(id)).toBe(status);
    await using next = new DeskTrial({ keeper: trial.killed() });
    next.desk.start();
    await next.clock.advance(5_000);
    expect(next.workshop.calls).toEqual(calls);
    expect(next.statusOf(id)).toBe(end);
  });

  test("knows no approval that the earlier one asked for: somebody may have overheard its phrase", async () => {
    const { trial, id, approvalId } = await proposed();
    await using _ = trial;
    await using next = new DeskTrial({ keeper: trial.killed() });
    next.desk.start();
    expect(next.approvalOf(id)).not.toBe(approvalId);
    expect(next.desk.decide(approvalId, next.yes())).toMatch(/^Nothing waits for that approval/);
    expect(next.desk.decide(next.approvalOf(id), next.yes())).toBeNull();
  });

  test("while something was taken back takes it back", async () => {
    const { trial, id } = await proposed();
    await using _ = trial;
    await trial.finish(id);
    const undoing = trial.desk.undo(id);
    await trial.clock.advance(50);
    await using next = new DeskTrial({ keeper: trial.killed() });
    next.desk.start();
    await next.clock.advance(1_000);
    expect(next.workshop.calls).toEqual(["undo task again"]);
    expect(next.desk.get(id)?.state).toMatchObject({ undo: "undone" });
    await trial.clock.advance(1_000);
    await undoing;
  });

  test("again and again over the same job gives it up", async () => {
    let keeper = new DeskTrial().killed();
    for (let n = 0; n < 3; n += 1) {
      await using trial = new DeskTrial({ keeper, make: async () => fizzMade });
      if (n === 0) trial.add("task");
      else trial.desk.start();
      keeper = trial.killed();
    }
    await using last = new DeskTrial({ keeper });
    last.desk.start();
    await last.clock.advance(0);
    expect(last.desk.jobs[0]?.state).toEqual({
      status: "failed",
      why: "It was interrupted 3 times. Ask for it again.",
    });
    expect(last.workshop.calls).toEqual([]);
  });
});
