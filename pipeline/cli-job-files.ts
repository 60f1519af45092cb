import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../models/clock.ts";
import type { Models } from "../models/roles.ts";
import type { Config } from "./config.ts";
import { newApproval } from "./handoff/approval/new-approval.ts";
import { CopyWorkshop } from "./handoff/desk/copy-workshop.ts";
import { JobBook } from "./handoff/desk/job-book.ts";
import type { Job } from "./handoff/job.ts";
import { type JobStep, JobStore } from "./handoff/jobs/job-store.ts";
import { jobView } from "./handoff/jobs/job-view.ts";
import type { JobView } from "./realtime/job-events.ts";

/** Jobs as they lie in their files while no service runs: they can be looked at, decided on and taken back, but not worked on. */
export class JobFiles implements Disposable {
  readonly #store: JobStore | null;
  readonly #config: Config;

  /**
   * Where there are no files, none are made.
   * @throws JobStoreError with a sentence when they cannot be read
   */
  static open(config: Config, { lookOnly }: { readonly lookOnly: boolean }): JobFiles {
    if (!existsSync(join(config.home, "jobs.db"))) return new JobFiles(null, config);
    const complain = (line: string): void => void process.stderr.write(`sotto: ${line}\n`);
    return new JobFiles(JobStore.open({ folder: config.home, clock: systemClock, complain, lookOnly }), config);
  }

  private constructor(store: JobStore | null, config: Config) {
    this.#store = store;
    this.#config = config;
  }

  /** Oldest first. */
  jobs(): readonly JobView[] {
    return this.#store?.jobs().map(viewOf) ?? [];
  }

  /** Oldest first. */
  steps(jobId: string): readonly JobStep[] {
    return this.#store?.steps(jobId) ?? [];
  }

  /** @returns the job as it is then, or a sentence that says why it was not done */
  async act(deed: "approve" | "reject" | "cancel" | "undo", { id }: JobView): Promise<JobView | string> {
    const store = this.#store;
    const job = store?.job(id);
    if (store === null || job === undefined) return "There is no such job.";
    const book = new JobBook({ keeper: store, clock: systemClock, log: () => undefined, loadMs: () => null });
    const refused = await this.#do(deed, job, book, store);
    const after = book.get(id);
    return refused ?? (after === undefined ? "There is no such job." : viewOf(after));
  }

  [Symbol.dispose](): void {
    this.#store?.[Symbol.dispose]();
  }

  async #do(deed: Parameters<JobFiles["act"]>[0], job: Job, book: JobBook, store: JobStore): Promise<string | null> {
    switch (deed) {
      case "approve":
        return await this.#apply(job, book, this.#workshop(store));
      case "undo":
        return await undo(job, book, this.#workshop(store));
      default:
        return told(book.step(job.id, { type: deed === "reject" ? "rejected" : "cancelled" }), job, book);
    }
  }

  async #apply(job: Job, book: JobBook, workshop: CopyWorkshop): Promise<string | null> {
    const { id, state } = job;
    if (state.status !== "awaiting-approval") return "This job waits for nobody's yes. See `sotto jobs`.";
    const { nowMs } = book;
    // The one that was asked for is of a service that is no more.
    const approval = newApproval({
      change: state.proposal.change,
      risk: state.risk,
      nowMs,
      lifetimeMs: this.#config.coder.approvalMs,
      lately: [],
    });
    const { id: approvalId, changeHash } = approval;
    const consent = { how: "key", by: "terminal", atMs: nowMs } as const;
    const refused =
      book.step(id, { type: "renewed", approval }) ??
      book.step(id, { type: "approved", approvalId, changeHash, consent });
    if (refused !== null) return refused;
    const applied = await workshop
      .apply(job, state.proposal, false)
      .catch((error: unknown) => ({ outcome: "held", why: sentence(error) }) as const);
    if (applied.outcome === "held") return told(book.step(id, { type: "conflict", why: applied.why }), job, book);
    const said = await workshop.summarise(job, state.proposal, new AbortController().signal);
    const summary = applied.remark === null ? said : `${said} ${applied.remark}`;
    return told(book.step(id, { type: "applied" }) ?? book.step(id, { type: "summarised", summary }), job, book);
  }

  #workshop(blobs: JobStore): CopyWorkshop {
    const { home, coder } = this.#config;
    return new CopyWorkshop({
      models: noModels,
      clock: systemClock,
      log: () => undefined,
      blobs,
      home,
      checks: () => ({ names: [], run: async (name) => ({ ran: false, name, why: "No service runs." }) }),
      ciAllowed: coder.allowCi,
      applyAs: coder.apply,
      external: null,
      actions: coder.actions,
      contextTokens: 0,
    });
  }
}

/** Takes back, byte for byte, what a job applied. */
async function undo({ id }: Job, book: JobBook, workshop: CopyWorkshop): Promise<string | null> {
  const job = book.get(id);
  if (job?.state.status !== "done" || job.state.proposal === null) return "There is nothing to take back.";
  const { proposal, undo: before } = job.state;
  const refused = book.step(id, { type: "undo-begun" });
  if (refused !== null) return refused;
  const undone = await workshop
    .undo(job, proposal, before === "undoing")
    .catch((error: unknown) => ({ outcome: "held", why: sentence(error) }) as const);
  if (undone.outcome === "applied") return book.step(id, { type: "undone" });
  book.step(id, { type: "undo-held" });
  return undone.why;
}

/** Who did it is there, and sees how it ended. */
function told(refused: string | null, { id }: Job, book: JobBook): string | null {
  return refused ?? book.step(id, { type: "told" });
}

function viewOf(job: Job): JobView {
  return jobView(job, { news: null, expectedMs: null });
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Without a service there is no model; what it would say is said in fixed words. */
const noModels: Models = {
  lease: async () => {
    throw new Error("No service runs.");
  },
  forecast: () => ({ status: "unavailable", why: "No service runs." }),
  hint: () => undefined,
  holdVoiceTurn: () => ({ [Symbol.dispose]: () => undefined }),
  status: () => ({ models: [], pools: [], swap: null, sticky: null }),
  watch: () => ({ [Symbol.dispose]: () => undefined }),
};
