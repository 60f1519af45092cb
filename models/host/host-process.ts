import type { ChildProcess } from "node:child_process";
import { setPriority } from "node:os";
import type { Clock } from "../clock.ts";
import { ModelError } from "../errors.ts";
import { DeathWatch } from "./death-watch.ts";
import { fromHost, type ToHost } from "./messages.ts";
import { PendingCall } from "./pending-call.ts";
import { forkHost, type SpareHost } from "./spare-host.ts";

export interface HostOptions {
  /** For messages: "voice", "ears", "mouth". */
  readonly name: string;
  /** Absolute path of the built JavaScript file to run. */
  readonly entry: string;
  readonly args: readonly string[];
  /** What it finds in its environment, beside ours; a spare one has ours alone. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly readyTimeoutMs: number;
  /** Niceness added to the process, 0 to 19. */
  readonly nice?: number;
  /** False: whoever started it decides what is done when it dies. */
  readonly restarts?: boolean;
  /** Told when the process died without having been stopped. */
  readonly onDeath?: () => void;
  /** It may be paused. */
  readonly pausable?: boolean;
  /** Taken at the first start, if it is still there. */
  readonly spare?: SpareHost;
  /** So long it may take to end by itself when it is told to; 0 for one that has nothing to put in order. */
  readonly farewellMs?: number;
}

type HostState =
  | { readonly status: "starting" }
  | { readonly status: "ready"; readonly info: unknown }
  | { readonly status: "waiting"; readonly error: ModelError }
  | { readonly status: "failed"; readonly error: ModelError }
  | { readonly status: "stopped" };

/** A call in progress: send it input, iterate its parts, await its result, abort it. */
export interface HostCall {
  input(value: unknown): void;
  inputEnd(): void;
  parts(): AsyncIterable<unknown>;
  result(): Promise<unknown>;
}

const restartDelayMs = 100;
const longestRestartDelayMs = 5_000;
/** A host that dies this often without ever being ready will not come up by trying again. */
const hopelessStarts = 4;
/** One that is killed for being overdue counts twice: it took long already, and somebody waits for the outcome. */
const overdueStarts = 2;
const stderrTailChars = 2_000;
const usualFarewellMs = 1_000;

/** A child process that runs native engines, started again when it dies. Calls in flight fail with `host-exited`. */
export class HostProcess implements AsyncDisposable {
  readonly #options: HostOptions;
  readonly #calls = new Map<number, PendingCall>();
  readonly #watchers = new Set<() => void>();
  readonly #life = new AbortController();
  #child: ChildProcess | undefined;
  #state: HostState = { status: "starting" };
  #lastId = 0;
  #starts = 0;
  #failedStarts = 0;
  #stderrTail = "";
  /** The child that was killed because it took too long to be ready. */
  #overdue: ChildProcess | undefined;
  /** Of a child that may be paused: it must not outlive us just because it is. */
  #watch: DeathWatch | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#spawn();
  }

  get status(): HostState["status"] {
    return this.#state.status;
  }

  /** How many times the process was started; 1 while it never died. */
  get starts(): number {
    return this.#starts;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Stops the process where it is, until `resume`. Calls wait; an abort of theirs works all the same. Nothing where it cannot be done. */
  pause(): void {
    if (this.#watch?.isThere === true) this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Resolves with what the host said about itself when it is ready. Rejects only when it never will be. */
  async ready(signal?: AbortSignal): Promise<unknown> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#state.status === "ready") return this.#state.info;
      if (this.#state.status === "failed") throw this.#state.error;
      if (this.#state.status === "stopped") throw this.#exited("was stopped");
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#watchers.delete(done);
          signal?.removeEventListener("abort", done);
          resolve();
        };
        this.#watchers.add(done);
        signal?.addEventListener("abort", done);
      });
    }
  }

  /** Begins a call. When the host is not ready it fails at once rather than wait: a voice turn must not hang. */
  call(method: string, params: unknown, signal?: AbortSignal): HostCall {
    const pending = new PendingCall();
    const id = ++this.#lastId;
    const child = this.#child;
    if (this.#state.status !== "ready" || child === undefined) {
      pending.fail(this.#state.status === "failed" ? this.#state.error : this.#exited("is not ready"));
    } else if (signal?.aborted) {
      pending.fail(abortError(signal));
    } else {
      this.#calls.set(id, pending);
      const abort = (): void => {
        this.#send(child, { kind: "abort", id });
        this.#finish(id)?.fail(abortError(signal));
      };
      signal?.addEventListener("abort", abort, { once: true });
      pending
        .result()
        .catch(() => undefined)
        .finally(() => signal?.removeEventListener("abort", abort));
      this.#send(child, { kind: "call", id, method, params });
    }
    return {
      input: (value) => {
        if (child !== undefined && this.#calls.has(id)) this.#send(child, { kind: "input", id, value });
      },
      inputEnd: () => {
        if (child !== undefined && this.#calls.has(id)) this.#send(child, { kind: "input-end", id });
      },
      parts: () => pending.parts(),
      result: () => pending.result(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    this.#become({ status: "stopped" });
    this.#life.abort();
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const { farewellMs = usualFarewellMs } = this.#options;
    if (farewellMs === 0) child.kill("SIGKILL");
    // One that is paused would not notice that its channel closes.
    else child.kill("SIGCONT");
    if (child.connected) child.disconnect();
    const farewell = new AbortController();
    this.#options.clock.sleep(farewellMs, farewell.signal).then(
      () => child.kill("SIGKILL"),
      () => undefined,
    );
    await gone;
    farewell.abort();
  }

  #spawn(): void {
    this.#starts += 1;
    this.#stderrTail = "";
    const { entry, args, environment } = this.#options;
    const spare = this.#options.spare?.take();
    const child = spare ?? forkHost(entry, args, environment);
    if (spare !== undefined) this.#send(spare, { kind: "begin", args: [...args] });
    this.#child = child;
    this.#become({ status: "starting" });
    if (child.pid !== undefined && this.#options.nice !== undefined) setPriority(child.pid, this.#options.nice);
    if (child.pid !== undefined && this.#options.pausable === true) {
      const watch = new DeathWatch(child.pid, () => child.kill("SIGCONT"));
      this.#watch = watch;
      child.once("exit", () => watch[Symbol.dispose]());
    }
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-stderrTailChars);
    });
    child.on("message", (message) => this.#receive(child, message));
    child.on("error", (error) => this.#died(child, error.message));
    child.on("exit", (code, signalName) => {
      const gone = (): void => this.#died(child, signalName === null ? `exit code ${code}` : signalName);
      // Its last words may still be on their way. (A child that we disconnect from never says "close" itself.)
      if (child.stderr === null || child.stderr.closed) gone();
      else child.stderr.once("close", gone);
    });
    this.#options.clock.sleep(this.#options.readyTimeoutMs, this.#life.signal).then(
      () => {
        if (this.#child !== child || this.#state.status !== "starting") return;
        this.#overdue = child;
        child.kill("SIGKILL");
      },
      () => undefined,
    );
  }

  #receive(child: ChildProcess, message: unknown): void {
    if (child !== this.#child) return;
    const parsed = fromHost.safeParse(message);
    if (!parsed.success) {
      this.#options.log(`${this.#options.name}: unreadable message from its process`);
      return;
    }
    const from = parsed.data;
    if (from.kind === "ready") {
      this.#failedStarts = 0;
      this.#become({ status: "ready", info: from.info });
    } else if (from.kind === "failed") {
      // The host knows why it cannot start; starting it again would not change that.
      this.#become({ status: "failed", error: new ModelError(from.code, from.message) });
    } else if (from.kind === "part") this.#calls.get(from.id)?.part(from.value);
    else if (from.kind === "end") this.#finish(from.id)?.end(from.value);
    else this.#finish(from.id)?.fail(new ModelError(from.code, from.message));
  }

  #died(child: ChildProcess, how: string): void {
    if (child !== this.#child) return;
    this.#child = undefined;
    const wasReady = this.#state.status === "ready";
    const lastWords = reasonIn(this.#stderrTail);
    const wasOverdue = child === this.#overdue;
    const error = wasOverdue
      ? this.#exited(`was not ready within ${this.#options.readyTimeoutMs / 1_000} s`)
      : this.#exited(`ended (${how})${lastWords === "" ? "" : `: ${lastWords}`}`);
    for (const call of this.#calls.values()) call.fail(error);
    this.#calls.clear();
    if (this.#state.status === "stopped" || this.#state.status === "failed") return;
    this.#options.log(error.message);
    this.#options.onDeath?.();
    if (this.#options.restarts === false) {
      this.#become({ status: "failed", error });
      return;
    }
    this.#failedStarts = wasReady ? 0 : this.#failedStarts + (wasOverdue ? overdueStarts : 1);
    if (this.#failedStarts >= hopelessStarts) {
      this.#become({ status: "failed", error });
      return;
    }
    this.#become({ status: "waiting", error });
    const delayMs = wasReady ? 0 : Math.min(restartDelayMs * 2 ** this.#failedStarts, longestRestartDelayMs);
    this.#options.clock.sleep(delayMs, this.#life.signal).then(
      () => {
        // It may have been stopped at that very moment.
        if (!this.#life.signal.aborted) this.#spawn();
      },
      () => undefined,
    );
  }

  #become(state: HostState): void {
    this.#state = state;
    for (const watcher of [...this.#watchers]) watcher();
  }

  #finish(id: number): PendingCall | undefined {
    const pending = this.#calls.get(id);
    this.#calls.delete(id);
    return pending;
  }

  #send(child: ChildProcess, message: ToHost): void {
    // A failed send means that the process is going; its exit fails the call.
    if (child.connected) child.send(message, () => undefined);
  }

  #exited(what: string): ModelError {
    return new ModelError("host-exited", `The ${this.#options.name} process ${what}`);
  }
}

function abortError(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new DOMException("Aborted", "AbortError");
}

/** The error that a dying process wrote; Node puts a stack and its own version below it. Otherwise its last line. */
function reasonIn(stderr: string): string {
  const lines = stderr.trim().split("\n");
  return lines.findLast((line) => /^\w*Error\b.*: /.test(line)) ?? lines.at(-1) ?? "";
}
