import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../../../models/clock.ts";

export interface AgentProgram {
  /** Absolute path of the program. */
  readonly file: string;
  readonly args: readonly string[];
  /** Where it starts. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

const stderrTailChars = 4_000;
/** So long it may take to end when it is asked to. */
const farewellMs = 1_000;
/** So long after its output has ended it may take until it is known how the program ended. */
const exitNewsMs = 500;
/** Ends of input mean that whoever started it is gone. The agent and what it started are one group. */
const deathWatch = `trap '' HUP INT QUIT TERM; read -r _; kill -s KILL -- "-$1"`;

/** A running agent, in a process group of its own that does not outlive it, nor us. */
export class AgentProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #watch: ChildProcess | undefined;
  readonly #clock: Clock;
  readonly #gone: Promise<void>;
  #exit: ProcessExit | null = null;
  #stderrTail = "";

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, clock: Clock) {
    this.#child = child;
    this.#clock = clock;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-stderrTailChars);
    });
    this.#gone = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#exit = { code, signal };
        resolve();
      });
    });
    this.#watch = child.pid === undefined ? undefined : watchFor(child.pid);
  }

  /** @throws Error as of `spawn` when the system cannot run it. */
  static async start({ file, args, folder, env }: AgentProgram, clock: Clock): Promise<AgentProcess> {
    const child = spawn(file, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    await once(child, "spawn");
    return new AgentProcess(child, clock);
  }

  get input(): Writable {
    return this.#child.stdin;
  }

  get output(): Readable {
    return this.#child.stdout;
  }

  get stderrTail(): string {
    return this.#stderrTail;
  }

  /** How it ended, waiting a moment for the news; null while it lives. */
  async exit(): Promise<ProcessExit | null> {
    if (this.#exit === null) await this.#orAfter(exitNewsMs);
    return this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#exit === null) {
      this.#child.stdin.end();
      this.#kill("SIGTERM");
      await this.#orAfter(farewellMs);
    }
    // Also when it has ended: what it started may still be there.
    this.#kill("SIGKILL");
    await this.#gone;
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    this.#watch?.kill("SIGKILL");
  }

  async #orAfter(ms: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([this.#gone, this.#clock.sleep(ms, timer.signal).catch(() => undefined)]);
    timer.abort();
  }

  #kill(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // Nobody of that group is left.
    }
  }
}

function watchFor(pid: number): ChildProcess {
  const shell = spawn("/bin/sh", ["-c", deathWatch, "sotto-agent-watch", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Where there is no shell an agent that ignores the end of its input may outlive us.
  shell.on("error", () => undefined);
  shell.stdin?.on("error", () => undefined);
  return shell;
}
