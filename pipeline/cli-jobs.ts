import type { Command } from "commander";
import { systemClock } from "../models/clock.ts";
import { UsageError } from "./cli-failure.ts";
import { JobFiles } from "./cli-job-files.ts";
import { runningService, type ServiceAt, type ServiceFlags } from "./cli-service.ts";
import { settingsFrom, withSettings } from "./cli-settings.ts";
import { stopSignal } from "./cli-signals.ts";

export type JobsFlags = Omit<ServiceFlags, "serve"> & { readonly json?: boolean };

type What = "list" | "show" | "approve" | "reject" | "cancel" | "undo";

/** What only the terminal client needs to know. */
export interface JobsOrder {
  readonly what: What;
  readonly id: string | undefined;
  readonly json: boolean;
  /** Of the wall clock. */
  readonly nowMs: number;
}

/** Where the jobs are: with a service, or in its files while none runs. */
export type JobsPlace = ({ readonly at: "service" } & ServiceAt) | { readonly at: "files"; readonly shelf: JobFiles };

/** Runs the terminal client; gives its exit code. */
export type Jobs = (order: JobsOrder, place: JobsPlace, signal: AbortSignal) => Promise<number>;

const deeds: readonly What[] = ["approve", "reject", "cancel"];

export function withJobsFlags(command: Command): Command {
  return withSettings(command)
    .option("--json", "print as JSON")
    .option("--url <address>", "a service elsewhere: the link that it printed will do")
    .option("--token <token>", "its token, when that is neither in the link nor in SOTTO_TOKEN");
}

export function jobsArguments(command: Command): Command {
  return command
    .argument(
      "[action]",
      "list (which is usual), approve, reject or cancel; or a job's id, to see its diff and its steps",
    )
    .argument("[id]", "which job: its id from the list, or the beginning of it");
}

/** `sotto jobs`: the list, one job, or a yes or no to one. */
export async function runJobs(
  action: string | undefined,
  id: string | undefined,
  flags: JobsFlags,
  jobs: Jobs,
): Promise<number> {
  const deed = deeds.find((one) => one === action);
  if (deed !== undefined) {
    if (id === undefined) throw new UsageError(`${deed} which job? \`sotto jobs\` lists them`);
    return await runOn({ what: deed, id }, flags, jobs);
  }
  if (id !== undefined) throw new UsageError(unknownAction(action, id));
  if (action === undefined || action === "list") return await runOn({ what: "list", id: undefined }, flags, jobs);
  return await runOn({ what: "show", id: action }, flags, jobs);
}

function unknownAction(action: string | undefined, id: string): string {
  if (action === "undo") return `expected \`sotto undo ${id}\``;
  if (action === "show") return `expected \`sotto jobs ${id}\``;
  if (action === "list") return `list takes no '${id}': \`sotto jobs ${id}\` shows that job`;
  return `unknown action '${action}': expected approve, reject or cancel`;
}

/** `sotto undo`: takes back what a job applied, the last one when none is named. */
export async function runUndo(id: string | undefined, flags: JobsFlags, jobs: Jobs): Promise<number> {
  return await runOn({ what: "undo", id }, flags, jobs);
}

async function runOn(
  { what, id }: { readonly what: What; readonly id: string | undefined },
  flags: JobsFlags,
  jobs: Jobs,
): Promise<number> {
  const { url, token, json = false, ...settings } = flags;
  const order = { what, id, json, nowMs: systemClock.today().getTime() };
  if (url !== undefined) {
    return await jobs(order, { at: "service", url, ...(token === undefined ? {} : { token }) }, stopSignal());
  }
  const { config } = settingsFrom(settings);
  // What a service did is in its files before anybody is told of it.
  const looks = what === "list" || what === "show";
  const running = looks ? null : await runningService(config, token);
  if (running !== null) return await jobs(order, { at: "service", ...running }, stopSignal());
  using shelf = JobFiles.open(config, { lookOnly: looks });
  return await jobs(order, { at: "files", shelf }, stopSignal());
}
