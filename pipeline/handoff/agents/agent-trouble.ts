import { RequestError } from "@agentclientprotocol/sdk";
import { z } from "zod";
import { NotTheProtocol } from "./agent-lines.ts";
import type { AuthWay } from "./agent-messages.ts";
import { oneLine } from "./one-line.ts";

/** The only version of the protocol that we speak. */
export const protocolVersion = 1;

/** It answered, in another version of the protocol. */
export class WrongVersion extends Error {
  override readonly name = "WrongVersion";
  readonly version: number;

  constructor(version: number) {
    super(`Version ${version} of the protocol`);
    this.version = version;
  }
}

/** What went wrong between us and an agent, before it had its task or after. */
export interface AgentTrouble {
  readonly at: "start" | "work";
  readonly error: unknown;
  /** Ways to log in that the agent has offered. */
  readonly authWays: readonly AuthWay[];
}

/** What is known of an agent that is a program. */
export interface ProgramFacts {
  /** As it was configured, such as ["opencode", "acp"]. */
  readonly argv: readonly string[];
  /** What its command is given to log in. */
  readonly login: readonly string[];
  /** How it ended; null when it has not. */
  readonly exit: { readonly code: number | null; readonly signal: string | null } | null;
  /** The first line of its output that was no message. */
  readonly stray: string | null;
  /** The end of what it wrote on its error output. */
  readonly stderrTail: string;
}

const authRequired = -32_000;
const unsupportedVersion = -32_022;

/** One or two sentences about it for a user. */
export function troubleSentence(name: string, { at, error, authWays }: AgentTrouble, program?: ProgramFacts): string {
  if (error instanceof WrongVersion) {
    return `${name} speaks version ${error.version} of the Agent Client Protocol, and Sotto speaks version ${protocolVersion}: install a version of it that does.`;
  }
  if (error instanceof RequestError && error.code === unsupportedVersion) {
    return `${name} does not speak version ${protocolVersion} of the Agent Client Protocol, which is what Sotto speaks: install a version of it that does.`;
  }
  if (error instanceof RequestError && error.code === authRequired) return loginSentence(name, authWays, program);
  if (error instanceof NotTheProtocol) return `${name} ${error.message}. ${lookHint(program)}`;
  if (error instanceof z.ZodError)
    return `${name} gave an answer that is not of the Agent Client Protocol. ${lookHint(program)}`;
  if (error instanceof RequestError) {
    return `${name} could not ${at === "start" ? "start" : "do the task"}: ${fullStop(requestWords(error))}`;
  }
  if (program !== undefined) return goneSentence(name, at, program);
  return `${name} failed: ${fullStop(oneLine(error instanceof Error ? error.message : String(error), 300))}`;
}

function loginSentence(name: string, authWays: readonly AuthWay[], program: ProgramFacts | undefined): string {
  if (program === undefined) return `${name} wants you to log in first.`;
  const [command = "", ...args] = program.argv;
  const way = authWays.find(({ type }) => type === "terminal");
  const login = [command, ...(way === undefined ? program.login : [...args, ...(way.args ?? [])])];
  return `${name} wants you to log in first: run "${login.join(" ")}" in a terminal, log in, and ask again.`;
}

function goneSentence(name: string, at: AgentTrouble["at"], { argv, exit, stray, stderrTail }: ProgramFacts): string {
  const how = exit === null ? "closed its connection" : `ended (${exit.signal ?? `exit code ${exit.code}`})`;
  const when = at === "start" ? "before it was ready" : "in the middle of the task";
  const words = lastWords(stderrTail) ?? stray;
  const said = words === null ? "It said nothing about why." : `It said: "${words}"`;
  const advice =
    at === "start" ? `Run "${argv.join(" ")}" in a terminal to see what it needs.` : "Nothing was applied; ask again.";
  return `${name} ${how} ${when}. ${fullStop(said)} ${advice}`;
}

/** The last line that tells of an error; failing that, the last with words in it. Where in a program it happened tells a user nothing. */
function lastWords(text: string): string | null {
  const lines = text.split("\n").map((line) => oneLine(line, 240));
  const telling = lines.filter((line) => /\p{L}{2}/u.test(line) && !/^at |^Node\.js v|^file:/.test(line));
  const errors = telling.filter((line) => /error|fail|cannot|could not|denied|missing|not found|unable/i.test(line));
  return errors.at(-1) ?? telling.at(-1) ?? null;
}

function requestWords({ message, data }: RequestError): string {
  const details = z.object({ details: z.string() }).safeParse(data).data?.details;
  const text = typeof data === "string" ? data : details;
  return oneLine(text === undefined ? message : `${message}: ${text}`, 300);
}

function lookHint(program: ProgramFacts | undefined): string {
  if (program === undefined) return "Ask again.";
  return `Check the command that is configured for it, "${program.argv.join(" ")}": many agents need an argument such as "acp" or "--acp".`;
}

function fullStop(text: string): string {
  return /[.!?]"?$/.test(text) ? text : `${text}.`;
}
