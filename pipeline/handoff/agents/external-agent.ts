import { env as processEnvironment } from "node:process";
import type { Clock } from "../../../models/clock.ts";
import type { AgentTask, CodingAgent } from "../coding-agent.ts";
import { acpAgent, type OpenedAgent } from "./acp-agent.ts";
import { agentEnvironment, type EnvironmentWishes } from "./agent-environment.ts";
import { agentLines, type LineLimits } from "./agent-lines.ts";
import { AgentProcess, type AgentProgram } from "./agent-process.ts";
import { findBubblewrap, planSandbox, sandboxed } from "./agent-sandbox.ts";
import { troubleSentence } from "./agent-trouble.ts";
import { findCommand } from "./find-command.ts";
import type { AgentLimits } from "./job-watch.ts";
import { type KnownAgent, knownAgent } from "./known-agents.ts";
import { oneLine } from "./one-line.ts";

export interface ExternalAgentOptions {
  /** The command and its arguments, such as ["opencode", "acp"]; a name on PATH or an absolute path. */
  readonly argv: readonly string[];
  readonly clock: Clock;
  readonly environment?: EnvironmentWishes;
  /** It runs in a sandbox where bubblewrap works, unless this is "off". */
  readonly sandbox?: "off" | "where-possible";
  /** What it keeps for itself, and so may write to in the sandbox; absolute, or relative to its home. */
  readonly keeps?: readonly string[];
  /** What it is not to see in the sandbox, such as the folder of Sotto's own data, beside the usual secrets; paths as in `keeps`. */
  readonly hides?: readonly string[];
  readonly limits?: Partial<AgentLimits & LineLimits>;
}

const usualLines: LineLimits = { mostLineBytes: 16 * 1_048_576, mostStrayLines: 20 };

/** A coding agent that is somebody else's program and speaks ACP. It is started for every job, in the copy, and ended after it. */
export function externalAgent(options: ExternalAgentOptions): CodingAgent {
  const { argv, clock, environment = {}, limits = {}, sandbox = "where-possible" } = options;
  const [command = "", ...args] = argv;
  const known = knownAgent(command);
  const lineLimits: LineLimits = { ...usualLines, ...limits };

  const open = async (task: AgentTask): Promise<OpenedAgent> => {
    const env = agentEnvironment(processEnvironment, environment);
    const file = await findCommand(command, env["PATH"] ?? "");
    if (file === null) throw new Error(missingSentence(command, known));
    const program: AgentProgram = { file, args, folder: task.gate.folder, env };
    const wishes = { keeps: [...known.keeps, ...(options.keeps ?? [])], hides: options.hides ?? [] };
    const bubblewrap = sandbox === "off" ? null : await findBubblewrap(processEnvironment["PATH"] ?? "");
    const confined = bubblewrap === null ? program : sandboxed(await planSandbox(bubblewrap, program, wishes));
    const running = await start(confined, clock, known);
    const { stream, stray } = agentLines(running.output, running.input, lineLimits);
    return {
      stream,
      ...(bubblewrap === null &&
        sandbox !== "off" && { notice: `${known.name} runs without a sandbox: install bubblewrap.` }),
      explain: async (trouble) =>
        troubleSentence(known.name, trouble, {
          argv,
          login: known.login,
          exit: await running.exit(),
          stray: stray(),
          stderrTail: running.stderrTail,
        }),
      [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
    };
  };
  return acpAgent(open, { name: known.name, clock, limits });
}

async function start(program: AgentProgram, clock: Clock, { name }: KnownAgent): Promise<AgentProcess> {
  try {
    return await AgentProcess.start(program, clock);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new Error(`${name} cannot be started (${oneLine(why, 60)}): install it again.`, { cause: error });
  }
}

function missingSentence(command: string, { install }: KnownAgent): string {
  if (command === "") return "The agent has no command: configure one, such as opencode acp.";
  if (command.includes("/") && !command.startsWith("/")) {
    return `The agent's command "${command}" is a relative path: configure an absolute one, or a name on PATH.`;
  }
  const advice =
    install === null
      ? "Install it, or configure its absolute path"
      : `Install it with "${install}", or configure its absolute path`;
  return `The agent's command "${command}" is not there. ${advice}.`;
}
