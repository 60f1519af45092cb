import { type ChildProcess, fork } from "node:child_process";

/** The argument by which a host knows that it is to get ready for anything, and be told later what to run. */
export const spareArgument = "--spare";

/** How every host is started: its last words are read, and objects are passed as they are. */
export function forkHost(
  entry: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return fork(entry, [...args], {
    env: { ...process.env, ...environment },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: ["--enable-source-maps"],
  });
}

/** A host process that has loaded its libraries and waits to be told what to run: whoever takes it need not wait for that. */
export class SpareHost implements Disposable {
  #child: ChildProcess | undefined;

  /** @param args Follow `spareArgument`. */
  constructor(entry: string, args: readonly string[]) {
    const child = forkHost(entry, [spareArgument, ...args]);
    this.#child = child;
    const lost = (): void => {
      if (this.#child === child) this.#child = undefined;
    };
    child.once("error", lost);
    child.once("exit", lost);
  }

  /** The process, which is the caller's from now on; undefined when it was taken or has died. */
  take(): ChildProcess | undefined {
    const child = this.#child;
    this.#child = undefined;
    return child?.connected === true ? child : undefined;
  }

  [Symbol.dispose](): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}
