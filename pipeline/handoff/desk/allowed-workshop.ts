import type { Job, Proposal } from "../job.ts";
import type { ResolvedWorkspace } from "../workspace/allowed-folders.ts";
import type { Applied, Made, MakeNews, Workshop } from "./workshop.ts";

/**
 * Begins work only in folders that are allowed now: a job may be older than the settings. What was made while its folder was allowed
 * may still be applied and taken back, since somebody who has seen it says so.
 */
export class AllowedWorkshop implements Workshop {
  readonly #inner: Workshop;
  readonly #resolve: (folder: string) => Promise<ResolvedWorkspace>;

  constructor(inner: Workshop, resolve: (folder: string) => Promise<ResolvedWorkspace>) {
    this.#inner = inner;
    this.#resolve = resolve;
  }

  async make(job: Job, news: MakeNews, signal: AbortSignal): Promise<Made> {
    const place = await this.#resolve(job.workspace);
    if (!place.ok) throw new Error(place.why);
    // It stands where it stood, and not behind a link to another one.
    if (place.folder !== job.workspace) throw new Error(`"${job.workspace}" is a link now. Ask for the task again.`);
    signal.throwIfAborted();
    return await this.#inner.make(job, news, signal);
  }

  apply(job: Job, proposal: Proposal, resumed: boolean): Promise<Applied> {
    return this.#inner.apply(job, proposal, resumed);
  }

  undo(job: Job, proposal: Proposal, resumed: boolean): Promise<Applied> {
    return this.#inner.undo(job, proposal, resumed);
  }

  summarise(job: Job, proposal: Proposal, signal: AbortSignal): Promise<string> {
    return this.#inner.summarise(job, proposal, signal);
  }
}
