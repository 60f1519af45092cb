import { expect, test } from "vitest";
import { acpAgent } from "../../../../pipeline/handoff/agents/acp-agent.ts";
import type { AgentLimits } from "../../../../pipeline/handoff/agents/job-watch.ts";
import type { AgentEnd } from "../../../../pipeline/handoff/coding-agent.ts";
import { type StubMemory, type StubScript, stubMemory } from "../../../support/acp-stub.ts";
import { type AgentJob, agentJob, type JobWishes, openStub } from "../../../support/agent-job.ts";
import { until } from "../../../support/until.ts";
import { settle, VirtualClock } from "../../../support/virtual-clock.ts";

/** A job that runs in virtual time. */
interface Running extends AsyncDisposable {
  readonly job: AgentJob;
  readonly clock: VirtualClock;
  readonly memory: StubMemory;
  readonly life: AbortController;
  readonly end: Promise<AgentEnd>;
  readonly isOver: () => boolean;
}

async function begin(script: StubScript, limits: Partial<AgentLimits> = {}, wishes?: JobWishes): Promise<Running> {
  const job = await agentJob(wishes);
  const clock = new VirtualClock();
  const memory = stubMemory();
  const life = new AbortController();
  const agent = acpAgent(openStub(script, memory), { name: "The stub", clock, limits });
  const end = agent.run(job.task, job.onNews, life.signal);
  let over = false;
  end.catch(() => undefined).finally(() => (over = true));
  return { job, clock, memory, life, end, isOver: () => over, [Symbol.asyncDispose]: () => job[Symbol.asyncDispose]() };
}

const underWay = (running: Running) => until(() => running.memory.prompts.length > 0);

test("an agent that is never ready is not waited for", async () => {
  await using running = await begin({ mute: true, steps: [] });
  await running.clock.advance(59_000);
  expect(running.isOver()).toBe(false);
  await running.clock.advance(1_000);
  await expect(running.end).rejects.toThrow(
    "The stub was not ready within 60 seconds. Start it by itself in a terminal",
  );
});

test("one that falls silent is told to stop, given a moment, and left", async () => {
  await using running = await begin({ steps: [{ do: "hang" }] });
  await underWay(running);
  await running.clock.advance(299_999);
  expect(running.memory.cancelled).toBe(false);
  await running.clock.advance(1);
  expect(running.memory.cancelled).toBe(true);
  await running.clock.advance(2_999);
  expect(running.isOver()).toBe(false);
  await running.clock.advance(1);
  expect(await running.end).toEqual({ type: "gave-up", why: "The stub said nothing for 5 minutes and was stopped." });
});

test("every word begins the silence anew, up to the time that a job may take at all", async () => {
  await using running = await begin(
    { steps: [{ do: "say", text: "So" }, { do: "hang" }] },
    { silenceMs: 900_000, overallMs: 800_000 },
  );
  await underWay(running);
  await running.clock.advance(803_000);
  expect(await running.end).toEqual({
    type: "gave-up",
    why: "The stub worked for 13 minutes without an end and was stopped. Ask for less at once.",
  });
});

test("while a check of ours runs the agent may be silent", async () => {
  let finish: () => void = () => undefined;
  const onCheck = (): Promise<void> =>
    new Promise((resolve) => {
      finish = resolve;
    });
  const check = { ran: true, name: "test", passed: true, output: "ok" } as const;
  await using running = await begin(
    { steps: [{ do: "check", command: "check", args: ["test"] }] },
    { silenceMs: 1_000 },
    { checks: { test: check }, onCheck },
  );
  await until(() => running.job.news.length > 0);
  await settle();
  await running.clock.advance(60_000);
  expect(running.isOver()).toBe(false);
  finish();
  expect(await running.end).toEqual({ type: "done", summary: "exit 0: ok" });
});

test("one that talks for ever is stopped", async () => {
  await using running = await begin({ steps: [{ do: "chatter" }] }, { mostMessages: 500 });
  expect(await running.end).toEqual({ type: "gave-up", why: "The stub sent more than 500 messages and was stopped." });
});

test("one that goes in circles is stopped", async () => {
  await using running = await begin({ steps: [{ do: "step-for-ever" }] }, { mostSteps: 20 });
  await until(() => running.memory.cancelled);
  await running.clock.advance(3_000);
  expect(await running.end).toMatchObject({
    why: "The stub took more than 20 steps and was stopped. Ask for less at once.",
  });
});

test("an abort cancels the turn, and is over as soon as the agent has stopped", async () => {
  await using running = await begin({ steps: [{ do: "wait-for-cancel" }] });
  await underWay(running);
  running.life.abort(new Error("not wanted any more"));
  await expect(running.end).rejects.toThrow("not wanted any more");
  expect(running.memory.cancelled).toBe(true);
});

test("an agent that ignores the abort is left after its time of grace", async () => {
  await using running = await begin({ steps: [{ do: "hang" }] });
  await underWay(running);
  running.life.abort(new Error("not wanted any more"));
  await running.clock.advance(2_999);
  expect(running.isOver()).toBe(false);
  await running.clock.advance(1);
  await expect(running.end).rejects.toThrow("not wanted any more");
});

test("after an abort nothing is written any more, and a check that runs is stopped", async () => {
  let stopped = false;
  const onCheck = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) =>
      signal.addEventListener("abort", () => {
        stopped = true;
        resolve();
      }),
    );
  const check = { ran: true, name: "test", passed: false, output: "stopped" } as const;
  await using running = await begin(
    {
      steps: [
        { do: "check", command: "check", args: ["test"] },
        { do: "write", path: "late.txt", text: "late" },
        { do: "hang" },
      ],
    },
    {},
    { checks: { test: check }, onCheck },
  );
  await until(() => running.job.news.length > 0);
  running.life.abort(new Error("enough"));
  await until(() => stopped);
  await running.clock.advance(3_000);
  await expect(running.end).rejects.toThrow("enough");
  expect(Object.keys(await running.job.files())).toEqual(["a.txt"]);
});

test("nothing is begun for a job that is not wanted any more", async () => {
  await using job = await agentJob();
  let opened = 0;
  const agent = acpAgent(
    async () => {
      opened += 1;
      return await openStub({ steps: [] })();
    },
    { name: "The stub", clock: new VirtualClock() },
  );
  await expect(agent.run(job.task, job.onNews, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  expect(opened).toBe(0);
});
