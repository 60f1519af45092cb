import type { ChangeSet } from "../../pipeline/handoff/change-set.ts";
import type { CodingNews } from "../../pipeline/handoff/coding-news.ts";
import type { CodingSeat, SeatEars } from "../../pipeline/handoff/coding-seat.ts";
import { CodingDesk } from "../../pipeline/handoff/desk/coding-desk.ts";
import type { DeskPlace } from "../../pipeline/handoff/desk/desk-voice.ts";
import type { JobKeeper } from "../../pipeline/handoff/desk/job-book.ts";
import { Seats } from "../../pipeline/handoff/desk/seats.ts";
import type { Applied, Made, MakeNews, Workshop } from "../../pipeline/handoff/desk/workshop.ts";
import type { Consent, Job, JobStatus, Proposal, Risk } from "../../pipeline/handoff/job.ts";
import type { NewId } from "../../pipeline/realtime/ids.ts";
import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { settle, VirtualClock } from "./virtual-clock.ts";

export const diskFull = "The disk is full. Make room, then ask again.";

/** Keeps jobs in memory, as long as its disk is not full. */
export class MemoryKeeper implements JobKeeper {
  readonly #jobs: Map<string, Job>;
  /** What was kept: "job_1 loading". */
  readonly kept: string[] = [];
  isFull = false;
  /** How often something was to be kept while it was full. */
  refusals = 0;

  constructor(jobs: readonly Job[] = []) {
    this.#jobs = new Map(jobs.map((job) => [job.id, job]));
  }

  jobs(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  save(job: Job): void {
    if (this.isFull) {
      this.refusals += 1;
      // Whoever tries for ever is found out, instead of never ending.
      if (this.refusals === 1_000) this.isFull = false;
      throw new Error(diskFull);
    }
    this.#jobs.set(job.id, structuredClone(job));
    this.kept.push(`${job.id} ${job.state.status}`);
  }
}

export const fizzChange: ChangeSet = {
  files: [
    {
      path: "fizzbuzz.py",
      kind: "add",
      oldHash: null,
      newHash: "new",
      oldExecutable: false,
      newExecutable: false,
      addedLines: 12,
      removedLines: 0,
      patch: "@@ -0,0 +1,12 @@\n",
    },
  ],
  hash: "hash",
};
export const fizzMade: Made = { end: { type: "done", summary: "It prints fizz." }, change: fizzChange, checks: [] };

export interface WorkshopScript {
  /** A second to load, a second to read, a second to write, unless told otherwise. */
  readonly make?: (job: Job, news: MakeNews, signal: AbortSignal, clock: VirtualClock) => Promise<Made>;
  readonly apply?: (job: Job, resumed: boolean, clock: VirtualClock) => Promise<Applied>;
  readonly undo?: (job: Job, resumed: boolean, clock: VirtualClock) => Promise<Applied>;
  readonly summarise?: (job: Job, clock: VirtualClock, signal: AbortSignal) => Promise<string>;
}

/** Works as its script says, in virtual time, and notes what it was asked for. */
export class ScriptedWorkshop implements Workshop {
  readonly #script: WorkshopScript;
  readonly #clock: VirtualClock;
  readonly calls: string[] = [];
  /** How many jobs were made at one time, at most. */
  mostAtOnce = 0;
  #atOnce = 0;

  constructor(script: WorkshopScript, clock: VirtualClock) {
    this.#script = script;
    this.#clock = clock;
  }

  async make(job: Job, news: MakeNews, signal: AbortSignal): Promise<Made> {
    this.calls.push(`make ${job.task}`);
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    try {
      const make = this.#script.make ?? usualMake;
      return await make(job, news, signal, this.#clock);
    } finally {
      this.#atOnce -= 1;
    }
  }

  async apply(job: Job, _proposal: Proposal, resumed: boolean): Promise<Applied> {
    this.calls.push(`apply ${job.task}${resumed ? " again" : ""}`);
    return (await this.#script.apply?.(job, resumed, this.#clock)) ?? this.#applied();
  }

  async undo(job: Job, _proposal: Proposal, resumed: boolean): Promise<Applied> {
    this.calls.push(`undo ${job.task}${resumed ? " again" : ""}`);
    return (await this.#script.undo?.(job, resumed, this.#clock)) ?? this.#applied();
  }

  async summarise(job: Job, _proposal: Proposal, signal: AbortSignal): Promise<string> {
    this.calls.push(`summarise ${job.task}`);
    if (this.#script.summarise !== undefined) return await this.#script.summarise(job, this.#clock, signal);
    await this.#clock.sleep(500);
    return `Done: ${job.task}.`;
  }

  async #applied(): Promise<Applied> {
    await this.#clock.sleep(100);
    return { outcome: "applied", remark: null };
  }
}

export async function usualMake(_job: Job, news: MakeNews, signal: AbortSignal, clock: VirtualClock): Promise<Made> {
  await clock.sleep(1_000, signal);
  news.onReady();
  news.onNews({ type: "reading", path: "README.md" });
  await clock.sleep(1_000, signal);
  news.onNews({ type: "editing", path: "fizzbuzz.py" });
  await clock.sleep(1_000, signal);
  return fizzMade;
}

export interface DeskTrialOptions extends WorkshopScript {
  readonly keeper?: JobKeeper;
  readonly clock?: VirtualClock;
  readonly risk?: Risk;
  readonly place?: Partial<DeskPlace>;
  readonly newId?: NewId;
}

/** A talk at the desk, and all that it is told. */
export interface TrialTalk extends Disposable {
  readonly seat: CodingSeat;
  readonly news: readonly CodingNews[];
  readonly views: readonly JobView[];
  /** Its news in short: "tell job_1: It is done.", "ask job_1", … */
  readonly lines: string[];
}

/** The real desk and its seats over a scripted workshop, in virtual time. */
export class DeskTrial implements AsyncDisposable {
  readonly clock: VirtualClock;
  /** Unless it was given another one. */
  readonly memory = new MemoryKeeper();
  readonly workshop: ScriptedWorkshop;
  readonly desk: CodingDesk;
  readonly seats: Seats;
  readonly logs: string[] = [];
  readonly #keeper: JobKeeper;
  #ids = 0;

  constructor(options: DeskTrialOptions = {}) {
    this.clock = options.clock ?? new VirtualClock();
    const keeper = options.keeper ?? this.memory;
    this.#keeper = keeper;
    this.#ids = keeper.jobs().length;
    this.workshop = new ScriptedWorkshop(options, this.clock);
    const loadMs = (): number => 1_000;
    this.desk = new CodingDesk({
      keeper,
      workshop: this.workshop,
      clock: this.clock,
      newId:
        options.newId ??
        ((prefix) => {
          this.#ids += 1;
          return `${prefix}_${this.#ids}`;
        }),
      log: (line) => this.logs.push(line),
      riskOf: () => options.risk ?? { level: "low", reasons: [] },
      approvalMs: 60_000,
      loadMs,
    });
    this.seats = new Seats(this.desk, {
      folders: ["/home/ann/app"],
      why: null,
      resolve: async (wanted) => ({ ok: true, folder: wanted ?? "/home/ann/app" }),
      loadMs,
      ...options.place,
    });
  }

  add(task: string, askedBy = "nobody"): string {
    return this.desk.add({ task, workspace: "/home/ann/app", files: [], askedBy }).id;
  }

  statusOf(jobId: string): JobStatus | undefined {
    return this.desk.get(jobId)?.state.status;
  }

  approvalOf(jobId: string): string {
    const state = this.desk.get(jobId)?.state;
    if (state?.status !== "awaiting-approval") throw new Error(`It is ${state?.status}`);
    return state.approval.id;
  }

  yes(how: Consent["how"] = "click"): Consent {
    return { how, by: "page", atMs: this.desk.nowMs };
  }

  /** Has a job proposed, approved and applied, and summed up. */
  async finish(jobId: string): Promise<void> {
    await this.clock.advance(3_000);
    const why = this.desk.decide(this.approvalOf(jobId), this.yes());
    if (why !== null) throw new Error(why);
    await this.clock.advance(1_000);
  }

  async sit(talkId: string, options: { readonly isSilent?: boolean } = {}): Promise<TrialTalk> {
    const news: CodingNews[] = [];
    const views: JobView[] = [];
    const lines: string[] = [];
    const ears: SeatEars = {
      onNews: (one) => {
        news.push(one);
        if (one.type !== "running") lines.push(shortLine(one));
      },
      onJob: (view) => views.push(view),
      ...options,
    };
    const seat = this.seats.take(talkId, ears);
    await settle();
    return { seat, news, views, lines, [Symbol.dispose]: () => seat[Symbol.dispose]() };
  }

  /** What is on the disk when this service is killed now. */
  killed(): MemoryKeeper {
    return new MemoryKeeper(structuredClone(this.#keeper.jobs()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.seats[Symbol.dispose]();
    const closing = this.desk[Symbol.asyncDispose]();
    await this.clock.advance(10_000);
    await closing;
  }
}

/** How many jobs a talk was last told that could be stopped. */
export function runningJobs({ news }: TrialTalk): number | undefined {
  return news.flatMap((one) => (one.type === "running" ? [one.jobs] : [])).at(-1);
}

function shortLine(news: CodingNews): string {
  switch (news.type) {
    case "tell":
      return `tell ${news.jobId}: ${news.text}`;
    case "settled":
      return `settled: ${news.text}`;
    case "ask":
      return `ask ${news.jobId}`;
    case "refused":
      return `refused: ${news.message}`;
    default:
      return news.type;
  }
}
