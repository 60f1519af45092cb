import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { systemClock } from "../../../../models/clock.ts";
import { acpAgent } from "../../../../pipeline/handoff/agents/acp-agent.ts";
import type { AgentEnd, CheckOutcome } from "../../../../pipeline/handoff/coding-agent.ts";
import { type StubMemory, type StubScript, type StubStep, stubMemory } from "../../../support/acp-stub.ts";
import { type AgentJob, agentJob, type JobWishes, openStub } from "../../../support/agent-job.ts";

const live = new AbortController().signal;

async function run(job: AgentJob, script: StubScript, memory?: StubMemory): Promise<AgentEnd> {
  const agent = acpAgent(openStub(script, memory), { name: "The stub", clock: systemClock });
  return await agent.run(job.task, job.onNews, live);
}

/** What the stub said at the end of a job of these steps. */
async function said(steps: readonly StubStep[], wishes?: JobWishes): Promise<string> {
  await using job = await agentJob(wishes);
  const end = await run(job, { steps });
  return end.type === "done" ? end.summary : end.why;
}

test("the agent is given the folder, the task in the user's words and the files that were named", async () => {
  await using job = await agentJob({
    task: "Fix the parser, please",
    files: { "src/a b.ts": "1" },
    named: ["src/a b.ts"],
  });
  const memory = stubMemory();
  await run(job, { steps: [] }, memory);
  expect(memory.cwd).toBe(job.folder);
  const uri = pathToFileURL(join(job.folder, "src/a b.ts")).href;
  expect(memory.prompts).toEqual([
    [
      { type: "text", text: "Fix the parser, please" },
      { type: "resource_link", name: "src/a b.ts", uri },
    ],
  ]);
  expect(memory.capabilities).toMatchObject({ fs: { readTextFile: true, writeTextFile: true }, terminal: false });
});

test("the last message is the summary, its pieces put together", async () => {
  const steps: StubStep[] = [
    { do: "say", text: "Let me " },
    { do: "say", text: "look." },
    { do: "call", kind: "read", title: "Read a.txt", path: "a.txt" },
    { do: "say", text: "I added " },
    { do: "say", text: "a line." },
  ];
  expect(await said(steps)).toBe("I added a line.");
});

test("messages with names of their own are told apart without anything between them", async () => {
  const steps: StubStep[] = [
    { do: "say", text: "First.", id: "m1" },
    { do: "say", text: "Sec", id: "m2" },
    { do: "say", text: "ond.", id: "m2" },
  ];
  expect(await said(steps)).toBe("Second.");
});

test("what the agent does is told, once, with paths as the user knows them", async () => {
  await using job = await agentJob({ checks: { test: passed("test") } });
  await run(job, {
    steps: [
      { do: "think" },
      { do: "think" },
      { do: "call", kind: "read", title: "Read", path: "a.txt" },
      { do: "call", kind: "search", title: "parse\u001b[31m(" },
      { do: "call", kind: "edit", title: "Edit", path: "src/b.txt" },
      { do: "plan", text: "Write the\ntests" },
      { do: "unknown-update" },
      { do: "check", command: "check", args: ["test"] },
      { do: "call", kind: "read", title: "Read", path: join(job.outside, "secret.txt") },
    ],
  });
  expect(job.news).toEqual([
    { type: "note", text: "Thinking" },
    { type: "reading", path: "a.txt" },
    { type: "searching", text: "parse(" },
    { type: "editing", path: "src/b.txt" },
    { type: "note", text: "Write the tests" },
    { type: "checking", name: "test" },
    { type: "reading", path: join(job.outside, "secret.txt") },
  ]);
});

test("files are read and written through the gate", async () => {
  await using job = await agentJob();
  const end = await run(job, {
    steps: [
      { do: "read", path: join(job.folder, "a.txt") },
      { do: "read", path: "a.txt", line: 2, limit: 1 },
      { do: "write", path: join(job.folder, "src/new.txt"), text: "new" },
    ],
  });
  expect(end).toEqual({
    type: "done",
    summary: `read one\ntwo\nthree\nread twowrote ${join(job.folder, "src/new.txt")}`,
  });
  expect(await job.files()).toEqual({ "a.txt": "one\ntwo\nthree\n", "src/new.txt": "new" });
});

test("what the gate refuses is told to the agent in the gate's words", async () => {
  await using job = await agentJob();
  const secret = join(job.outside, "secret.txt");
  const end = await run(job, {
    steps: [
      { do: "read", path: secret },
      { do: "write", path: "../outside/secret.txt", text: "mine" },
      { do: "link", path: "way-out", target: job.outside },
      { do: "write", path: "way-out/new.txt", text: "mine" },
      { do: "read", path: "missing.txt" },
      { do: "write", path: "b.txt", text: "mine", session: "another" },
    ],
  });
  expect(end.type === "done" && end.summary.split("refused: ").map((line) => line.trim())).toEqual([
    "",
    `"${secret}" is outside of the folder.`,
    '"../outside/secret.txt" is outside of the folder.',
    '"way-out/new.txt" is outside of the folder.',
    'There is no file "missing.txt".',
    "Resource not found",
  ]);
  expect(await job.outsideFiles()).toEqual({ "secret.txt": "secret" });
  expect(await job.files()).toEqual({ "a.txt": "one\ntwo\nthree\n" });
});

test("it may change files of the copy once, and nothing else", async () => {
  await using job = await agentJob();
  const inside = join(job.folder, "b.txt");
  const end = await run(job, {
    steps: [
      { do: "ask", kind: "edit", title: "Edit b.txt", paths: [inside] },
      { do: "ask", kind: "delete", title: "Delete a.txt", paths: ["a.txt"] },
      { do: "ask", kind: "read", title: "Read a.txt", paths: ["a.txt"] },
      { do: "ask", kind: "edit", title: "Edit b.txt", paths: [inside], options: ["allow_always", "reject_once"] },
      { do: "ask", kind: "edit", title: "Edit b.txt", paths: [inside, join(job.outside, "secret.txt")] },
      { do: "link", path: "way-out", target: job.outside },
      { do: "ask", kind: "edit", title: "Edit way-out", paths: ["way-out/secret.txt"] },
      { do: "ask", kind: "edit", title: "Edit hook", paths: [".git/hooks/pre-commit"] },
      { do: "ask", kind: "edit", title: "Edit something", paths: [] },
      { do: "ask", kind: "execute", title: "rm -rf /", paths: [] },
      { do: "ask", kind: "fetch", title: "https://example.com", paths: [] },
      { do: "ask", kind: "switch_mode", title: "Allow all", paths: [] },
      { do: "ask", kind: "other", title: "Something", paths: ["a.txt"] },
      { do: "ask", kind: "execute", title: "ls", paths: [], options: ["allow_once", "reject_always"] },
    ],
  });
  expect(end.type === "done" && end.summary.trim().replace(/\.$/, "").split(". ")).toEqual([
    "edit allow_once",
    "delete allow_once",
    "read allow_once",
    "edit cancelled",
    "edit reject_once",
    "edit reject_once",
    "edit reject_once",
    "edit reject_once",
    "execute reject_once",
    "fetch reject_once",
    "switch_mode reject_once",
    "other reject_once",
    "execute cancelled",
  ]);
  const notes = job.news.flatMap((news) => (news.type === "note" ? [news.text] : []));
  expect(notes).toContain('It was not allowed to run a command: "rm -rf /".');
  expect(notes).toHaveLength(10);
});

test("a configured check is run by its name, and nothing else is run", async () => {
  await using job = await agentJob({
    checks: { test: passed("test"), lint: { ran: false, name: "lint", why: "There is no sandbox." } },
  });
  const end = await run(job, {
    steps: [
      { do: "check", command: "check", args: ["test"] },
      { do: "check", command: "check", args: ["lint"] },
      { do: "check", command: "check", args: ["deploy"] },
      { do: "check", command: "check", args: ["test", "--fix"] },
      { do: "check", command: "npm", args: ["test"] },
    ],
  });
  const refusal =
    'refused: Commands are not run here. Ask for command "check" with one of these as its only argument: "test", "lint". ';
  expect(end).toEqual({
    type: "done",
    summary: `exit 0: 12 passedexit null: There is no sandbox.${refusal.repeat(3)}`.trim(),
  });
});

test("without checks nothing is run at all", async () => {
  const words = await said([{ do: "check", command: "check", args: ["test"] }]);
  expect(words).toBe("refused: Commands are not run here, and no checks are configured.");
});

test("what is not served is refused", async () => {
  expect(await said([{ do: "unknown-request" }])).toContain("Method not found");
});

test.each([
  ["end_turn", { type: "done", summary: "Because." }],
  ["refusal", { type: "refused", why: "Because." }],
  ["max_turn_requests", { type: "gave-up", why: "Because." }],
  [
    "max_tokens",
    { type: "gave-up", why: "The stub used up the room that its model has for one task. Ask for less at once." },
  ],
  ["cancelled", { type: "gave-up", why: "The stub stopped by itself. Ask again." }],
] as const)("it ends with %s", async (stopReason, end) => {
  await using job = await agentJob();
  expect(await run(job, { steps: [{ do: "say", text: "Because." }], stopReason })).toEqual(end);
});

test("an end without a word is no empty summary", async () => {
  expect(await said([])).toBe("The stub did not say what it did.");
});

test("one that ends without a word when it is refused something: what that was", async () => {
  await using job = await agentJob();
  const steps: StubStep[] = [
    { do: "say", text: "I will run it." },
    { do: "ask", kind: "execute", title: "make", paths: [] },
  ];
  expect(await run(job, { steps })).toEqual({
    type: "done",
    summary: 'I will run it. The stub went no further. It was not allowed to run a command: "make".',
  });
});

test("an agent of another version, or one that wants a login, or fails, ends in a sentence", async () => {
  await using job = await agentJob();
  await expect(run(job, { version: 2, steps: [] })).rejects.toThrow(
    "The stub speaks version 2 of the Agent Client Protocol",
  );
  await expect(run(job, { login: "plain", steps: [] })).rejects.toThrow("The stub wants you to log in first.");
  await expect(run(job, { steps: [{ do: "fail", message: "no model" }] })).rejects.toThrow(
    "The stub could not do the task: no model.",
  );
});

function passed(name: string): CheckOutcome {
  return { ran: true, name, passed: true, output: "12 passed" };
}
