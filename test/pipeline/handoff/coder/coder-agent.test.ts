import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ScriptedWriter } from "../../../../models/servers/scripted.ts";
import { acpAgent } from "../../../../pipeline/handoff/agents/acp-agent.ts";
import { builtInCoder } from "../../../../pipeline/handoff/coder/coder-connection.ts";
import type { AgentNews, Checks, CodingAgent } from "../../../../pipeline/handoff/coding-agent.ts";
import { PlainGate } from "../../../support/plain-gate.ts";
import { settle, VirtualClock } from "../../../support/virtual-clock.ts";

/** The whole of our own coder behind the port that external agents are behind as well. */
function agentThatSays(answers: readonly string[]): CodingAgent & { readonly writer: ScriptedWriter } {
  const clock = new VirtualClock();
  let turn = 0;
  const writer = new ScriptedWriter(async function* (_request, signal) {
    const text = answers[turn++];
    if (text === undefined)
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    else yield { type: "text", text };
  });
  const agent = acpAgent(
    async ({ gate, checks }) =>
      builtInCoder({
        writer,
        model: "scripted",
        gate,
        checks: checks.names,
        clock,
        contextTokens: 8_192,
        actions: "auto",
        log: () => undefined,
      }),
    { name: "The coder", clock },
  );
  return { writer, run: (task, onNews, signal) => agent.run(task, onNews, signal) };
}

const checksOf = (...passed: boolean[]): Checks => ({
  names: passed.length === 0 ? [] : ["test"],
  run: async (name) => ({ ran: true, name, passed: passed.shift() ?? false, output: "1 failed" }),
});

async function folderOf(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly gate: PlainGate }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "sotto-coder-agent-")));
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  return {
    gate: new PlainGate(folder),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

test("a task through the whole of it: read, edited, checked, mended, told", async () => {
  await using place = await folderOf({ "a.py": "one = 1\n" });
  const agent = agentThatSays([
    "READ: a.py",
    "FILE: a.py\n```python\none = 3\n```\nDONE: One is two.",
    "EDIT: a.py\n<<<<<<< SEARCH\none = 3\n=======\none = 2\n>>>>>>> REPLACE\nDONE: One is two now.",
  ]);
  const news: AgentNews[] = [];
  const task = { task: "Make one two", files: ["a.py"], gate: place.gate, checks: checksOf(false, true) };
  const end = await agent.run(task, (one) => void news.push(one), new AbortController().signal);
  expect(end).toEqual({ type: "done", summary: "One is two now." });
  expect(await readFile(join(place.gate.folder, "a.py"), "utf8")).toBe("one = 2\n");
  expect(news.filter(({ type }) => type !== "note")).toEqual([
    { type: "reading", path: "a.py" },
    { type: "reading", path: "a.py" },
    { type: "editing", path: "a.py" },
    { type: "checking", name: "test" },
    { type: "editing", path: "a.py" },
    { type: "checking", name: "test" },
  ]);
});

test("every end has its sentence", async () => {
  const ends: readonly (readonly [readonly string[], unknown])[] = [
    [["CANNOT: I know no Cobol."], { type: "refused", why: "I know no Cobol." }],
    [["Hm.", "Hm."], { type: "gave-up", why: expect.stringContaining("did not answer in a form") }],
    [["LIST", "LIST", "LIST"], { type: "gave-up", why: expect.stringContaining("in circles") }],
  ];
  for (const [answers, expected] of ends) {
    await using place = await folderOf({});
    const task = { task: "x", files: [], gate: place.gate, checks: checksOf() };
    expect(await agentThatSays(answers).run(task, () => undefined, new AbortController().signal)).toEqual(expected);
  }
});

test("an abort stops the model, and nothing is written any more", async () => {
  await using place = await folderOf({});
  const agent = agentThatSays([]);
  const stop = new AbortController();
  const task = { task: "x", files: [], gate: place.gate, checks: checksOf() };
  const running = agent.run(task, () => undefined, stop.signal).catch((error: unknown) => error);
  while (agent.writer.requests.length === 0) await settle();
  stop.abort(new Error("Stopped by the user"));
  expect(await running).toEqual(new Error("Stopped by the user"));
  expect(await readdir(place.gate.folder)).toEqual([]);
});
