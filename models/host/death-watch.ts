import { type ChildProcess, spawn } from "node:child_process";

/** Ends of input mean that whoever started it is gone; nothing else ends it. */
const script = `trap '' HUP INT QUIT TERM; read -r _; kill -KILL "$1"`;

/**
 * Ends a process when this one is gone, however that came about. A process that is stopped cannot notice by itself, and the system
 * wakes it only in some process groups. A shell of one megabyte waits for the end of a pipe that nobody writes to.
 */
export class DeathWatch implements Disposable {
  readonly #shell: ChildProcess;
  #isThere: boolean;

  /** @param onLoss Told when the watch itself has ended: the process must not be stopped any more. */
  constructor(pid: number, onLoss: () => void) {
    this.#shell = spawn("/bin/sh", ["-c", script, "sotto-death-watch", String(pid)], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#isThere = this.#shell.pid !== undefined;
    const lost = (): void => {
      if (!this.#isThere) return;
      this.#isThere = false;
      onLoss();
    };
    this.#shell.on("error", lost);
    this.#shell.on("exit", lost);
    this.#shell.stdin?.on("error", () => undefined);
  }

  /** False where there is no shell. */
  get isThere(): boolean {
    return this.#isThere;
  }

  [Symbol.dispose](): void {
    this.#isThere = false;
    this.#shell.kill("SIGKILL");
  }
}
