import { expect, test } from "vitest";
import { DeskTrial } from "../../../support/desk-trial.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

/** A clock that somebody sets; what waits goes on waiting as it would. */
class SetClock extends VirtualClock {
  aheadMs = 0;

  override today(): Date {
    return new Date(super.today().getTime() + this.aheadMs);
  }
}

const hourMs = 3_600_000;

test.each([-24 * hourMs, -hourMs, hourMs, 24 * hourMs])(
  "when the clock is set by %i ms, a yes does not count, and the one that is asked for then does",
  async (byMs) => {
    const clock = new SetClock();
    await using trial = new DeskTrial({ clock });
    using ann = await trial.sit("ann");
    const id = trial.add("task", "ann");
    await clock.advance(3_000);
    const old = trial.approvalOf(id);
    clock.aheadMs = byMs;
    expect(trial.desk.decide(old, trial.yes())).toMatch(/too old, and nothing was applied/);
    const renewed = trial.approvalOf(id);
    expect(renewed).not.toBe(old);
    expect(ann.lines.slice(-2)).toEqual(["withdrawn", `ask ${id}`]);
    expect(trial.desk.decide(renewed, trial.yes())).toBeNull();
    await clock.advance(1_000);
    expect(trial.statusOf(id)).toBe("done");
    expect(trial.workshop.calls).toEqual(["make task", "apply task", "summarise task"]);
  },
);

test("a step that the clock is set back by, within the life of an approval, makes it no older than it is", async () => {
  const clock = new SetClock();
  await using trial = new DeskTrial({ clock });
  const id = trial.add("task");
  await clock.advance(3_000);
  await clock.advance(30_000);
  clock.aheadMs = -10_000;
  expect(trial.desk.decide(trial.approvalOf(id), trial.yes())).toBeNull();
});

test.each([-24 * hourMs, 24 * hourMs])(
  "when the clock is set by %i ms, work goes on and ends as ever",
  async (byMs) => {
    const clock = new SetClock();
    await using trial = new DeskTrial({ clock });
    const id = trial.add("task");
    await clock.advance(1_500);
    clock.aheadMs = byMs;
    await clock.advance(1_500);
    expect(trial.desk.decide(trial.approvalOf(id), trial.yes())).toBeNull();
    await clock.advance(1_000);
    expect(trial.statusOf(id)).toBe("done");
  },
);
