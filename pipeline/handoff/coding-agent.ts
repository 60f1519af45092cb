import type { FileGate } from "./file-gate.ts";

/** A task as an agent gets it. */
export interface AgentTask {
  /** In the user's words. */
  readonly task: string;
  /** Files that the user named, relative to the folder; they exist. */
  readonly files: readonly string[];
  readonly gate: FileGate;
  readonly checks: Checks;
}

/** What an agent is doing, for people who watch. */
export type AgentNews =
  | { readonly type: "reading" | "editing"; readonly path: string }
  | { readonly type: "searching"; readonly text: string }
  | { readonly type: "checking"; readonly name: string }
  /** A line of its own, such as "Thinking". */
  | { readonly type: "note"; readonly text: string };

/** Why an agent stopped. What it changed lies in the folder of the gate. */
export type AgentEnd =
  | { readonly type: "done"; readonly summary: string }
  /** It will not or cannot do it; the sentence says why. */
  | { readonly type: "refused"; readonly why: string }
  /** It went in circles, used up its budget, or talked nonsense. */
  | { readonly type: "gave-up"; readonly why: string };

/** Does coding tasks in a copy of the workspace. */
export interface CodingAgent {
  /** @throws Error of one sentence when the agent itself failed: it could not be started, died, spoke garbage. */
  run(task: AgentTask, onNews: (news: AgentNews) => void, signal: AbortSignal): Promise<AgentEnd>;
}

/** Checks that the user has configured, each a fixed command; an agent can name one, never write one. */
export interface Checks {
  readonly names: readonly string[];
  /** Runs one in the copy, in a sandbox. Never throws for a failed check. */
  run(name: string, folder: string, signal: AbortSignal): Promise<CheckOutcome>;
}

export type CheckOutcome =
  | { readonly ran: true; readonly name: string; readonly passed: boolean; readonly output: string }
  /** No such check, or no sandbox to run it in; the sentence says which. */
  | { readonly ran: false; readonly name: string; readonly why: string };
