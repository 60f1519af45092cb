import type { ClientEvent } from "../../pipeline/realtime/client-events.ts";
import { realtimeError } from "../../pipeline/realtime/errors.ts";
import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { build } from "../../pipeline/realtime/server-events.ts";
import type { ScriptedTalk } from "./scripted-talk.ts";

export interface ScriptedDeskOptions {
  readonly workspaces?: readonly string[];
  readonly why?: string | null;
  /** What every job proposes. */
  readonly change?: JobView["change"];
  /** Of every approval that is asked for; an approval lasts a minute unless told otherwise. */
  readonly approval?: Partial<NonNullable<JobView["approval"]>>;
  /** Milliseconds that this service's clock is ahead of the machine's. */
  readonly clockLeadMs?: number;
}

/**
 * A coder's desk that plays a part: it takes every task, and goes on with it when the test says so. What clients ask for is
 * done at once, or refused as the real one refuses it; everybody is told of everything.
 */
export class ScriptedDesk {
  readonly #options: ScriptedDeskOptions;
  readonly #talks = new Set<ScriptedTalk>();
  readonly #jobs = new Map<string, JobView>();
  #approvals = 0;

  constructor(options: ScriptedDeskOptions = {}) {
    this.#options = options;
  }

  /** Oldest first. */
  get jobs(): readonly JobView[] {
    return [...this.#jobs.values()];
  }

  join(talk: ScriptedTalk): void {
    this.#talks.add(talk);
    const { workspaces = ["/home/ann/app"], why = null } = this.#options;
    talk.tell(build.coding({ workspaces, why }));
    for (const job of this.jobs) talk.tell(build.job(job));
  }

  leave(talk: ScriptedTalk): void {
    this.#talks.delete(talk);
  }

  hear(event: ClientEvent, talk: ScriptedTalk): void {
    switch (event.type) {
      case "sotto.job.start":
        this.begin(event.task, event.workspace ?? this.#options.workspaces?.[0]);
        break;
      case "sotto.job.approve": {
        const job = this.jobs.find(({ approval }) => approval?.id === event.approval_id);
        if (job?.approval && job.approval.expires_at > this.#nowMs()) {
          this.update(job.id, { status: "applying", note: "Applying the change", approval: null });
          break;
        }
        if (job) this.propose(job.id, job.change);
        talk.tell(build.error(realtimeError("invalid_value", "That approval was too old, and nothing was applied.")));
        break;
      }
      case "sotto.job.reject":
        this.update(event.job_id, { status: "rejected", approval: null, summary: "Rejected; nothing was changed." });
        break;
      case "sotto.job.cancel":
        this.update(event.job_id, { status: "cancelled", approval: null, summary: "Cancelled; nothing was changed." });
        break;
      case "sotto.job.undo":
        if (event.job_id) this.update(event.job_id, { undo: "undone" });
        break;
      default:
    }
  }

  /** @returns the new job's id */
  begin(task: string, workspace = "/home/ann/app"): string {
    const id = `job_${this.#jobs.size + 1}`;
    const nowMs = this.#nowMs();
    this.#tell({
      id,
      task,
      workspace,
      status: "queued",
      note: "",
      asked_at: nowMs,
      since: nowMs,
      expected_ms: null,
      change: null,
      approval: null,
      summary: null,
      undo: "nothing",
    });
    return id;
  }

  update(id: string, change: Partial<JobView>): void {
    const job = this.#jobs.get(id);
    if (!job) throw new Error(`There is no job "${id}"`);
    const since = change.status === undefined || change.status === job.status ? job.since : this.#nowMs();
    this.#tell({ ...job, since, ...change });
  }

  /** The change is ready, and somebody has to decide. */
  propose(id: string, change = this.#options.change ?? null): void {
    this.#approvals += 1;
    const approval: NonNullable<JobView["approval"]> = {
      id: `approval_${this.#approvals}`,
      risk: "low",
      reasons: [],
      phrase: "apply amber seven",
      expires_at: this.#nowMs() + 60_000,
      ...this.#options.approval,
    };
    this.update(id, { status: "awaiting-approval", note: "", change, approval });
  }

  #tell(job: JobView): void {
    this.#jobs.set(job.id, job);
    for (const talk of this.#talks) talk.tell(build.job(job));
  }

  #nowMs(): number {
    return Date.now() + (this.#options.clockLeadMs ?? 0);
  }
}
