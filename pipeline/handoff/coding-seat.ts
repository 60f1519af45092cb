import type { Coding } from "../../models/roles.ts";
import type { JobRequest, JobView } from "../realtime/job-events.ts";
import type { CodingNews } from "./coding-news.ts";

/** The coder's desk as one talk sees it, until it is disposed. Nothing of it throws. */
export interface CodingSeat extends Disposable {
  /** What the voice may do. */
  readonly coding: Coding;
  /** Folders that may be worked in, and what is in the way of handing anything off. */
  readonly place: { readonly workspaces: readonly string[]; readonly why: string | null };
  /** What the client asks for; refusals come as news. */
  request(request: JobRequest): void;
  /** A yes or no to a change. */
  decide(decision: {
    readonly approvalId: string;
    readonly approve: boolean;
    readonly how: "voice" | "client";
    readonly eventId?: string | undefined;
  }): void;
  /** Stops what the coder is doing. */
  stop(): void;
  /** The news of a job were told to somebody. */
  told(jobId: string): void;
}

export interface SeatEars {
  readonly onNews: (news: CodingNews) => void;
  readonly onJob: (job: JobView) => void;
  /** It only looks: nothing is said to it. */
  readonly isSilent?: boolean;
}

/** Takes a seat for a talk; its first news come soon after this has returned, and may be none. */
export type TakeSeat = (talkId: string, ears: SeatEars) => CodingSeat;
