import { Worker } from "node:worker_threads";
import { ModelError } from "../errors.ts";
import { type DecoderFiles, decoded, type ToDecoder } from "./ears-messages.ts";

export type Urgency = "final" | "partial";

interface Job {
  readonly id: number;
  readonly urgency: Urgency;
  readonly samples: Int16Array;
  readonly resolve: (words: readonly string[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  ready: boolean;
  job: Job | undefined;
}

/** How often a thread may die before it was ready; then the recogniser is broken, not unlucky. */
const hopelessStarts = 3;

/** A decoder's memory is WebAssembly's; a small young generation keeps the thread's own from growing between collections. */
const maxYoungGenerationSizeMb = 8;

/** Decodes utterances on a few threads. Whole utterances go before partial ones; a second thread starts when the first is not enough. */
export class DecoderPool {
  readonly #entry: string;
  readonly #files: Promise<DecoderFiles>;
  readonly #maxThreads: number;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Job[] = [];
  readonly #whenReady: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #lastId = 0;
  #failedStarts = 0;

  /** @param options.entry absolute path of the built decoding thread. */
  constructor(options: { readonly entry: string; readonly files: Promise<DecoderFiles>; readonly maxThreads: number }) {
    this.#entry = options.entry;
    this.#files = options.files;
    this.#maxThreads = options.maxThreads;
    this.#start();
  }

  /** Resolves when the first thread is ready. @throws ModelError `bad-model`. */
  ready(): Promise<void> {
    if ([...this.#threads].some((thread) => thread.ready)) return Promise.resolve();
    return new Promise((resolve, reject) => this.#whenReady.push({ resolve, reject }));
  }

  /** The words that were said, none if they are not of the grammar. An aborted job that has not begun is dropped. */
  decode(samples: Int16Array, urgency: Urgency, signal: AbortSignal): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const drop = (): void => {
        const at = this.#waiting.indexOf(job);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
      };
      const job: Job = {
        id: ++this.#lastId,
        urgency,
        samples,
        resolve: (words) => {
          signal.removeEventListener("abort", drop);
          resolve(words);
        },
        reject: (error) => {
          signal.removeEventListener("abort", drop);
          reject(error);
        },
      };
      signal.addEventListener("abort", drop, { once: true });
      this.#waiting.push(job);
      this.#assign();
    });
  }

  #assign(): void {
    for (const thread of this.#threads) {
      if (!thread.ready || thread.job !== undefined) continue;
      const job = this.#next();
      if (job === undefined) return;
      thread.job = job;
      const message: ToDecoder = {
        kind: "decode",
        id: job.id,
        samples: job.samples,
        partial: job.urgency === "partial",
      };
      thread.worker.postMessage(message);
    }
    const starting = [...this.#threads].some((thread) => !thread.ready);
    const late = this.#waiting.some((job) => job.urgency === "final");
    if (this.#threads.size < this.#maxThreads && !starting && (late || this.#threads.size === 0)) this.#start();
  }

  /** Finals first, and never all threads on partials: the words that somebody waits for find one free. */
  #next(): Job | undefined {
    const running = [...this.#threads].filter((thread) => thread.job?.urgency === "partial").length;
    const mayPartial = running === 0 || running < this.#threads.size - 1;
    const final = this.#waiting.findIndex((job) => job.urgency === "final");
    const [job] = final >= 0 || mayPartial ? this.#waiting.splice(Math.max(final, 0), 1) : [];
    return job;
  }

  #start(): void {
    const worker = new Worker(this.#entry, { resourceLimits: { maxYoungGenerationSizeMb } });
    const thread: Thread = { worker, ready: false, job: undefined };
    this.#threads.add(thread);
    worker.on("message", (message) => this.#receive(thread, message));
    worker.on("error", (error) => this.#lose(thread, error.message));
    worker.on("exit", () => this.#lose(thread, "the thread ended"));
    // The thread starts while its grammar is still being made.
    this.#files.then(
      (files) => {
        const message: ToDecoder = { kind: "load", files };
        worker.postMessage(message);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #receive(thread: Thread, message: unknown): void {
    const from = decoded.parse(message);
    if (from.kind === "ready") {
      thread.ready = true;
      this.#failedStarts = 0;
      for (const { resolve } of this.#whenReady.splice(0)) resolve();
    } else if (from.kind === "failed") {
      this.#lose(thread, from.message);
    } else {
      const job = thread.job;
      thread.job = undefined;
      job?.resolve(from.words);
    }
    this.#assign();
  }

  /** A thread that died takes its job with it; the others wait for the next thread. */
  #lose(thread: Thread, how: string): void {
    if (!this.#threads.delete(thread)) return;
    thread.worker.terminate().catch(() => undefined);
    const error = new ModelError("engine-failed", `Speech recognition failed: ${how}`);
    thread.job?.reject(error);
    if (!thread.ready) this.#failedStarts += 1;
    if (this.#failedStarts >= hopelessStarts) this.#fail(new ModelError("bad-model", error.message));
    else if (this.#threads.size === 0) this.#start();
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#whenReady.splice(0)) reject(error);
    for (const job of this.#waiting.splice(0)) job.reject(error);
  }
}
