import type { CodingSeat, TakeSeat } from "../coding-seat.ts";
import type { Job } from "../job.ts";
import { isOver } from "../job.ts";
import { endLine, missedLine } from "../jobs/narrate.ts";
import type { JobEvent } from "../jobs/step-job.ts";
import type { CodingDesk } from "./coding-desk.ts";
import { type DeskPlace, DeskVoice } from "./desk-voice.ts";
import { Sitting } from "./sitting.ts";

/** Jobs that are over and still shown to a client that connects. */
const shownWhenOver = 10;

/**
 * Who is at the desk: everybody sees all jobs; of each job one talk is told, the one that asked, or the latest there is. Nobody is told
 * of what is looked at by a silent one that asked.
 */
export class Seats {
  readonly #desk: CodingDesk;
  readonly #place: DeskPlace;
  readonly #sittings: Sitting[] = [];
  readonly #watching: Disposable;

  constructor(desk: CodingDesk, place: DeskPlace) {
    this.#desk = desk;
    this.#place = place;
    this.#watching = desk.watch((job, event) => this.#changed(job, event));
  }

  readonly take: TakeSeat = (talkId, ears) => {
    const sitting = new Sitting(talkId, ears);
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
      decide: ({ approvalId, approve, how, eventId }) => {
        const why = voice.decide(approvalId, approve ? how : null);
        refuse(why, eventId);
        // Whoever said yes looks at no screen.
        if (why !== null && how === "voice") sitting.explain(approvalId, why);
      },
      stop: () => {
        voice.cancel().catch(() => undefined);
      },
      told: (jobId) => {
        for (const id of sitting.heard(jobId)) this.#desk.told(id);
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
    for (const { ears } of [...this.#sittings]) ears.onJob(view);
    if (event === null) return;
    const jobs = this.#running();
    for (const { ears } of [...this.#sittings]) ears.onNews({ type: "running", jobs });
    this.#tell(job, event);
  }

  #tell(job: Job, event: JobEvent): void {
    const sitting = this.#sittingOf(job);
    switch (event.type) {
      case "proposed":
        return this.#ask(job);
      case "renewed":
        for (const other of [...this.#sittings]) other.withdraw(job.id);
        return sitting?.askAgain(job);
      case "approved":
        for (const one of [...this.#sittings]) one.approved(job.id, event.approvalId);
        return;
      case "summarised":
        return this.#settle(job, event.summary, true);
      case "conflict":
      case "failed":
        return this.#settle(job, endLine(job) ?? event.why, false);
      case "nothing-to-change":
        sitting?.tell(job.id, event.summary);
        return this.#seen(job);
      case "rejected":
      case "cancelled":
        for (const other of [...this.#sittings]) other.withdraw(job.id);
        // Whoever did it was there.
        if (this.#sittings.length > 0) this.#desk.told(job.id);
        return;
      default:
        return;
    }
  }

  /** Whoever was told that it is applied hears what became of it. */
  #settle(job: Job, text: string, applied: boolean): void {
    const sitting = this.#sittings.find((one) => one.awaitsEndOf(job.id)) ?? this.#sittingOf(job);
    sitting?.settle(job.id, text, applied);
    this.#seen(job);
  }

  /** Whoever only looks has seen how it ended. */
  #seen(job: Job): void {
    if (this.#askerOf(job)?.ears.isSilent) this.#desk.told(job.id);
  }

  /** One talk is asked for a yes, and no other one at the same time. */
  #ask(job: Job): void {
    const sitting = this.#sittingOf(job);
    for (const other of [...this.#sittings]) if (other !== sitting) other.withdraw(job.id);
    sitting?.ask(job);
  }

  /** What somebody who has just sat down should know: jobs that still matter, and news that nobody was there to hear. */
  #catchUp(sitting: Sitting): void {
    if (!this.#sittings.includes(sitting)) return;
    const { ears } = sitting;
    const { jobs } = this.#desk;
    const shown = new Set(jobs.filter(isOver).slice(-shownWhenOver));
    for (const job of jobs) if (!isOver(job) || shown.has(job)) ears.onJob(this.#desk.view(job));
    ears.onNews({ type: "running", jobs: this.#running() });
    if (!ears.isSilent) this.#handOver(sitting);
  }

  #leave(sitting: Sitting): void {
    const index = this.#sittings.indexOf(sitting);
    if (index === -1) return;
    this.#sittings.splice(index, 1);
    const next = this.#talking().at(-1);
    if (next !== undefined) this.#handOver(next);
  }

  /** What is asked is asked of whom it is for now; what nobody has heard yet is told. */
  #handOver(sitting: Sitting): void {
    for (const job of this.#desk.jobs) this.#ask(job);
    const missed = this.#desk.jobs.filter(
      (job) => isOver(job) && !job.told && !this.#sittings.some((one) => one.isToldOf(job.id)),
    );
    if (missed.length > 0) sitting.tellAll(missed, missedLine(missed));
  }

  /** Who is told of a job. */
  #sittingOf(job: Job): Sitting | undefined {
    const asker = this.#askerOf(job);
    if (asker === undefined) return this.#talking().at(-1);
    return asker.ears.isSilent ? undefined : asker;
  }

  #askerOf({ askedBy }: Job): Sitting | undefined {
    return this.#sittings.find(({ talkId }) => talkId === askedBy);
  }

  #talking(): readonly Sitting[] {
    return this.#sittings.filter(({ ears }) => !ears.isSilent);
  }

  #running(): number {
    return this.#desk.jobs.filter(
      ({ state: { status } }) =>
        status === "queued" || status === "loading" || status === "reading" || status === "proposing",
    ).length;
  }
}
