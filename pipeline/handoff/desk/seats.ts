import type { CodingSeat, SeatEars, TakeSeat } from "../coding-seat.ts";
import type { Job } from "../job.ts";
import { isOver } from "../job.ts";
import { askLine, endLine, missedLine, proposalLine } from "../jobs/narrate.ts";
import type { JobEvent } from "../jobs/step-job.ts";
import { approvalArguments } from "./approval-arguments.ts";
import type { CodingDesk } from "./coding-desk.ts";
import { type DeskPlace, DeskVoice } from "./desk-voice.ts";

interface Sitting {
  readonly talkId: string;
  readonly ears: SeatEars;
}

/** Jobs that are over and still shown to a client that connects. */
const shownWhenOver = 10;

/** Who is at the desk: every talk sees all jobs; of each job one talk is told, the one that asked, or the latest there is. */
export class Seats {
  readonly #desk: CodingDesk;
  readonly #place: DeskPlace;
  readonly #sittings: Sitting[] = [];
  readonly #watching: Disposable;
  /** Jobs whose ends are told together, by the one whose news they are. */
  readonly #together = new Map<string, readonly string[]>();

  constructor(desk: CodingDesk, place: DeskPlace) {
    this.#desk = desk;
    this.#place = place;
    this.#watching = desk.watch((job, event) => this.#changed(job, event));
  }

  readonly take: TakeSeat = (talkId, ears) => {
    const sitting: Sitting = { talkId, ears };
    this.#sittings.push(sitting);
    // Whoever sits down is not yet ready to listen.
    queueMicrotask(() => this.#catchUp(sitting));
    const voice = new DeskVoice(this.#desk, this.#place, talkId);
    const refuse = (message: string | null, eventId: string | undefined): void => {
      if (message !== null) ears.onNews({ type: "refused", message, eventId });
    };
    const seat: CodingSeat = {
      coding: voice,
      place: { workspaces: this.#place.folders, why: this.#place.why },
      request: (request) => {
        const eventId = request.event_id;
        voice.request(request).then(
          (why) => refuse(why, eventId),
          (error: unknown) => refuse(error instanceof Error ? error.message : String(error), eventId),
        );
      },
      decide: ({ approvalId, approve, how, eventId }) =>
        refuse(voice.decide(approvalId, approve ? how : null), eventId),
      stop: () => {
        voice.cancel().catch(() => undefined);
      },
      told: (jobId) => {
        for (const id of this.#together.get(jobId) ?? [jobId]) this.#desk.told(id);
      },
      [Symbol.dispose]: () => this.#leave(sitting),
    };
    return seat;
  };

  [Symbol.dispose](): void {
    this.#watching[Symbol.dispose]();
  }

  #changed(job: Job, event: JobEvent | null): void {
    const view = this.#desk.view(job);
    for (const { ears } of this.#sittings) ears.onJob(view);
    if (event === null) return;
    const jobs = this.#running();
    for (const { ears } of this.#sittings) ears.onNews({ type: "running", jobs });
    const sitting = this.#sittingOf(job);
    if (sitting !== undefined) this.#tell(sitting, job, event);
  }

  #tell({ ears }: Sitting, job: Job, event: JobEvent): void {
    const { state } = job;
    switch (event.type) {
      case "proposed":
      case "renewed":
        for (const other of this.#sittings) this.#withdraw(other, job);
        return this.#ask(ears, job, event.type === "proposed");
      case "approved":
        if (state.status === "applying") ears.onNews({ type: "approved", approvalId: event.approvalId });
        this.#settling.set(job.id, event.approvalId);
        return;
      case "summarised":
        return this.#settle(ears, job, event.summary, true);
      case "conflict":
      case "failed":
        return this.#settle(ears, job, endLine(job) ?? event.why, false);
      case "nothing-to-change":
        return ears.onNews({ type: "tell", jobId: job.id, text: event.summary });
      case "rejected":
      case "cancelled":
        for (const other of this.#sittings) this.#withdraw(other, job);
        // Whoever did it was there.
        return this.#desk.told(job.id);
      default:
        return;
    }
  }

  /** Approvals that were used, by job. */
  readonly #settling = new Map<string, string>();
  /** Approvals that a talk was asked for, by talk and job. */
  readonly #asked = new Map<Sitting["ears"], Map<string, string>>();

  #settle(ears: SeatEars, job: Job, text: string, applied: boolean): void {
    const approvalId = this.#settling.get(job.id);
    this.#settling.delete(job.id);
    const wasAsked = approvalId !== undefined && this.#asked.get(ears)?.get(job.id) === approvalId;
    if (wasAsked) ears.onNews({ type: "settled", approvalId, text, applied });
    else ears.onNews({ type: "tell", jobId: job.id, text });
  }

  #ask(ears: SeatEars, job: Job, whole: boolean): void {
    const { state } = job;
    if (state.status !== "awaiting-approval") return;
    const { approval, proposal, risk } = state;
    const asked = this.#asked.get(ears) ?? new Map<string, string>();
    asked.set(job.id, approval.id);
    this.#asked.set(ears, asked);
    ears.onNews({
      type: "ask",
      jobId: job.id,
      text: whole ? proposalLine(state) : askLine(risk, approval),
      approval: { id: approval.id, phrase: approval.phrase },
      argumentsJson: approvalArguments(job.task, proposal, risk),
    });
  }

  #withdraw({ ears }: Sitting, job: Job): void {
    const approvalId = this.#asked.get(ears)?.get(job.id);
    if (approvalId === undefined) return;
    this.#asked.get(ears)?.delete(job.id);
    ears.onNews({ type: "withdrawn", approvalId });
  }

  /** What somebody who has just sat down should know: jobs that still matter, and news that nobody was there to hear. */
  #catchUp(sitting: Sitting): void {
    if (!this.#sittings.includes(sitting)) return;
    const { ears } = sitting;
    const { jobs } = this.#desk;
    const over = jobs.filter(isOver);
    const shown = new Set(over.slice(-shownWhenOver));
    for (const job of jobs) if (!isOver(job) || shown.has(job)) ears.onJob(this.#desk.view(job));
    ears.onNews({ type: "running", jobs: this.#running() });
    for (const job of jobs) if (this.#sittingOf(job) === sitting) this.#ask(ears, job, true);
    const missed = over.filter(({ told }) => !told);
    const last = missed.at(-1);
    if (last === undefined || this.#sittings[0] !== sitting) return;
    this.#together.set(
      last.id,
      missed.map(({ id }) => id),
    );
    ears.onNews({ type: "tell", jobId: last.id, text: missedLine(missed) });
  }

  #leave(sitting: Sitting): void {
    const index = this.#sittings.indexOf(sitting);
    if (index === -1) return;
    this.#sittings.splice(index, 1);
    this.#asked.delete(sitting.ears);
    // What it was asked, somebody else is now.
    const next = this.#sittings.at(-1);
    if (next === undefined) return;
    for (const job of this.#desk.jobs)
      if (job.askedBy === sitting.talkId && this.#asked.get(next.ears)?.has(job.id) !== true)
        this.#ask(next.ears, job, true);
  }

  #sittingOf({ askedBy }: Job): Sitting | undefined {
    return this.#sittings.find(({ talkId }) => talkId === askedBy) ?? this.#sittings.at(-1);
  }

  #running(): number {
    return this.#desk.jobs.filter(
      ({ state: { status } }) =>
        status === "queued" || status === "loading" || status === "reading" || status === "proposing",
    ).length;
  }
}
