import type { Clock } from "../../../models/clock.ts";
import type { Lease, Models } from "../../../models/roles.ts";
import { childOf } from "../../flow/scope.ts";
import type { Log } from "../../log.ts";
import { acpAgent } from "../agents/acp-agent.ts";
import type { Blobs, ChangeSet } from "../change-set.ts";
import type { ActionStyle } from "../coder/action-style.ts";
import { builtInCoder } from "../coder/coder-connection.ts";
import type { AgentTask, CheckOutcome, Checks, CodingAgent } from "../coding-agent.ts";
import type { Job, Proposal } from "../job.ts";
import { type ApplyOutcome, applyChange, PartlyApplied } from "../workspace/apply-change.ts";
import { commitChange } from "../workspace/commit-change.ts";
import { isAs, lookAt } from "../workspace/file-now.ts";
import { inverse } from "../workspace/inverse-change.ts";
import { makeWorkingCopy, type WorkingCopy } from "../workspace/working-copy.ts";
import { summaryOf } from "./job-summary.ts";
import type { Applied, Made, MakeNews, Workshop } from "./workshop.ts";

export interface CopyWorkshopOptions {
  readonly models: Models;
  readonly clock: Clock;
  readonly log: Log;
  readonly blobs: Blobs;
  /** Where copies are kept. */
  readonly home: string;
  readonly checks: (workspace: string) => Checks;
  readonly ciAllowed: readonly string[];
  readonly applyAs: "files" | "commit";
  /** An agent of another make; null is our own, over the leased coder model. */
  readonly external: CodingAgent | null;
  readonly actions: ActionStyle | "auto";
  readonly contextTokens: number;
}

/** A long file on a slow machine is written for minutes without a word. */
const patienceMs = 900_000;

/** Works in copies of the workspace, by our own coder or an external agent, and brings their changes home. */
export class CopyWorkshop implements Workshop {
  readonly #options: CopyWorkshopOptions;

  constructor(options: CopyWorkshopOptions) {
    this.#options = options;
  }

  async make(job: Job, news: MakeNews, signal: AbortSignal): Promise<Made> {
    const { external, models } = this.#options;
    // The copy is made while the coder is on its way. Without the one, the other is called off.
    using scope = childOf(signal);
    const copying = this.#copy(job, scope.signal);
    copying.catch((error: unknown) => scope.abort(error));
    let lease: Lease<"coder"> | undefined;
    try {
      if (external === null) lease = await models.lease({ role: "coder" }, scope.signal);
    } catch (error) {
      scope.abort(error);
      await dispose(copying);
      throw scope.signal.reason;
    }
    using held = lease ?? { [Symbol.dispose]: () => undefined };
    await using copy = await copying;
    news.onReady();
    const checks = this.#options.checks(job.workspace);
    const task: AgentTask = { task: job.task, files: job.files, gate: copy.gate, checks };
    const agent = lease === undefined || external !== null ? external : this.#builtIn(lease);
    if (agent === null) throw new Error("There is no coder.");
    const end = await agent.run(task, news.onNews, signal);
    // It leaves as soon as its work is done: whoever approves may take minutes.
    held[Symbol.dispose]();
    if (end.type !== "done") return { end, change: null, checks: [] };
    const change = await copy.changes(signal);
    const outcomes = change === null ? [] : await checkAll(checks, change, copy.folder, news, signal);
    return { end, change, checks: outcomes };
  }

  async apply(job: Job, { change }: Proposal, resumed: boolean): Promise<Applied> {
    try {
      const applied = await this.#change(job, change, { message: `${job.task}\n\nMade by Sotto's coder.`, resumed });
      return applied.outcome === "applied" ? applied : { ...applied, why: `${applied.why} Ask for it again.` };
    } catch (error) {
      // A part of it lies in the user's folder: it must be possible to take it back.
      if (error instanceof PartlyApplied) return { outcome: "applied", remark: error.message };
      throw error;
    }
  }

  async undo(job: Job, { change }: Proposal, resumed: boolean): Promise<Applied> {
    const undone = await this.#change(job, inverse(change), { message: `Undo: ${job.task}`, resumed });
    if (undone.outcome === "applied") return undone;
    return {
      outcome: "held",
      why: `Nothing was taken back: ${undone.why} Put it back as it was after the change, or undo it by hand.`,
    };
  }

  async summarise(job: Job, proposal: Proposal, signal: AbortSignal): Promise<string> {
    return await summaryOf(job, proposal, this.#options, signal);
  }

  async #change(
    { workspace: root }: Job,
    change: ChangeSet,
    { message, resumed }: { readonly message: string; readonly resumed: boolean },
  ): Promise<Applied> {
    const { blobs, ciAllowed, applyAs } = this.#options;
    // Once begun it is not given up: it takes a moment, and a half of it would be worse.
    const { signal } = new AbortController();
    const applied = await applyChange(change, { root, blobs, ciAllowed, resumed }, signal);
    if (applied.outcome === "conflict") return held(applied);
    if (applyAs === "commit") {
      const committed = await commitChange(change, { root, blobs, message }, signal);
      if (committed.outcome === "not-committed") return { outcome: "applied", remark: committed.why };
    }
    return { outcome: "applied", remark: null };
  }

  #copy({ workspace }: Job, signal: AbortSignal): Promise<WorkingCopy> {
    const { home, blobs, ciAllowed } = this.#options;
    return makeWorkingCopy({ workspace, home, blobs, ciAllowed }, signal);
  }

  #builtIn({ engine: writer, model }: Lease<"coder">): CodingAgent {
    const { clock, contextTokens, actions, log } = this.#options;
    return acpAgent(
      async ({ gate, checks }) =>
        builtInCoder({ writer, model, gate, checks: checks.names, clock, contextTokens, actions, log }),
      { name: "The coder", clock, limits: { silenceMs: patienceMs } },
    );
  }
}

/** All configured checks, once, each on exactly what is proposed. */
async function checkAll(
  checks: Checks,
  change: ChangeSet,
  folder: string,
  { onNews }: MakeNews,
  signal: AbortSignal,
): Promise<readonly CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  for (const name of checks.names) {
    const other = await firstOther(change, folder);
    if (other !== null) {
      const why = `It was not run, because an earlier check changed "${other}", and what it left is not proposed.`;
      outcomes.push({ ran: false, name, why });
      continue;
    }
    onNews({ type: "checking", name });
    outcomes.push(await checks.run(name, folder, signal));
  }
  return outcomes;
}

/** The first file that is not as it is proposed any more; null when all are. */
async function firstOther({ files }: ChangeSet, folder: string): Promise<string | null> {
  for (const { path, newHash, newExecutable } of files)
    if (!isAs(await lookAt(folder, path), newHash, newExecutable)) return path;
  return null;
}

function held({ files }: Extract<ApplyOutcome, { outcome: "conflict" }>): Applied {
  const [first, ...others] = files;
  const more = others.length === 0 ? "" : ` So it is with ${others.length} more.`;
  return { outcome: "held", why: `${first?.why ?? "The files have changed."}${more}` };
}

async function dispose(copying: Promise<WorkingCopy>): Promise<void> {
  const copy = await copying.catch(() => null);
  await copy?.[Symbol.asyncDispose]();
}
