import fc from "fast-check";
import { expect, test } from "vitest";
import { isOver } from "../../../../pipeline/handoff/job.ts";
import { DeskTrial, type TrialTalk } from "../../../support/desk-trial.ts";

const often = fc.constantFrom("sit", "add", "yes", "leave", "hear");
const seldom = fc.constantFrom("no", "cancel", "undo", "fill the disk", "make room");
const wait = fc.record({ do: fc.constant("wait"), at: fc.constantFrom(50, 400, 1_000, 3_000, 3_000, 61_000) });
const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: often, at: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: seldom, at: fc.nat(3) }) },
  { weight: 3, arbitrary: wait },
);

/** Approvals that a talk was asked for and that are still open to it; twice when it was asked twice. */
function openAsks({ news }: TrialTalk): readonly string[] {
  let open: string[] = [];
  for (const one of news) {
    if (one.type === "ask") open.push(one.approval.id);
    if (one.type === "withdrawn" || one.type === "approved") open = open.filter((id) => id !== one.approvalId);
  }
  return open;
}

/** Does something, whatever comes of it. */
async function perform(trial: DeskTrial, talks: TrialTalk[], { do: what, at }: { do: string; at: number }) {
  const { desk } = trial;
  const job = desk.jobs[at % Math.max(1, desk.jobs.length)];
  const talk = talks[at % Math.max(1, talks.length)];
  switch (what) {
    case "sit":
      talks.push(await trial.sit(`talk ${at}`));
      break;
    case "leave":
      if (talk !== undefined) talks.splice(talks.indexOf(talk), 1)[0]?.[Symbol.dispose]();
      break;
    case "add":
      if (!trial.memory.isFull) trial.add(`task ${desk.jobs.length}`, `talk ${at}`);
      break;
    case "yes":
    case "no":
      if (job?.state.status === "awaiting-approval")
        desk.decide(job.state.approval.id, what === "yes" ? trial.yes() : null);
      break;
    case "cancel":
      if (job !== undefined) desk.cancel(job.id);
      break;
    case "undo":
      if (job !== undefined) desk.undo(job.id).catch((error: unknown) => expect.unreachable(String(error)));
      break;
    case "hear":
      for (const one of talk?.news ?? []) if ("jobId" in one) talk?.seat.told(one.jobId);
      break;
    case "wait":
      await trial.clock.advance(at);
      break;
    default:
      trial.memory.isFull = what === "fill the disk";
  }
}

test("whatever people do, each job is worked on and applied once, asked of one talk, and told at last", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 10, maxLength: 60 }), async (deeds) => {
      await using trial = new DeskTrial();
      const talks: TrialTalk[] = [];
      for (const one of deeds) {
        await perform(trial, talks, one);
        await trial.clock.advance(0);
        for (const job of trial.desk.jobs) {
          const { state } = job;
          const asked = talks.flatMap(openAsks).filter((id) => "approval" in state && id === state.approval.id);
          expect(asked).toHaveLength(state.status === "awaiting-approval" && talks.length > 0 ? 1 : 0);
        }
        const current = trial.desk.jobs.flatMap(({ state }) => ("approval" in state ? [state.approval.id] : []));
        for (const id of talks.flatMap(openAsks)) expect(current).toContain(id);
      }
      trial.memory.isFull = false;
      trial.add("the last one");
      await trial.clock.advance(200_000);
      expect(trial.workshop.mostAtOnce).toBe(1);
      const calls = trial.workshop.calls.filter((call) => !call.startsWith("summarise"));
      expect(calls).toEqual([...new Set(calls)]);
      for (const job of trial.desk.jobs) expect(isOver(job) || job.state.status === "awaiting-approval").toBe(true);
      expect(trial.memory.jobs()).toEqual(trial.desk.jobs);
      for (const talk of talks.splice(0)) talk[Symbol.dispose]();
      const untold = trial.desk.jobs.filter((job) => isOver(job) && !job.told);
      using last = await trial.sit("the last");
      expect(last.lines.filter((line) => line.startsWith("tell"))).toHaveLength(untold.length === 0 ? 0 : 1);
      for (const one of last.news) if ("jobId" in one) last.seat.told(one.jobId);
      expect(trial.desk.jobs.every((job) => job.told === isOver(job))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
