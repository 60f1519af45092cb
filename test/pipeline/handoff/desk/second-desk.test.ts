import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JobStore } from "../../../../pipeline/handoff/jobs/job-store.ts";
import { DeskTrial } from "../../../support/desk-trial.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

test("a desk beside the one that works on the jobs changes none of them, and says so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sotto-second-"));
  const clock = new VirtualClock();
  const complain = (line: string): void => expect.fail(line);
  using ours = JobStore.open({ folder, clock, complain });
  await using desk = new DeskTrial({ keeper: ours, clock });
  const [awaiting, done] = [desk.add("first"), desk.add("second")];
  await clock.advance(7_000);
  desk.desk.decide(desk.approvalOf(done), desk.yes());
  await clock.advance(1_000);
  const queued = desk.add("third");
  const before = ours.jobs();
  using theirs = JobStore.open({ folder, clock, complain });
  expect(theirs.access).toBe("read");
  await using second = new DeskTrial({ keeper: theirs, clock });
  const approval = second.approvalOf(awaiting);
  await clock.advance(100_000);
  const answers = [
    second.desk.reject(awaiting),
    second.desk.cancel(awaiting),
    second.desk.cancel(queued),
    second.desk.decide(approval, null),
    await second.desk.undo(done),
  ];
  for (const why of answers) expect(why).toMatch(/^Another Sotto works on these jobs/);
  expect(second.desk.decide(approval, second.yes())).not.toBeNull();
  expect(second.statusOf(awaiting)).toBe("awaiting-approval");
  expect(second.workshop.calls).toEqual([]);
  expect(ours.job(awaiting)).toEqual(before.find(({ id }) => id === awaiting));
  rmSync(folder, { recursive: true, force: true });
});
