import type { JobRequest } from "../../pipeline/realtime/job-events.ts";
import { isOver } from "../job-list.ts";
import type { TalkState } from "../talk-state.ts";
import type { Key } from "./keys.ts";

/** Which keys decide about jobs just now. */
export interface JobKeys {
  /** Must see every state: a change of an earlier conversation is not undone by a single key. */
  watch(state: TalkState): void;
  /** What a key asks for; null when it means nothing now. */
  request(key: Key): JobRequest | null;
  /** "a apply · r reject"; empty when none of them means anything. */
  readonly help: string;
}

export function createJobKeys(): JobKeys {
  const seenAtWork = new Set<string>();
  let jobs: TalkState["jobs"] = [];
  const waiting = () => jobs.find(({ approval }) => approval !== null);
  const undoable = () => jobs.find(({ id, undo }) => undo === "possible" && seenAtWork.has(id));
  return {
    watch: (state) => {
      jobs = state.jobs;
      for (const job of jobs) if (!isOver(job)) seenAtWork.add(job.id);
    },
    request: (key) => {
      const job = waiting();
      switch (key) {
        case "apply":
          return job?.approval ? { type: "sotto.job.approve", approval_id: job.approval.id, how: "key" } : null;
        case "reject":
          return job === undefined ? null : { type: "sotto.job.reject", job_id: job.id };
        case "undo": {
          const done = undoable();
          return done === undefined ? null : { type: "sotto.job.undo", job_id: done.id };
        }
        default:
          return null;
      }
    },
    get help() {
      const parts = [
        ...(waiting() === undefined ? [] : ["a apply · r reject"]),
        ...(undoable() === undefined ? [] : ["u undo"]),
      ];
      return parts.join(" · ");
    },
  };
}
