import type { ClientEvent } from "../../pipeline/realtime/client-events.ts";
import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { ScriptedDesk, type ScriptedDeskOptions } from "./scripted-desk.ts";
import type { ScriptedTalk } from "./scripted-talk.ts";

export const fizzChange: NonNullable<JobView["change"]> = {
  files: [
    {
      path: "fizz.py",
      kind: "add",
      added: 2,
      removed: 0,
      patch: "--- /dev/null\n+++ b/fizz.py\n@@ -0,0 +1,2 @@\n+print('fizz')\n+print('buzz')\n",
    },
  ],
  summary: "It prints fizz.",
  checks: [],
};

export interface WorkingDeskOptions extends ScriptedDeskOptions {
  /** Where a new job gets to by itself. */
  readonly until?: "loading" | "awaiting-approval";
  /** How a job that was approved ends. */
  readonly end?: Partial<JobView>;
}

/** A desk whose jobs go on by themselves: proposed as soon as they are asked for, done as soon as they are approved. */
export class WorkingDesk extends ScriptedDesk {
  readonly #options: WorkingDeskOptions;
  /** What clients asked for. */
  readonly asked: ClientEvent[] = [];

  constructor(options: WorkingDeskOptions = {}) {
    super({ change: fizzChange, ...options });
    this.#options = options;
  }

  override hear(event: ClientEvent, talk: ScriptedTalk): void {
    if (event.type.startsWith("sotto.job.")) this.asked.push(event);
    super.hear(event, talk);
    const job = this.jobs.at(-1);
    if (job === undefined) return;
    if (event.type === "sotto.job.start") {
      this.update(job.id, { status: "loading", note: "Bringing up the coder", expected_ms: 2_000 });
      if (this.#options.until !== "loading") this.propose(job.id);
    }
    if (event.type === "sotto.job.approve" && job.status === "applying") {
      this.update(job.id, { status: "done", summary: "I made fizz.py.", undo: "possible", ...this.#options.end });
    }
  }
}
