import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A built `sotto` in a process of its own, in an empty folder and with nothing of this machine's settings. */
export interface RunningSotto extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  readonly folder: string;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
  /** Resolves with the first line that matches, of stdout unless told otherwise; rejects when the process ends before. */
  line(pattern: RegExp, from?: "stdout" | "stderr"): Promise<string>;
}

export function runSotto(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program: string = resolve("dist/sotto.js"),
): RunningSotto {
  const folder = mkdtempSync(join(tmpdir(), "sotto-run-"));
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const ended = new Promise<number | null>((done) => child.once("close", done));
  return {
    child,
    folder,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    line: (pattern, from = "stdout") =>
      new Promise((found, failed) => {
        const look = (): void => {
          const line = (from === "stdout" ? stdout : stderr).split("\n").find((candidate) => pattern.test(candidate));
          if (line !== undefined) found(line);
        };
        child[from].on("data", look);
        look();
        void ended.then((code) => failed(new Error(`sotto ended with ${code} before ${pattern}: ${stderr}`)));
      }),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
