import { RequestError } from "@agentclientprotocol/sdk";
import { expect, test } from "vitest";
import { type ProgramFacts, troubleSentence } from "../../../../pipeline/handoff/agents/agent-trouble.ts";
import { knownAgent } from "../../../../pipeline/handoff/agents/known-agents.ts";
import { oneLine } from "../../../../pipeline/handoff/agents/one-line.ts";

const opencode: ProgramFacts = {
  argv: ["opencode", "acp"],
  login: knownAgent("opencode").login,
  exit: null,
  stray: null,
  stderrTail: "",
};

test("a login is said in the agent's own command, or by the way that it offers", () => {
  const error = RequestError.authRequired();
  expect(troubleSentence("OpenCode", { at: "start", error, authWays: [{ type: "other", args: null }] }, opencode)).toBe(
    'OpenCode wants you to log in first: run "opencode auth login" in a terminal, log in, and ask again.',
  );
  const qwen = { ...opencode, argv: ["qwen", "--acp"], login: knownAgent("qwen").login };
  const authWays = [{ type: "terminal" as const, args: ["--auth-type=openai"] }];
  expect(troubleSentence("Qwen Code", { at: "start", error, authWays }, qwen)).toContain(
    'run "qwen --acp --auth-type=openai" in a terminal',
  );
});

test("of what a program wrote before it ended, the line that tells why is said", () => {
  const stderrTail = [
    "npm warn old",
    "\u001b[31mError: Model not found: qwen3\u001b[39m",
    "    at main (file:///opt/agent/cli.js:573116:70)",
    "",
    "Node.js v20.20.2",
    "}",
  ].join("\n");
  const facts = { ...opencode, exit: { code: 1, signal: null }, stderrTail };
  const error = new Error("ACP connection closed");
  expect(troubleSentence("OpenCode", { at: "start", error, authWays: [] }, facts)).toBe(
    'OpenCode ended (exit code 1) before it was ready. It said: "Error: Model not found: qwen3". Run "opencode acp" in a terminal to see what it needs.',
  );
  expect(
    troubleSentence(
      "OpenCode",
      { at: "work", error, authWays: [] },
      { ...facts, stderrTail: "", exit: { code: null, signal: "SIGKILL" } },
    ),
  ).toBe(
    "OpenCode ended (SIGKILL) in the middle of the task. It said nothing about why. Nothing was applied; ask again.",
  );
});

test("agents are known by their command, wherever it lies", () => {
  expect(knownAgent("/opt/bin/opencode").name).toBe("OpenCode");
  expect(knownAgent("C:\\tools\\qwen.cmd").name).toBe("Qwen Code");
  expect(knownAgent("my-agent").name).toBe('The agent "my-agent"');
});

test("foreign text becomes one plain line", () => {
  expect(oneLine("a\u001b[2J\u001b[31m b\r\n\tc\u202e\u0007d", 80)).toBe("a b c d");
  expect(oneLine("word ".repeat(10), 12)).toBe("word word w…");
});
