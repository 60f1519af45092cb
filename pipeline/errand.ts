import type { Clock } from "../models/clock.ts";
import type { Models, ReplyPart, Toolbox } from "../models/roles.ts";
import { Channel } from "./flow/channel.ts";
import { childOf, type Scope } from "./flow/scope.ts";
import type { ErrandJob } from "./reply-events.ts";
import { restIsLost, think } from "./stages/think.ts";

export interface ErrandOptions {
  readonly models: Models;
  readonly toolbox: Toolbox;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** What becomes of an errand: its answer can be told from now on, or there will be none. */
export type ErrandNews = { readonly type: "ready" } | { readonly type: "failed"; readonly why: string };

const sentenceEnd = /[.!?:;]\s|[.!?]$|\n/;

/**
 * A question that a heavy model answers while the talk goes on. It waits for the model as long as that takes, and collects the
 * answer as it comes; whoever tells it reads along.
 */
export class Errand implements Disposable {
  readonly #scope: Scope;
  readonly #parts = new Channel<ReplyPart>();

  constructor(job: ErrandJob, options: ErrandOptions, onNews: (news: ErrandNews) => void, signal: AbortSignal) {
    this.#scope = childOf(signal);
    this.#run(job, options, onNews, this.#scope.signal)
      .catch((error: unknown) => options.log(`errand: ${String(error)}`))
      // Whoever tells it reads what came already; the talk goes on for hours, and keeps nothing of it.
      .finally(() => this.#scope[Symbol.dispose]());
  }

  /** The answer, as it comes. One reader only. */
  get parts(): AsyncIterable<ReplyPart> {
    return this.#parts;
  }

  async #run(
    job: ErrandJob,
    options: ErrandOptions,
    onNews: (news: ErrandNews) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let written = "";
    let told = false;
    const tell = (news: ErrandNews): void => {
      if (told || signal.aborted) return;
      told = true;
      onNews(news);
    };
    try {
      const question = { ...job, tools: [], toolChoice: "auto" as const };
      for await (const part of think(question, { ...options, mark: () => undefined }, signal)) {
        this.#parts.push(part);
        if (part.type === "text") written += part.text;
        // A whole sentence in hand: the rest comes faster than it can be said.
        if (sentenceEnd.test(written)) tell({ type: "ready" });
      }
      tell(written.trim() === "" ? { type: "failed", why: "it had nothing to say" } : { type: "ready" });
      this.#parts.close();
    } catch (error) {
      if (signal.aborted) return this.#parts.close();
      const why = error instanceof Error ? error.message : String(error);
      options.log(`errand for the ${job.role}: ${why}`);
      tell({ type: "failed", why });
      // What was said so far stays said.
      this.#parts.push({ type: "text", text: restIsLost });
      this.#parts.close();
    }
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
    this.#parts.close();
  }
}
