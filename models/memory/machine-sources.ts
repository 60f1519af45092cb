import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { arch, freemem, platform, totalmem } from "node:os";
import type { Clock } from "../clock.ts";

/** Where the probe gets its figures from; tests hand in captured ones. */
export interface MachineSources {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly totalBytes: () => number;
  readonly freeBytes: () => number;
  /** `CUDA_VISIBLE_DEVICES`, where it is set. */
  readonly cudaDevices?: string | undefined;
  /** Undefined when the file is not there or may not be read. */
  readonly readText: (path: string) => Promise<string | undefined>;
  /** Names in a folder; none when it is not there. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** What a program prints; undefined when it is missing, fails, or takes longer than it may. */
  readonly run: (program: string, args: readonly string[], signal: AbortSignal) => Promise<string | undefined>;
}

/** nvidia-smi takes 20 to 300 ms, and seconds when the driver has to be woken up first. */
const programTimeoutMs = 5_000;

/** This machine. */
export function thisMachine(clock: Clock): MachineSources {
  return {
    platform: platform(),
    arch: arch(),
    totalBytes: totalmem,
    freeBytes: freemem,
    cudaDevices: process.env["CUDA_VISIBLE_DEVICES"],
    readText: (path) => readFile(path, "utf8").catch(() => undefined),
    list: (folder) => readdir(folder).catch(() => []),
    run: (program, args, signal) => output(clock, program, args, signal),
  };
}

async function output(
  clock: Clock,
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (signal.aborted) return;
  const ended = new AbortController();
  const end = (): void => ended.abort();
  signal.addEventListener("abort", end, { once: true });
  try {
    // Rejected by the end of the program, which is no error.
    void clock.sleep(programTimeoutMs, ended.signal).then(end, () => undefined);
    return await new Promise((resolve) => {
      // A program that even SIGKILL does not end at once (a hanging driver) is left behind: an abort calls back immediately.
      const options = { signal: ended.signal, killSignal: "SIGKILL", windowsHide: true, maxBuffer: 1 << 20 } as const;
      execFile(program, args, options, (error, stdout) => resolve(error === null ? stdout : undefined));
    });
  } finally {
    end();
    signal.removeEventListener("abort", end);
  }
}
