import type { AgentNews } from "../coding-agent.ts";
import type { Job, Proposal } from "../job.ts";
import { type JobBook, unknownJob } from "./job-book.ts";
import type { Workshop } from "./workshop.ts";

export interface CoderQueueOptions {
  readonly book: JobBook;
  readonly workshop: Workshop;
  /** A change is there; somebody has to decide. */
  readonly propose: (jobId: string, proposal: Proposal) => void;
}

/** Jobs at the coder and before it: one is worked on at a time, in the order they were asked for. */
export class CoderQueue implements AsyncDisposable {
  readonly #options: CoderQueueOptions;
  #atWork: { readonly jobId: string; readonly stop: AbortController; readonly news: AgentNews | null } | undefined;
  #working: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: CoderQueueOptions) {
    this.#options = options;
  }

  /** What an agent was last seen doing on a job. */
  newsOf(jobId: string): AgentNews | null {
    return this.#atWork?.jobId === jobId ? this.#atWork.news : null;
  }

  /** Begins the next job when the coder is free. */
  next(): void {
    if (this.#atWork !== undefined || this.#isClosed) return;
    const next = this.#options.book.jobs.find(({ state }) => state.status === "queued");
    if (next === undefined) return;
    const stop = new AbortController();
    this.#atWork = { jobId: next.id, stop, news: null };
    this.#working = this.#work(next.id, stop.signal)
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        this.#options.book.step(next.id, {
          type: "failed",
          why: error instanceof Error ? error.message : String(error),
        });
      })
      .then(() => {
        this.#atWork = undefined;
        // One that could not be begun, since the disk takes nothing, waits for the next task; it is not tried for ever.
        if (this.#options.book.get(next.id)?.state.status !== "queued") this.next();
      });
  }

  /** The coder stops what it does for a job. */
  stop(jobId: string): void {
    if (this.#atWork?.jobId === jobId) this.#atWork.stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const jobId = this.#atWork?.jobId;
    this.#atWork?.stop.abort();
    await this.#working;
    if (jobId !== undefined) this.#options.book.step(jobId, { type: "put-back" });
  }

  async #work(jobId: string, signal: AbortSignal): Promise<void> {
    const { book, workshop, propose } = this.#options;
    if (book.step(jobId, { type: "begin-loading" }) !== null) return;
    signal.throwIfAborted();
    const { end, change, checks } = await workshop.make(
      this.#job(jobId),
      {
        onReady: () => book.step(jobId, { type: "begin-reading" }),
        onNews: (news) => this.#seen(jobId, news),
      },
      signal,
    );
    signal.throwIfAborted();
    if (end.type !== "done") {
      book.step(jobId, { type: "failed", why: end.why });
    } else if (change === null) {
      book.step(jobId, { type: "nothing-to-change", summary: end.summary });
    } else {
      if (this.#job(jobId).state.status === "reading") book.step(jobId, { type: "begin-proposing" });
      propose(jobId, { change, summary: end.summary, checks });
    }
  }

  #job(jobId: string): Job {
    const job = this.#options.book.get(jobId);
    if (job === undefined) throw new Error(unknownJob);
    return job;
  }

  #seen(jobId: string, news: AgentNews): void {
    const { book } = this.#options;
    const job = book.get(jobId);
    if (job === undefined || this.#atWork?.jobId !== jobId || this.#atWork.stop.signal.aborted) return;
    this.#atWork = { ...this.#atWork, news };
    if (news.type === "editing" && job.state.status === "reading") book.step(jobId, { type: "begin-proposing" });
    else book.tell(job, null);
  }
}
