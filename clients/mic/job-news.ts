import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { isOver } from "../job-list.ts";
import type { TalkState } from "../talk-state.ts";

/** What of the coder's work is still to be heard in a conversation. */
export interface JobNews {
  /** Null before there was a session. */
  readonly jobs: readonly JobView[] | null;
  /** Jobs that were there before the conversation; others wait for them, if anybody does. */
  readonly others: ReadonlySet<string>;
  /** News that the service tells by itself and has not told yet. */
  readonly owed: readonly OwedNews[];
}

interface OwedNews {
  /** The approval that is asked for, or the job that has ended. */
  readonly about: string;
  /** The sentence that tells it has these words in it. */
  readonly words: string;
  /** Answers that were over before it was news. */
  readonly before: ReadonlySet<string>;
}

export const noJobNews: JobNews = { jobs: null, others: new Set(), owed: [] };

/** Takes in how a conversation stands now. */
export function jobNewsStep(news: JobNews, state: TalkState): JobNews {
  const { jobs } = state;
  if (news.jobs === null) {
    if (state.link.status !== "ready") return news;
    const others = new Set(jobs.map(({ id }) => id));
    // Whoever asked for these is gone, most likely, and then they are told here.
    return { jobs, others, owed: jobs.flatMap((job) => asked(undefined, job, state)) };
  }
  const known = news.jobs;
  const fresh =
    known === jobs
      ? []
      : jobs.flatMap((job) => {
          const before = known.find(({ id }) => id === job.id);
          return [...asked(before, job, state), ...(news.others.has(job.id) ? [] : ended(before, job, state))];
        });
  const owed = [...news.owed, ...fresh].filter((one) => isCurrent(one, jobs) && !isTold(one, state));
  return { ...news, jobs, owed };
}

/** A job that was asked for in this conversation is under way. */
export function isWorking({ jobs, others }: JobNews): boolean {
  return jobs?.some((job) => !others.has(job.id) && !isOver(job) && job.status !== "awaiting-approval") ?? false;
}

function asked(before: JobView | undefined, job: JobView, state: TalkState): readonly OwedNews[] {
  const { approval } = job;
  if (approval === null || approval.id === before?.approval?.id) return [];
  const words = approval.phrase ?? approval.reasons[0] ?? "click apply";
  return [{ about: approval.id, words, before: finished(state) }];
}

/** The ends that are told by themselves; who says no is answered at once. */
function ended(before: JobView | undefined, job: JobView, state: TalkState): readonly OwedNews[] {
  const isNews = (job.status === "done" || job.status === "failed") && (before === undefined || !isOver(before));
  return isNews && job.summary !== null ? [{ about: job.id, words: job.summary, before: finished(state) }] : [];
}

/** Nobody is asked any more when somebody has answered. */
function isCurrent({ about }: OwedNews, jobs: readonly JobView[]): boolean {
  return jobs.some(({ id, approval }) => id === about || approval?.id === about);
}

function isTold({ words, before }: OwedNews, { lines }: TalkState): boolean {
  return lines.some(
    (line) =>
      line.from === "assistant" &&
      line.status !== "speaking" &&
      !before.has(line.id) &&
      plain(line.text).includes(plain(words)),
  );
}

function finished({ lines }: TalkState): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => (line.from === "assistant" && line.status !== "speaking" ? [line.id] : [])));
}

function plain(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}
