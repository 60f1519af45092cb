import type { Clock } from "../../../models/clock.ts";
import type { Models } from "../../../models/roles.ts";
import { childOf } from "../../flow/scope.ts";
import type { Log } from "../../log.ts";
import type { Job, Proposal } from "../job.ts";
import { appliedLine } from "../jobs/narrate.ts";

export interface SummaryOptions {
  readonly models: Models;
  readonly clock: Clock;
  readonly log: Log;
}

/** Nobody waits longer to hear what was done. */
const giveUpMs = 60_000;
const mostTokens = 120;
const mostChars = 400;
const wish =
  "Sum up this coding job in one or two short sentences, to be spoken aloud. Say only what stands here, and nothing of how it was done.";

/** The director sums up what was applied; where it cannot be had, code does. Never throws. */
export async function summaryOf(
  job: Job,
  proposal: Proposal,
  { models, clock, log }: SummaryOptions,
  signal: AbortSignal,
): Promise<string> {
  const plain = appliedLine(proposal);
  if (signal.aborted) return plain;
  using late = childOf(signal);
  clock.sleep(giveUpMs, late.signal).then(
    () => late.abort(new Error("The director took too long.")),
    () => undefined,
  );
  try {
    if (models.forecast("director").status === "unavailable") return plain;
    using lease = await models.lease({ role: "director" }, late.signal);
    const messages = [{ from: "user" as const, text: `${wish}\n${recordText(job, proposal)}` }];
    const request = {
      conversation: `${job.id}/summary`,
      messages,
      tools: [],
      toolChoice: "none" as const,
      maxTokens: mostTokens,
    };
    let text = "";
    for await (const part of lease.engine.reply(request, late.signal)) if (part.type === "text") text += part.text;
    const said = text.replaceAll(/\s+/g, " ").trim();
    return said === "" || said.length > mostChars ? plain : said;
  } catch (error) {
    if (!signal.aborted) log(`summary: ${error instanceof Error ? error.message : String(error)}`, "warn");
    return plain;
  }
}

/** What is known of a job, one fact a line: the form that the starter's director has learnt. */
export function recordText({ task }: Pick<Job, "task">, { change, checks }: Proposal): string {
  const ran = checks.filter((check) => check.ran);
  const passed = ran.filter((check) => check.passed).length;
  return [
    `task: ${task.replaceAll(/\s+/g, " ").trim()}`,
    ...change.files.map(
      ({ path, addedLines, removedLines }) => `file: ${path.replaceAll(/\s/g, " ")} +${addedLines} -${removedLines}`,
    ),
    ...(ran.length === 0 ? [] : [`checks: ${passed} passed, ${ran.length - passed} failed`]),
    "outcome: applied",
  ].join("\n");
}
