import { CommanderError } from "commander";
import { ConfigError } from "./config.ts";

/** A mistake in how a command was used, as against a failure in doing it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Exit codes: 1 it failed, 2 it was asked wrongly. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof ConfigError || error instanceof UsageError ? 2 : 1;
}

/** What went wrong and what to do, for a person; the stack only when asked for. */
export function explain(error: unknown, withStack: boolean): string {
  if (!(error instanceof Error)) return `sotto: ${String(error)}`;
  if (withStack) return `sotto: ${error.stack ?? error.message}${causes(error)}`;
  return error.message
    .split("\n")
    .map((line) => `sotto: ${line}`)
    .join("\n");
}

function causes(error: Error): string {
  return error.cause instanceof Error
    ? `\ncaused by ${error.cause.stack ?? error.cause.message}${causes(error.cause)}`
    : "";
}
