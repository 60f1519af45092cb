import type { Coding } from "../../../models/roles.ts";
import type { JobRequest } from "../../realtime/job-events.ts";
import type { Consent, Job } from "../job.ts";
import { isOver } from "../job.ts";
import { askLine, doingLine, endLine, howLongLine, startLine, undoneLine } from "../jobs/narrate.ts";
import type { ResolvedWorkspace } from "../workspace/allowed-folders.ts";
import type { CodingDesk } from "./coding-desk.ts";
import { namedFiles } from "./named-files.ts";
import { folderName, mentionedFolders } from "./spoken-folder.ts";
import { maySayUndo } from "./undo-words.ts";

/** Where coding may be done. */
export interface DeskPlace {
  /** As the user has configured them. */
  readonly folders: readonly string[];
  /** What is in the way of handing anything off, in a sentence; null when nothing is. */
  readonly why: string | null;
  readonly resolve: (wanted: string | null) => Promise<ResolvedWorkspace>;
  /** What the coder still takes to come up; null when nobody knows. */
  readonly loadMs: () => number | null;
}

/** A question that was asked back is forgotten after so many other things were said. */
const answeredWithin = 2;
/** What was said last, and the yes to a question about it. */
const keptWords = 2;
const whatTask = "What should the coder do?";
const nothingToUndo = "There is no change to undo.";
const tooSoon = "That change is only just being applied. Ask again in a moment.";

/** The desk as one talk may use it, by voice and by requests. */
export class DeskVoice implements Coding {
  readonly #desk: CodingDesk;
  readonly #place: DeskPlace;
  readonly #talkId: string;
  /** A task whose folder was asked for. */
  #unplaced: { readonly task: string; readonly answersLeft: number } | null = null;
  #lastWords: readonly string[] = [];

  constructor(desk: CodingDesk, place: DeskPlace, talkId: string) {
    this.#desk = desk;
    this.#place = place;
    this.#talkId = talkId;
  }

  async handOff(task: string): Promise<string> {
    this.#unplaced = null;
    this.#lastWords = [];
    const { why, folders } = this.#place;
    if (why !== null) return why;
    if (task.trim() === "") return whatTask;
    const named = mentionedFolders(task, folders);
    const [only] = named;
    if (folders.length > 1 && (named.length !== 1 || only === undefined)) {
      this.#unplaced = { task, answersLeft: answeredWithin };
      return `In which folder: ${folders.map((folder) => folderName(folder, folders)).join(", or ")}?`;
    }
    const begun = await this.#begin(task, only ?? null);
    return typeof begun === "string" ? begun : this.#startLine(begun);
  }

  async answer(text: string): Promise<string | null> {
    this.#lastWords = [...this.#lastWords, text].slice(-keptWords);
    const unplaced = this.#unplaced;
    if (unplaced === null) return null;
    const [only, ...others] = mentionedFolders(text, this.#place.folders);
    if (only === undefined || others.length > 0) {
      const answersLeft = unplaced.answersLeft - 1;
      this.#unplaced = answersLeft > 0 ? { ...unplaced, answersLeft } : null;
      return null;
    }
    this.#unplaced = null;
    const begun = await this.#begin(unplaced.task, only);
    return typeof begun === "string" ? begun : this.#startLine(begun);
  }

  apply(): string {
    const state = this.#awaiting()?.state;
    return state?.status === "awaiting-approval" ? askLine(state.risk, state.approval) : "There is no change to apply.";
  }

  async reject(): Promise<string> {
    const job = this.#awaiting();
    if (job === undefined) return "There is no change to reject.";
    return this.#desk.reject(job.id) ?? this.#endOf(job.id);
  }

  /** A model's call is not enough to change files: somebody must have spoken of it. */
  async undo(): Promise<string> {
    const job = this.#lastApplied();
    if (job?.state.status === "applying" || job?.state.status === "summarising") return tooSoon;
    if (job?.state.status !== "done" || job.state.proposal === null) return nothingToUndo;
    if (!this.#lastWords.some(maySayUndo)) return "To be safe, please say: undo that.";
    this.#lastWords = [];
    return (await this.#desk.undo(job.id)) ?? undoneLine(job.state.proposal);
  }

  async cancel(): Promise<string> {
    const job = this.#atWork() ?? this.#desk.jobs.find(({ state }) => state.status === "queued") ?? this.#awaiting();
    const wasAsked = this.#unplaced !== null;
    this.#unplaced = null;
    if (job === undefined) return wasAsked ? "All right, I leave it." : "The coder is doing nothing.";
    return this.#desk.cancel(job.id) ?? this.#endOf(job.id);
  }

  progress(): string {
    const { jobs } = this.#desk;
    const finishing = jobs.find(({ state: { status } }) => status === "applying" || status === "summarising");
    const job = this.#atWork() ?? finishing ?? this.#awaiting() ?? null;
    const waiting = jobs.filter(({ state }) => state.status === "queued").length;
    const doing = doingLine(job, job === null ? null : this.#desk.newsOf(job.id), waiting);
    const leftMs = job?.state.status === "loading" ? this.#place.loadMs() : null;
    return leftMs === null ? doing : `${doing} ${howLongLine(job, leftMs)}`;
  }

  /** What a client asks for. @returns null, or a sentence that says why not. */
  async request(request: JobRequest): Promise<string | null> {
    switch (request.type) {
      case "sotto.job.start": {
        if (this.#place.why !== null) return this.#place.why;
        if (request.task.trim() === "") return whatTask;
        const begun = await this.#begin(request.task, request.workspace ?? null);
        return typeof begun === "string" ? begun : null;
      }
      case "sotto.job.approve":
        return this.decide(request.approval_id, request.how);
      case "sotto.job.reject":
        return this.#desk.reject(request.job_id);
      case "sotto.job.cancel":
        return this.#desk.cancel(request.job_id);
      case "sotto.job.undo": {
        const jobId = request.job_id ?? this.#lastApplied()?.id;
        return jobId === undefined ? nothingToUndo : await this.#desk.undo(jobId);
      }
    }
  }

  /** @param how null is a no */
  decide(approvalId: string, how: Consent["how"] | null): string | null {
    return this.#desk.decide(approvalId, how === null ? null : { how, by: this.#talkId, atMs: this.#desk.nowMs });
  }

  async #begin(task: string, wanted: string | null): Promise<Job | string> {
    const place = await this.#place.resolve(wanted);
    if (!place.ok) return place.why;
    const workspace = place.folder;
    const files = await namedFiles(task, workspace);
    try {
      return this.#desk.add({ task: task.trim(), workspace, files, askedBy: this.#talkId });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #startLine({ id }: Job): string {
    const { jobs } = this.#desk;
    const ahead = jobs.filter((job) => job.id !== id && !isOver(job) && isAtCoder(job)).length;
    return startLine({ ahead, loadMs: this.#place.loadMs() });
  }

  #endOf(jobId: string): string {
    const job = this.#desk.get(jobId);
    return (job === undefined ? null : endLine(job)) ?? "Done.";
  }

  #atWork(): Job | undefined {
    return this.#desk.jobs.find((job) => job.state.status !== "queued" && isAtCoder(job));
  }

  #awaiting(): Job | undefined {
    return this.#desk.jobs.findLast(({ state }) => state.status === "awaiting-approval");
  }

  /** What "undo that" means: never a change before the one that is just being applied. */
  #lastApplied(): Job | undefined {
    return this.#desk.jobs.findLast(({ state }) =>
      state.status === "done"
        ? state.undo === "possible" || state.undo === "undoing"
        : state.status === "applying" || state.status === "summarising",
    );
  }
}

function isAtCoder({ state: { status } }: Job): boolean {
  return status === "queued" || status === "loading" || status === "reading" || status === "proposing";
}
