import { homedir } from "node:os";
import { systemClock } from "../models/clock.ts";
import { codingFolders } from "./coding-folders.ts";
import type { Config } from "./config.ts";
import type { Check, Finding } from "./doctor-finding.ts";
import { findCommand } from "./handoff/agents/find-command.ts";
import { git } from "./handoff/workspace/git.ts";
import { Sandbox } from "./handoff/workspace/sandbox.ts";

/** What handing off coding tasks needs; talking needs none of it. */
export const codingChecks: readonly Check[] = [folders, agent, gitProgram, sandbox];

async function folders(config: Config): Promise<Finding> {
  const { workspace } = config;
  const what = "Coding folders";
  const remedy = "start Sotto with --workspace and the folder of a project, or set `workspace`";
  if (workspace.length === 0) return { what, status: "warning", detail: "none is allowed, so the coder rests", remedy };
  const wrong = (await codingFolders(config)).flatMap((one) => (one.ok ? [] : [one.why]));
  if (wrong.length === 0) return { what, status: "ok", detail: workspace.join(", ") };
  return { what, status: "warning", detail: wrong.join(" "), remedy };
}

async function agent({ coder }: Config): Promise<Finding> {
  const what = "Coding agent";
  const [command] = coder.agent;
  if (command === undefined) return { what, status: "ok", detail: "our own" };
  const ownPath = coder.agentEnvironment.findLast((text) => text.startsWith("PATH="))?.slice("PATH=".length);
  const file = await findCommand(command, ownPath ?? process.env["PATH"] ?? "");
  if (file !== null) return { what, status: "ok", detail: file };
  const remedy = "install it, or give its absolute path in `coder.agent`";
  return { what, status: "warning", detail: `the command "${command}" is not there`, remedy };
}

async function gitProgram(): Promise<Finding> {
  const what = "Git";
  const found = await git(["--version"], { cwd: homedir(), signal: new AbortController().signal });
  if (found.ok) return { what, status: "ok", detail: "worktrees for the coder" };
  const remedy = "install git; without it the coder works in a plain copy, without history";
  return { what, status: "warning", detail: "not found", remedy };
}

async function sandbox({ coder }: Config): Promise<Finding> {
  const what = "Sandbox";
  const options = { clock: systemClock, env: process.env, homeDir: homedir(), toolFolders: coder.toolFolders };
  const why = await new Sandbox(options).whyNot();
  if (why === null) return { what, status: "ok", detail: "bubblewrap works" };
  const remedy = "install the Debian package bubblewrap; without it checks of changes are not run";
  return { what, status: "warning", detail: why, remedy };
}
