import type { JobRequest, JobView } from "../../pipeline/realtime/job-events.ts";
import { isOver } from "../job-list.ts";
import { answerText, statusText } from "../job-text.ts";
import type { TalkState } from "../talk-state.ts";
import { visibleLine } from "../visible-text.ts";
import { choiceKeys, choose, type JobChoice } from "./job-choice.ts";
import { interruptJob } from "./job-interrupt.ts";
import type { JobLine } from "./job-line.ts";
import { shortId } from "./job-name.ts";
import type { JobProgress } from "./job-progress.ts";
import { showText } from "./pager.ts";
import { changeNotes, diffText } from "./shown-change.ts";
import { type Colours, jsonLine } from "./shown-text.ts";
import { TalkFailure, type TalkIo } from "./talk-options.ts";

export interface CodeTask {
  readonly task: string;
  /** Absolute path or name of an allowed folder; null for the one that there is, or where the command runs. */
  readonly folder: string | null;
  /** Where the command runs. */
  readonly here: string;
  /** Apply what is low-risk without asking. */
  readonly yes: boolean;
  readonly json: boolean;
}

const interrupted = 130;

interface CodeParts {
  readonly line: JobLine;
  readonly progress: JobProgress;
  readonly colours: Colours;
}

/** One task from asking to its end, as `sotto code` goes through it. */
export class CodeCommand {
  readonly #request: CodeTask;
  readonly #io: TalkIo & Required<Pick<TalkIo, "clock">>;
  readonly #parts: CodeParts;
  /** Jobs that were there before it asked; null until then. */
  #before: ReadonlySet<string> | null = null;
  #jobId: string | null = null;
  #seen: JobView | undefined;
  /** The change that was printed last. */
  #shown: JobView["change"] = null;
  /** A pager has the terminal. */
  #reading = false;

  constructor(request: CodeTask, io: TalkIo & Required<Pick<TalkIo, "clock">>, parts: CodeParts) {
    this.#request = request;
    this.#io = io;
    this.#parts = parts;
  }

  /** Shows what changed of the job. */
  watch(state: TalkState): void {
    const job = this.#jobIn(state);
    if (job === undefined || job === this.#seen) return;
    this.#seen = job;
    if (this.#request.json) this.#io.stdout.write(jsonLine({ type: "job", job }));
    else if (!this.#reading) this.#parts.progress.show(job);
  }

  /** @returns the exit code */
  async run(signal: AbortSignal): Promise<number> {
    try {
      await this.#start(signal);
      for (let refusals = 0; ; ) {
        const job = await this.#parts.line.until((state) => {
          const found = this.#jobIn(state);
          return found !== undefined && (isOver(found) || found.approval !== null) ? found : undefined;
        }, signal);
        if (isOver(job)) return this.#end(job);
        const answered = await this.#decide(job, signal);
        if (typeof answered === "number") return answered;
        if (answered === null) continue;
        refusals += 1;
        if (this.#request.yes && refusals > 1) throw new TalkFailure(answered);
        this.#io.stderr.write(`${visibleLine(answered)}\n`);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      this.#parts.progress.clear();
      if (this.#before === null) return interrupted;
      this.#io.stderr.write(await interruptJob(this.#parts.line, (state) => this.#jobIn(state), this.#io.clock));
      return interrupted;
    }
  }

  async #start(signal: AbortSignal): Promise<void> {
    const { line } = this.#parts;
    await line.ready(signal);
    const { coding, jobs } = line.state;
    if (coding === null) throw new TalkFailure("This service takes no coding tasks. Update it, then try again.");
    this.#before = new Set(jobs.map(({ id }) => id));
    const here = coding.workspaces.includes(this.#request.here) ? this.#request.here : null;
    const workspace = this.#request.folder ?? here;
    const started = await line.ask(
      { type: "sotto.job.start", task: this.#request.task.trim(), workspace },
      (state) => this.#jobIn(state),
      signal,
    );
    if (!started.ok) throw new TalkFailure(started.why);
  }

  /** @returns an exit code, null to go on, or a sentence why the answer did not count */
  async #decide(job: JobView, signal: AbortSignal): Promise<number | string | null> {
    const { approval, change } = job;
    if (approval === null || change === null) return null;
    const { yes, json } = this.#request;
    if (JSON.stringify(change) !== JSON.stringify(this.#shown)) await this.#show(job, signal);
    const name = shortId(job.id);
    if (yes) {
      const reasons = reasonsToAsk(approval, change);
      if (reasons.length === 0) return await this.#approve(approval.id, "flag", signal);
      const rule = "--yes applies only what is low-risk and fails no check.";
      throw new TalkFailure(`${rule} ${reasons.join(" ")} To apply it: sotto jobs approve ${name}`);
    }
    const { stdin, stdout } = this.#io;
    if (json || !stdin?.isTTY || !stdout.isTTY) {
      if (!json) stdout.write(`To apply it: sotto jobs approve ${name}\nTo reject it: sotto jobs reject ${name}\n`);
      return 0;
    }
    const choice = await this.#choice(job, approval.id, signal);
    switch (choice) {
      case null:
        return null;
      case "apply":
        return await this.#approve(approval.id, "key", signal);
      case "diff":
        await this.#show(job, signal);
        return null;
      case "leave":
        stdout.write(`It waits. To apply it: sotto jobs approve ${name}\n`);
        return 0;
      case "reject": {
        const asked = { type: "sotto.job.reject", job_id: job.id } as const;
        return await this.#answer(asked, approval.id, signal);
      }
    }
  }

  /** The key that was pressed; null when somebody else has answered meanwhile. */
  async #choice(job: JobView, approvalId: string, signal: AbortSignal): Promise<JobChoice | null> {
    const { clock, stdin, stdout } = this.#io;
    if (stdin === null) return null;
    stdout.write(`${this.#parts.colours.bold(choiceKeys)}\n`);
    const over = new AbortController();
    const stop = (): void => over.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      const elsewhere = this.#parts.line.until((state) => this.#answered(state, approvalId), over.signal);
      const pressed = choose(stdin, clock, over.signal);
      pressed.catch(() => undefined);
      elsewhere.catch(() => undefined);
      const first = await Promise.race([pressed, elsewhere]);
      if (typeof first === "string") return first;
      const why = answerText(job, first, { here: false, nowMs: first.since });
      if (why !== null) stdout.write(`${why}\n`);
      return null;
    } finally {
      signal.removeEventListener("abort", stop);
      over.abort();
    }
  }

  async #approve(id: string, how: "key" | "flag", signal: AbortSignal): Promise<string | null> {
    return await this.#answer({ type: "sotto.job.approve", approval_id: id, how }, id, signal);
  }

  async #answer(request: JobRequest, approvalId: string, signal: AbortSignal): Promise<string | null> {
    const asked = await this.#parts.line.ask(request, (state) => this.#answered(state, approvalId), signal);
    return asked.ok ? null : asked.why;
  }

  #answered(state: TalkState, approvalId: string): JobView | undefined {
    const job = this.#jobIn(state);
    return job !== undefined && job.approval?.id !== approvalId ? job : undefined;
  }

  async #show(job: JobView, signal: AbortSignal): Promise<void> {
    this.#shown = job.change;
    if (this.#request.json || job.change === null) return;
    const { colours, progress } = this.#parts;
    progress.clear();
    this.#reading = true;
    await showText(`${diffText(job.change, colours)}\n`, this.#io.stdout, this.#io.env);
    this.#reading = false;
    signal.throwIfAborted();
    this.#io.stdout.write(changeNotes(job, colours));
  }

  #end(job: JobView): number {
    const { stdout } = this.#io;
    const { json } = this.#request;
    const summary = job.summary === null ? statusText(job) : visibleLine(job.summary);
    if (job.status === "failed") throw new TalkFailure(summary);
    if (!json) {
      stdout.write(job.status === "done" ? `${this.#parts.colours.green("✓")} ${summary}\n` : `${summary}\n`);
      if (job.undo === "possible") stdout.write(`To take it back: sotto undo ${shortId(job.id)}\n`);
    }
    return job.status === "done" ? 0 : 1;
  }

  /** The job that was asked for: the first new one with its words. */
  #jobIn({ jobs }: TalkState): JobView | undefined {
    if (this.#jobId !== null) return jobs.find(({ id }) => id === this.#jobId);
    const before = this.#before;
    if (before === null) return undefined;
    const task = this.#request.task.trim();
    const job = jobs.findLast((one) => !before.has(one.id) && one.task === task);
    this.#jobId = job?.id ?? null;
    return job;
  }
}

/** Why nobody but a person may apply it; empty where a script may. */
function reasonsToAsk(
  { risk, reasons }: NonNullable<JobView["approval"]>,
  { checks }: NonNullable<JobView["change"]>,
): readonly string[] {
  const failed = checks.filter(({ outcome }) => outcome === "failed").map(({ name }) => `The check ${name} failed.`);
  return [...(risk === "low" ? [] : ["Its risk is high.", ...reasons]), ...failed].map(visibleLine);
}
