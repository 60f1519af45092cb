import type { SeatEars } from "../coding-seat.ts";
import type { Job } from "../job.ts";
import { askLine, proposalLine } from "../jobs/narrate.ts";
import { approvalArguments } from "./approval-arguments.ts";

/** One talk at the desk: what it was asked, and what it is about to be told. */
export class Sitting {
  readonly talkId: string;
  readonly ears: SeatEars;
  /** Approvals that it was asked for, by job. */
  readonly #asked = new Map<string, string>();
  /** Approvals of which it knows that they were given, by job, until it hears what became of them. */
  readonly #settling = new Map<string, string>();
  /** Ends that it is told and has not heard yet: jobs by the one in whose name they are told together. */
  readonly #telling = new Map<string, readonly string[]>();

  constructor(talkId: string, ears: SeatEars) {
    this.talkId = talkId;
    this.ears = ears;
  }

  /** Asks for a yes, unless it has asked for that one already. */
  ask(job: Job): void {
    if (job.state.status === "awaiting-approval") this.#askWith(job, proposalLine(job.state));
  }

  /** A yes came too late. */
  askAgain(job: Job): void {
    if (job.state.status !== "awaiting-approval") return;
    const { risk, approval } = job.state;
    this.#askWith(job, `That came too late, and nothing was applied. ${askLine(risk, approval)}`);
  }

  /** A yes did not count, and the same approval is still asked for. */
  explain(approvalId: string, why: string): void {
    const asked = [...this.#asked].find(([, id]) => id === approvalId);
    if (asked !== undefined) this.ears.onNews({ type: "tell", jobId: asked[0], text: why });
  }

  /** Nobody has to decide on that job any more. */
  withdraw(jobId: string): void {
    const approvalId = this.#asked.get(jobId);
    if (approvalId === undefined) return;
    this.#asked.delete(jobId);
    this.ears.onNews({ type: "withdrawn", approvalId });
  }

  /** Somebody said yes; of interest to whom it was asked. */
  approved(jobId: string, approvalId: string): void {
    if (this.#asked.get(jobId) !== approvalId) return;
    this.#asked.delete(jobId);
    this.#settling.set(jobId, approvalId);
    this.ears.onNews({ type: "approved", approvalId });
  }

  awaitsEndOf(jobId: string): boolean {
    return this.#settling.has(jobId);
  }

  settle(jobId: string, text: string, applied: boolean): void {
    const approvalId = this.#settling.get(jobId);
    if (approvalId === undefined) return this.tell(jobId, text);
    this.#settling.delete(jobId);
    this.#telling.set(jobId, [jobId]);
    this.ears.onNews({ type: "settled", approvalId, text, applied });
  }

  /** How a job ended. */
  tell(jobId: string, text: string): void {
    this.#telling.set(jobId, [jobId]);
    this.ears.onNews({ type: "tell", jobId, text });
  }

  /** How several ended, in one telling. */
  tellAll(jobs: readonly Job[], text: string): void {
    const last = jobs.at(-1);
    if (last === undefined) return;
    this.#telling.set(
      last.id,
      jobs.map(({ id }) => id),
    );
    this.ears.onNews({ type: "tell", jobId: last.id, text });
  }

  isToldOf(jobId: string): boolean {
    return [...this.#telling.values()].some((ids) => ids.includes(jobId));
  }

  /** A telling was heard. @returns the jobs whose ends it told */
  heard(jobId: string): readonly string[] {
    const ids = this.#telling.get(jobId) ?? [];
    this.#telling.delete(jobId);
    return ids;
  }

  #askWith(job: Job, text: string): void {
    if (job.state.status !== "awaiting-approval") return;
    const { approval, proposal, risk } = job.state;
    if (this.#asked.get(job.id) === approval.id) return;
    this.#asked.set(job.id, approval.id);
    this.ears.onNews({
      type: "ask",
      jobId: job.id,
      text,
      approval: { id: approval.id, phrase: approval.phrase },
      argumentsJson: approvalArguments(job.task, proposal, risk),
    });
  }
}
