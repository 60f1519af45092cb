import type { NewId } from "../../realtime/ids.ts";
import type { JobView } from "../../realtime/job-events.ts";
import { type ApprovalBook, answer, emptyBook, issue, latePhrases, withdraw } from "../approval/approvals.ts";
import { newApproval } from "../approval/new-approval.ts";
import type { AgentNews } from "../coding-agent.ts";
import type { Approval, Consent, Job, Proposal, Risk } from "../job.ts";
import { isOver } from "../job.ts";
import { jobView } from "../jobs/job-view.ts";
import { appliedLine } from "../jobs/narrate.ts";
import { newJob } from "../jobs/new-job.ts";
import { CoderQueue } from "./coder-queue.ts";
import { JobBook, type JobBookOptions, type JobWatcher, unknownJob } from "./job-book.ts";
import type { Workshop } from "./workshop.ts";

export interface DeskOptions extends JobBookOptions {
  readonly workshop: Workshop;
  readonly newId: NewId;
  readonly riskOf: (proposal: Proposal) => Risk;
  readonly approvalMs: number;
}

/**
 * Has coding jobs worked on, one at a time; what waits for an approval holds up nobody. Takes yes and no, and has changes applied.
 */
export class CodingDesk implements AsyncDisposable {
  readonly #options: DeskOptions;
  readonly #book: JobBook;
  readonly #coder: CoderQueue;
  readonly #life = new AbortController();
  #approvals: ApprovalBook = emptyBook;
  /** Files are changed for one job at a time. */
  #changing: Promise<void> = Promise.resolve();

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#book = new JobBook(options);
    this.#coder = new CoderQueue({
      book: this.#book,
      workshop: options.workshop,
      propose: (jobId, proposal) => this.#propose(jobId, proposal),
    });
  }

  /** Takes up what an earlier service left: nothing is lost, nothing is done twice. */
  start(): void {
    for (const job of this.#book.jobs) {
      if (job.state.status === "done" && job.state.undo === "undoing") this.#goOn(this.undo(job.id));
      if (isOver(job)) continue;
      const awaiting = job.state.status === "awaiting-approval" ? job.state : null;
      const approval = awaiting === null ? null : this.#newApproval(job.id, awaiting.proposal, awaiting.risk);
      this.#book.step(job.id, { type: "restarted", approval });
      if (job.state.status === "applying") this.#apply(job.id, true);
      if (job.state.status === "summarising") this.#summarise(job.id, null);
    }
    this.#coder.next();
  }

  /** All jobs, oldest first. */
  get jobs(): readonly Job[] {
    return this.#book.jobs;
  }

  get(jobId: string): Job | undefined {
    return this.#book.get(jobId);
  }

  /** Of the wall clock. */
  get nowMs(): number {
    return this.#book.nowMs;
  }

  /** What an agent was last seen doing on a job. */
  newsOf(jobId: string): AgentNews | null {
    return this.#coder.newsOf(jobId);
  }

  view(job: Job): JobView {
    const { loadMs } = this.#options;
    const leftMs = job.state.status === "loading" ? loadMs() : null;
    const expectedMs = leftMs === null ? null : Math.max(0, this.#book.nowMs - job.sinceMs) + leftMs;
    return jobView(job, { news: this.newsOf(job.id), expectedMs });
  }

  watch(watcher: JobWatcher): Disposable {
    return this.#book.watch(watcher);
  }

  /**
   * Takes a task. The workspace is one that is allowed, by its real path.
   * @throws Error of one sentence when it cannot be kept
   */
  add(asked: Pick<Job, "task" | "workspace" | "files" | "askedBy">): Job {
    const job = newJob({ id: this.#options.newId("job"), ...asked }, { nowMs: this.#book.nowMs });
    this.#book.add(job);
    this.#coder.next();
    return this.#book.get(job.id) ?? job;
  }

  /** The first answer to an approval counts. @returns null, or a sentence that says why it does not. */
  decide(approvalId: string, consent: Consent | null): string | null {
    if (this.#life.signal.aborted) return closing;
    const late = this.#answeredLate(approvalId, consent);
    if (late !== undefined) return late;
    const nowMs = this.#book.nowMs;
    const { book, answer: answered } = answer(this.#approvals, { id: approvalId, yes: consent !== null, nowMs });
    if (answered.answered === "refused") return answered.why;
    const { jobId, approval } = answered;
    const refused = this.#book.step(
      jobId,
      consent === null
        ? { type: "rejected" }
        : { type: "approved", approvalId, changeHash: approval.changeHash, consent },
    );
    // One that may not say yes in this way has not used it up.
    if (refused !== null) return refused;
    this.#approvals = book;
    if (consent !== null) this.#apply(jobId, false);
    return null;
  }

  /** @returns null, or a sentence that says why not. */
  reject(jobId: string): string | null {
    const refused = this.#book.step(jobId, { type: "rejected" });
    if (refused === null) this.#approvals = withdraw(this.#approvals, jobId);
    return refused;
  }

  /** @returns null, or a sentence that says why not. */
  cancel(jobId: string): string | null {
    const refused = this.#book.step(jobId, { type: "cancelled" });
    if (refused !== null) return refused;
    this.#approvals = withdraw(this.#approvals, jobId);
    this.#coder.stop(jobId);
    return null;
  }

  /** Takes back what a job applied. @returns null, or a sentence that says why not. */
  async undo(jobId: string): Promise<string | null> {
    if (this.#life.signal.aborted) return closing;
    return await this.#inTurn(async () => {
      const job = this.#book.get(jobId);
      if (job === undefined) return unknownJob;
      const refused = this.#book.step(jobId, { type: "undo-begun" });
      if (refused !== null) return refused;
      if (job.state.status !== "done" || job.state.proposal === null) return "There is nothing to undo.";
      const { proposal, undo: before } = job.state;
      const undone = await this.#options.workshop
        .undo(job, proposal, before === "undoing")
        .catch((error: unknown) => ({ outcome: "held", why: sentence(error) }) as const);
      if (undone.outcome === "applied") return this.#book.step(jobId, { type: "undone" });
      this.#book.step(jobId, { type: "undo-held" });
      return undone.why;
    });
  }

  /** Somebody was told how a job ended. */
  told(jobId: string): void {
    const job = this.#book.get(jobId);
    if (job !== undefined && isOver(job) && !job.told) this.#book.step(jobId, { type: "told" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    await this.#coder[Symbol.asyncDispose]();
    await this.#changing;
    this.#book.catchUp();
  }

  #propose(jobId: string, proposal: Proposal): void {
    const risk = this.#options.riskOf(proposal);
    const approval = this.#newApproval(jobId, proposal, risk);
    this.#book.step(jobId, { type: "proposed", proposal, risk, approval });
  }

  /** An approval ran out: a no still counts, and a yes gets a new chance to look. @returns undefined for other approvals */
  #answeredLate(approvalId: string, consent: Consent | null): string | null | undefined {
    const job = this.jobs.find(({ state }) => state.status === "awaiting-approval" && state.approval.id === approvalId);
    if (job?.state.status !== "awaiting-approval") return undefined;
    const leftMs = job.state.approval.expiresAtMs - this.#book.nowMs;
    // With more left than it was given, the clock was set back, and nobody knows how old it is.
    if (leftMs > 0 && leftMs <= this.#options.approvalMs) return undefined;
    if (consent === null) return this.reject(job.id);
    const approval = this.#newApproval(job.id, job.state.proposal, job.state.risk);
    this.#book.step(job.id, { type: "renewed", approval });
    return "That approval was too old, and nothing was applied. Look at the change again, then approve it.";
  }

  #newApproval(jobId: string, { change }: Proposal, risk: Risk): Approval {
    const lately = latePhrases(this.#approvals);
    const approval = newApproval({
      change,
      risk,
      nowMs: this.#book.nowMs,
      lifetimeMs: this.#options.approvalMs,
      lately,
    });
    this.#approvals = issue(this.#approvals, jobId, approval);
    return approval;
  }

  #apply(jobId: string, resumed: boolean): void {
    const applying = this.#inTurn(async () => {
      const job = this.#book.get(jobId);
      if (job?.state.status !== "applying") return;
      const applied = await this.#options.workshop.apply(job, job.state.proposal, resumed);
      if (applied.outcome === "held") this.#book.step(jobId, { type: "conflict", why: applied.why });
      else {
        this.#book.step(jobId, { type: "applied" });
        this.#summarise(jobId, applied.remark);
      }
    });
    this.#goOn(applying.catch((error: unknown) => this.#book.step(jobId, { type: "failed", why: sentence(error) })));
  }

  /** What nobody waits for still has its failures told. */
  #goOn(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#options.log(`jobs: ${sentence(error)}`));
  }

  #summarise(jobId: string, remark: string | null): void {
    const job = this.#book.get(jobId);
    if (job?.state.status !== "summarising") return;
    const { proposal } = job.state;
    const summing = this.#options.workshop.summarise(job, proposal, this.#life.signal).catch((error: unknown) => {
      this.#options.log(`summary: ${sentence(error)}`);
      return appliedLine(proposal);
    });
    const told = summing.then((summary) => {
      // Otherwise the next service sums it up.
      if (this.#life.signal.aborted) return;
      this.#book.step(jobId, { type: "summarised", summary: remark === null ? summary : `${summary} ${remark}` });
    });
    this.#goOn(told);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#changing.then(work);
    this.#changing = turn.then(
      () => undefined,
      () => undefined,
    );
    return await turn;
  }
}

const closing = "Sotto is closing. Ask again when it is back.";

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
