import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../../../models/clock.ts";
import { externalAgent } from "../../../../pipeline/handoff/agents/external-agent.ts";
import type { CodingAgent } from "../../../../pipeline/handoff/coding-agent.ts";
import { CodingDesk } from "../../../../pipeline/handoff/desk/coding-desk.ts";
import { CopyWorkshop } from "../../../../pipeline/handoff/desk/copy-workshop.ts";
import { isOver, type Job } from "../../../../pipeline/handoff/job.ts";
import { JobStore } from "../../../../pipeline/handoff/jobs/job-store.ts";
import { modelsOf } from "../../../support/models-of.ts";
import { buildStubProgram } from "../../../support/stub-program.ts";
import { TrialWorkspace } from "../../../support/trial-workspace.ts";

const kinds = ["applied", "undone", "rejected", "cancelled", "dies", "throws", "nothing", "program"] as const;
type Kind = (typeof kinds)[number];
const rounds = 7;

function isKind(word: string | undefined, kind: Kind): boolean {
  return word === kind;
}

/** What this process holds: open files by what they lead to, children, timers. */
function held(): Record<string, number> {
  const threads = readdirSync("/proc/self/task");
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, "utf8")
      .split(" ")
      .filter((pid) => pid !== ""),
  );
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  return { files: readdirSync("/proc/self/fd").length, children: children.length, timers };
}

test.skipIf(!existsSync("/proc/self/task"))(
  `${rounds * kinds.length} jobs that end in every way leave nothing behind`,
  async () => {
    await using program = await buildStubProgram();
    using trial = new TrialWorkspace({ "a.txt": "one\n", "src/b.txt": "two\n" });
    trial.commitAll();
    using store = JobStore.open({ folder: trial.home, clock: systemClock, complain: (line) => expect.fail(line) });
    const well = externalAgent({ argv: program.argv("well"), clock: systemClock });
    const agent: CodingAgent = {
      run: async (task, onNews, signal) => {
        const [kind, number] = task.task.split(" ");
        if (isKind(kind, "program")) return await well.run(task, onNews, signal);
        if (isKind(kind, "dies")) {
          const dead = externalAgent({ argv: ["/bin/false"], clock: systemClock });
          return await dead.run(task, onNews, signal);
        }
        if (isKind(kind, "throws")) throw new Error("It broke.");
        if (!isKind(kind, "nothing")) await task.gate.write("a.txt", `${kind} ${number}\n`);
        onNews({ type: "editing", path: "a.txt" });
        if (isKind(kind, "cancelled")) await systemClock.sleep(600_000, signal);
        return { type: "done", summary: "It is done." };
      },
    };
    const workshop = new CopyWorkshop({
      models: { ...modelsOf({}), forecast: () => ({ status: "unavailable", why: "none" }) },
      clock: systemClock,
      log: () => undefined,
      blobs: store,
      home: trial.home,
      checks: () => ({ names: [], run: async (name) => ({ ran: false, name, why: "none" }) }),
      ciAllowed: [],
      applyAs: "files",
      external: agent,
      actions: "auto",
      contextTokens: 4_096,
    });
    let ids = 0;
    await using desk = new CodingDesk({
      keeper: store,
      workshop,
      clock: systemClock,
      newId: (prefix) => {
        ids += 1;
        return `${prefix}_${ids}`;
      },
      log: (line) => expect.fail(line),
      riskOf: () => ({ level: "low", reasons: [] }),
      approvalMs: 600_000,
      loadMs: () => null,
    });
    /** Works on one job of a kind to its end. */
    const through = async (kind: Kind, round: number): Promise<Job> => {
      let over: (job: Job) => void = () => undefined;
      const ended = new Promise<Job>((resolve) => {
        over = resolve;
      });
      using _watch = desk.watch((job) => {
        const { state } = job;
        if (isOver(job)) over(job);
        else if (state.status === "proposing" && kind === "cancelled") queueMicrotask(() => desk.cancel(job.id));
        else if (state.status === "awaiting-approval") {
          const consent = { how: "click", by: "test", atMs: desk.nowMs } as const;
          queueMicrotask(() => desk.decide(state.approval.id, kind === "rejected" ? null : consent));
        }
      });
      const { id } = desk.add({ task: `${kind} ${round}`, workspace: trial.root, files: [], askedBy: "test" });
      const job = await ended;
      if (kind === "undone") expect(await desk.undo(id)).toBeNull();
      desk.told(id);
      return job;
    };
    const ends: string[] = [];
    let before = held();
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of kinds) ends.push(`${kind}: ${(await through(kind, round)).state.status}`);
      // What is made once is there after the first round.
      if (round === 0) before = held();
    }
    expect([...new Set(ends)].toSorted()).toEqual([
      "applied: done",
      "cancelled: cancelled",
      "dies: failed",
      "nothing: done",
      "program: done",
      "rejected: rejected",
      "throws: failed",
      "undone: done",
    ]);
    const after = held();
    expect(after["children"]).toBeLessThanOrEqual(before["children"] ?? 0);
    expect(after["timers"]).toBeLessThanOrEqual(before["timers"] ?? 0);
    expect(after["files"]).toBeLessThanOrEqual((before["files"] ?? 0) + 2);
    expect(readdirSync(join(trial.home, "copies"))).toEqual([]);
    expect(trial.git("worktree", "list").trim().split("\n")).toHaveLength(1);
    expect(desk.jobs).toHaveLength(50);
    expect(readdirSync(trial.root).filter((name) => name.startsWith(".sotto"))).toEqual([]);
  },
);
