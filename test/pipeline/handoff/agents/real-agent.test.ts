import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../../models/clock.ts";
import { externalAgent } from "../../../../pipeline/handoff/agents/external-agent.ts";
import type { Blobs } from "../../../../pipeline/handoff/change-set.ts";
import type { AgentNews } from "../../../../pipeline/handoff/coding-agent.ts";
import { hashOf } from "../../../../pipeline/handoff/workspace/content-hash.ts";
import { makeWorkingCopy } from "../../../../pipeline/handoff/workspace/working-copy.ts";
import { childProcesses } from "../../../support/child-processes.ts";
import { LoopbackProxy, type ModelTurn, ScriptedCoderModel } from "../../../support/scripted-coder-model.ts";

const require = createRequire(import.meta.url);
const program = require.resolve("@qwen-code/qwen-code");
const live = new AbortController().signal;
let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "sotto-real-agent-")));
  for (const folder of ["user", "sotto", "project"]) await mkdir(join(root, folder));
  const git = (...args: readonly string[]): void => void execFileSync("git", args, { cwd: join(root, "project") });
  git("init", "-q");
  git("config", "user.name", "A");
  git("config", "user.email", "a@example.com");
  await writeFile(join(root, "project/greeting.py"), "def greet():\n    return 'hello'\n");
  git("add", ".");
  git("commit", "-qm", "one");
});

afterEach(async () => {
  expect(childProcesses().filter(({ command }) => /qwen|agent-watch/.test(command))).toEqual([]);
  await rm(root, { recursive: true, force: true });
});

/** Qwen Code at work on the project, with a model that says what the script says. */
async function qwen(turns: (folder: string) => readonly ModelTurn[]) {
  const bytes = new Map<string, Uint8Array>();
  const blobs: Blobs = {
    put: (content) => {
      const hash = hashOf(content);
      bytes.set(hash, content);
      return hash;
    },
    get: (hash) => bytes.get(hash) ?? new Uint8Array(),
  };
  const workspace = join(root, "project");
  await using copy = await makeWorkingCopy({ workspace, home: join(root, "sotto"), blobs, ciAllowed: [] }, live);
  await using model = new ScriptedCoderModel(turns(copy.folder));
  await model.start();
  await using proxy = new LoopbackProxy(model.url);
  const proxyUrl = await proxy.start();
  const home = join(root, "user");
  await mkdir(join(home, ".qwen"));
  const settings = { privacy: { usageStatisticsEnabled: false }, general: { enableAutoUpdate: false } };
  await writeFile(join(home, ".qwen/settings.json"), JSON.stringify(settings));
  const agent = externalAgent({
    argv: [process.execPath, program, "--acp", "--auth-type", "openai"],
    clock: systemClock,
    keeps: [".qwen"],
    environment: {
      set: {
        HOME: home,
        OPENAI_BASE_URL: `${model.url}/v1`,
        OPENAI_API_KEY: "none",
        OPENAI_MODEL: "scripted",
        QWEN_CODE_NO_RELAUNCH: "true",
        HTTP_PROXY: proxyUrl,
        HTTPS_PROXY: proxyUrl,
      },
    },
  });
  const news: AgentNews[] = [];
  const checks = { names: [], run: async (name: string) => ({ ran: false, name, why: "There are none." }) as const };
  const task = { task: "Make it polite", files: ["greeting.py"], gate: copy.gate, checks };
  const end = await agent.run(task, (line) => void news.push(line), live);
  const change = await copy.changes(live);
  const text = (hash: string | null): string => (hash === null ? "" : Buffer.from(blobs.get(hash)).toString());
  const files = (change?.files ?? []).map(({ path, kind, newHash }) => ({ path, kind, text: text(newHash) }));
  return { end, files, news, toolResults: model.toolResults, proxy };
}

test("a real agent's work comes out as a change, and the project is as it was", async () => {
  const { end, files, news, proxy } = await qwen((folder) => [
    { tool: "read_file", input: { file_path: join(folder, "greeting.py") } },
    { tool: "write_file", input: { file_path: join(folder, "src/polite.py"), content: "print('please')\n" } },
    {
      tool: "edit",
      input: { file_path: join(folder, "greeting.py"), old_string: "'hello'", new_string: "'good morning'" },
    },
    { say: "I made it polite." },
  ]);
  expect(end).toEqual({ type: "done", summary: "I made it polite." });
  expect(files).toEqual([
    { path: "greeting.py", kind: "change", text: "def greet():\n    return 'good morning'\n" },
    { path: "src/polite.py", kind: "add", text: "print('please')\n" },
  ]);
  expect(news).toContainEqual({ type: "editing", path: "src/polite.py" });
  expect(await readdir(join(root, "project"))).toEqual([".git", "greeting.py"]);
  expect(await readFile(join(root, "project/greeting.py"), "utf8")).toContain("'hello'");
  expect(proxy.allowed).toBeGreaterThan(0);
  expect(proxy.refused).toEqual([]);
});

test("a real agent may not run commands, and may not write outside of its copy", async () => {
  const outside = join(root, "outside.txt");
  const { end, files, toolResults, news } = await qwen((folder) => [
    { tool: "run_shell_command", input: { command: `touch ${outside}`, is_background: false, description: "Touch" } },
    { tool: "write_file", input: { file_path: outside, content: "mine" } },
    { tool: "write_file", input: { file_path: join(folder, ".git/hooks/pre-commit"), content: "#!/bin/sh\n" } },
    { say: "I could not." },
  ]);
  expect(end).toEqual({ type: "done", summary: "I could not." });
  expect(files).toEqual([]);
  expect(await readdir(root)).toEqual(["project", "sotto", "user"]);
  expect(toolResults).toHaveLength(3);
  expect(toolResults[0]).toBe('Tool "run_shell_command" was canceled by the user.');
  expect(toolResults[1]).toBe('Tool "write_file" was canceled by the user.');
  expect(news.filter(({ type }) => type === "note").slice(-2)).toEqual([
    { type: "note", text: expect.stringContaining("It was not allowed to run a command: ") },
    { type: "note", text: `It was not allowed to change "${outside}": it is outside or protected.` },
  ]);
});
