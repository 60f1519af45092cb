import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { UsageError } from "./cli-failure.ts";
import { type ServiceAt, type ServiceFlags, withService } from "./cli-service.ts";
import { withServiceFlags } from "./cli-talk.ts";
import type { Config } from "./config.ts";
import { mostTaskChars } from "./realtime/job-events.ts";

export interface CodeFlags extends ServiceFlags {
  readonly in?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What only the terminal client needs to know. */
export interface CodeOrder extends ServiceAt {
  readonly task: string;
  /** An absolute path, or the name of an allowed folder; null leaves it to the service. */
  readonly folder: string | null;
  readonly here: string;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Runs the terminal client; gives its exit code. */
export type Code = (order: CodeOrder, signal: AbortSignal) => Promise<number>;

export function withCodeFlags(command: Command): Command {
  command
    .argument("<task>", "what to do, in your words")
    .option("--in <folder>", "the folder to work in: one that is allowed, or any when this command starts the service")
    .option(
      "--yes",
      "apply it without asking when its risk is low and no check fails; otherwise say why not, and leave it waiting",
    )
    .option("--json", "print what happens as lines of JSON, and ask nothing");
  return withServiceFlags(command);
}

export const codeRemarks = `
The coder works in a copy; nothing of yours changes before you have seen the diff and said yes: a applies it, r rejects it, d shows
the diff again, q leaves it waiting for \`sotto jobs approve\`. Without a terminal the diff is printed, and waits. Ctrl-C stops the coder;
a change that is there waits.
The exit code is 0 when it was applied or waits, 1 when it failed, was refused or rejected, 130 when Ctrl-C stopped it.`;

/** `sotto code`: by the running service, or one for the length of this task, which may then work in `--in`. */
export async function runCode(task: string, flags: CodeFlags, code: Code): Promise<number> {
  const { in: folder, yes = false, json = false, ...service } = flags;
  if (task.trim() === "") throw new UsageError('What is the coder to do? Say it in words: sotto code "add tests"');
  if (task.length > mostTaskChars) {
    const most = `The task has ${task.length} characters; the most is ${mostTaskChars}.`;
    throw new UsageError(`${most} Write the details into a file of the folder, and name that.`);
  }
  const order = {
    task,
    folder: folder === undefined ? null : existsSync(folder) ? resolve(folder) : folder,
    here: process.cwd(),
    yes,
    json,
  };
  return await withService(
    service,
    (at, signal) => code({ ...order, ...at }, signal),
    (config) => allowed(config, folder),
  );
}

function allowed(config: Config, folder: string | undefined): Config {
  if (folder === undefined && config.workspace.length > 0) return config;
  if (folder === undefined) throw new UsageError("In which folder? Name it with --in, such as --in .");
  const path = resolve(folder);
  if (!existsSync(path)) throw new UsageError(`The folder "${folder}" does not exist. Make it, or name another one.`);
  return config.workspace.includes(path) ? config : { ...config, workspace: [...config.workspace, path] };
}
