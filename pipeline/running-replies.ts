import type { Clock } from "../models/clock.ts";
import type { Coding, Models, Toolbox } from "../models/roles.ts";
import type { ConversationEvent } from "./conversation/state.ts";
import { Errand, type ErrandNews } from "./errand.ts";
import { childOf, type Scope } from "./flow/scope.ts";
import { reply } from "./reply.ts";
import type { ErrandJob, ReplyJob, ReplyMark } from "./reply-events.ts";
import type { RouteRules } from "./stages/route.ts";
import type { TraceBook } from "./trace.ts";

export interface RunningRepliesOptions {
  readonly models: Models;
  readonly toolbox: Toolbox;
  readonly coding: Coding;
  readonly clock: Clock;
  readonly routing: RouteRules;
  readonly speakable: (text: string) => string;
  readonly log: (line: string) => void;
  readonly traces: TraceBook;
  /** Everything below ends with it. */
  readonly life: AbortSignal;
  readonly dispatch: (event: ConversationEvent) => void;
  /** Whether a heavy model answers has changed. */
  readonly onHeavy: () => void;
}

/** How far sending may run ahead of playing. */
const leadMs = 400;

/** The answers of one talk while they are being made, and the errands beside them. */
export class RunningReplies {
  readonly #options: RunningRepliesOptions;
  readonly #replies = new Map<string, Scope>();
  readonly #errands = new Map<string, Errand>();
  /** Answers that a heavy model is making. */
  readonly #heavy = new Set<string>();

  constructor(options: RunningRepliesOptions) {
    this.#options = options;
  }

  /** A heavy model makes one of them. */
  get isHeavy(): boolean {
    return this.#heavy.size > 0;
  }

  /** The reply runs beside the conversation, which never waits for it; its end is always reported. */
  start(replyId: string, utterance: number | null, job: ReplyJob): void {
    const { life, log, traces, dispatch } = this.#options;
    const scope = childOf(life);
    this.#replies.set(replyId, scope);
    this.#run(replyId, job, traces.replyStart(replyId, utterance), scope.signal)
      .then(
        () => null,
        (error: unknown) => {
          if (!scope.signal.aborted) log(`reply ${replyId}: ${String(error)}`);
          return error instanceof Error ? error.message : String(error);
        },
      )
      .then((error) => {
        this.#replies.delete(replyId);
        this.#heavy.delete(replyId);
        traces.replyEnd(replyId);
        scope[Symbol.dispose]();
        dispatch({ type: "reply-end", replyId, error });
      })
      .catch((error: unknown) => log(`reply ${replyId}: ${String(error)}`));
  }

  cancel(replyId: string): void {
    this.#replies.get(replyId)?.abort();
  }

  isCut(replyId: string): boolean {
    return this.#replies.get(replyId)?.signal.aborted === true;
  }

  startErrand(errandId: string, job: ErrandJob): void {
    const { dispatch, life } = this.#options;
    const tell = (news: ErrandNews): void => dispatch({ type: "errand", errandId, news });
    this.#errands.set(errandId, new Errand(job, this.#options, tell, life));
  }

  endErrand(errandId: string): void {
    this.#errands.get(errandId)?.[Symbol.dispose]();
    this.#errands.delete(errandId);
  }

  async #run(
    replyId: string,
    job: ReplyJob,
    mark: ReturnType<TraceBook["replyStart"]>,
    signal: AbortSignal,
  ): Promise<void> {
    const { dispatch, onHeavy } = this.#options;
    const options = {
      ...this.#options,
      leadMs,
      mark: (moment: ReplyMark) => {
        mark(moment);
        if (moment !== "director") return;
        this.#heavy.add(replyId);
        onHeavy();
      },
      sendErrand: (errand: ErrandJob) => {
        if (!signal.aborted) dispatch({ type: "replied", replyId, event: { type: "errand", job: errand } });
      },
      errand: (errandId: string) => this.#errands.get(errandId)?.parts ?? nothing(),
    };
    try {
      for await (const event of reply(job, options, signal)) {
        if (signal.aborted) return;
        dispatch({ type: "replied", replyId, event });
      }
    } finally {
      if (job.content.type === "errand") this.endErrand(job.content.errandId);
    }
  }
}

async function* nothing(): AsyncGenerator<never, void, void> {}
