import type { ChangeSet } from "../change-set.ts";
import type { AgentEnd, AgentNews, CheckOutcome } from "../coding-agent.ts";
import type { Job, Proposal } from "../job.ts";

/** What a coder made of a job. */
export interface Made {
  readonly end: AgentEnd;
  /** Null when nothing was changed. */
  readonly change: ChangeSet | null;
  readonly checks: readonly CheckOutcome[];
}

/** What became of files that were to be changed. `held`: none was, and the sentence says why. */
export type Applied =
  /** With a sentence about what of it could not be done, if there is any. */
  { readonly outcome: "applied"; readonly remark: string | null } | { readonly outcome: "held"; readonly why: string };

export interface MakeNews {
  /** The coder is there, and has its copy of the workspace. */
  readonly onReady: () => void;
  readonly onNews: (news: AgentNews) => void;
}

/** Where the work on jobs is done: in copies first, and in the user's folder only with a consent. */
export interface Workshop {
  /**
   * Has the coder make a change in a copy. The coder is let go before this resolves.
   * @throws Error of one sentence: no coder, no disk, no such folder, the agent died.
   */
  make(job: Job, news: MakeNews, signal: AbortSignal): Promise<Made>;
  /**
   * Changes the user's files, all or none.
   * @param resumed an earlier attempt was cut off, perhaps in its middle
   * @throws Error of one sentence, and then nothing was changed
   */
  apply(job: Job, proposal: Proposal, resumed: boolean): Promise<Applied>;
  /** Takes back what was applied, byte for byte; otherwise as `apply`. */
  undo(job: Job, proposal: Proposal, resumed: boolean): Promise<Applied>;
  /** One or two sentences about what was applied. Never throws. */
  summarise(job: Job, proposal: Proposal, signal: AbortSignal): Promise<string>;
}
