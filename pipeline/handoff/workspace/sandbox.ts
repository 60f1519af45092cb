import { type ChildProcess, spawn } from "node:child_process";
import { lstat, realpath, stat } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Clock } from "../../../models/clock.ts";

/** A program to run, and what of the machine it may see. */
export interface SandboxedRun {
  readonly argv: readonly [string, ...string[]];
  /** Absolute real path; the only folder that it can write to and that stays. */
  readonly folder: string;
  /** Folder of installed packages to show at the same place in `folder`, for reading; null for none. */
  readonly packages: string | null;
  readonly timeoutMs: number;
}

export type SandboxedEnd =
  | { readonly type: "exit"; readonly code: number; readonly output: string }
  | { readonly type: "timeout"; readonly output: string }
  /** It could not be started; a sentence. */
  | { readonly type: "not-started"; readonly why: string };

export interface SandboxOptions {
  readonly clock: Clock;
  /** Of Sotto itself: only what is needed to find programs is read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  /** More folders of installed programs to show, for reading; absolute real paths. */
  readonly toolFolders?: readonly string[];
  /** The program that makes the sandbox. */
  readonly bubblewrap?: string;
}

/** Of what a program prints, the end is kept. */
const keptOutputChars = 16_000;
const inside = "/workspace";
const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const systemFiles = ["/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime"];
const systemPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * Runs programs where they reach nothing: no network, no other processes, none of the user's files or settings, the system for
 * reading only. Made by bubblewrap; where that does not work, nothing is run.
 */
export class Sandbox {
  readonly #options: SandboxOptions;
  #probe: Promise<string | null> | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  /** Why nothing can be run here, in a sentence; null when it can. Found out once. */
  whyNot(): Promise<string | null> {
    this.#probe ??= this.#findOut();
    return this.#probe;
  }

  /** Kills everything it started when the signal aborts, and throws the signal's reason. */
  async run({ argv, folder, packages, timeoutMs }: SandboxedRun, signal: AbortSignal): Promise<SandboxedEnd> {
    const why = await this.whyNot();
    if (why !== null) return { type: "not-started", why };
    const program = await this.#programFolder(argv[0]);
    const shown = packages === null ? null : await packagesIn(folder, packages);
    const tools = [...(program === null ? [] : [program]), ...(this.#options.toolFolders ?? [])];
    const path = [...tools.flatMap((tool) => [join(tool, "bin"), tool]), ...systemPath].join(":");
    const call = [
      ...isolation,
      ...tools.flatMap((tool) => ["--ro-bind-try", tool, tool]),
      ...["--bind", folder, inside],
      ...(shown === null ? [] : ["--ro-bind", shown, join(inside, "node_modules")]),
      ...["--chdir", inside, "--clearenv"],
      ...["--setenv", "PATH", path, "--setenv", "HOME", "/tmp/home", "--setenv", "TMPDIR", "/tmp"],
      ...["--setenv", "LANG", "C.UTF-8", "--setenv", "CI", "1", "--setenv", "NO_COLOR", "1"],
      "--",
      ...argv,
    ];
    return await this.#spawn(call, timeoutMs, signal);
  }

  async #findOut(): Promise<string | null> {
    const end = await this.#spawn([...isolation, "--", "true"], 10_000, new AbortController().signal);
    if (end.type === "exit" && end.code === 0) return null;
    if (end.type === "not-started")
      return "Checks were not run, because bubblewrap is not installed. Install it to have them run.";
    return "Checks were not run, because bubblewrap may not make a sandbox on this machine. Allow it user namespaces to have them run.";
  }

  async #spawn(args: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<SandboxedEnd> {
    signal.throwIfAborted();
    const over = new AbortController();
    const child = spawn(this.#options.bubblewrap ?? "bwrap", args, {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: "/",
      env: { PATH: this.#options.env["PATH"] ?? systemPath.join(":") },
    });
    let timedOut = false;
    const kill = (): void => void child.kill("SIGKILL");
    signal.addEventListener("abort", kill, { once: true });
    this.#options.clock.sleep(timeoutMs, over.signal).then(
      () => {
        timedOut = true;
        kill();
      },
      () => undefined,
    );
    try {
      const { code, output, failed } = await endOf(child);
      signal.throwIfAborted();
      if (failed) return { type: "not-started", why: "The sandbox could not be started. Install bubblewrap." };
      return timedOut ? { type: "timeout", output } : { type: "exit", code, output };
    } finally {
      signal.removeEventListener("abort", kill);
      over.abort();
    }
  }

  /** Where a program that the user has installed lies with all that belongs to it; null when it is one of the system's. */
  async #programFolder(program: string): Promise<string | null> {
    if (program.includes("/")) return null;
    for (const folder of (this.#options.env["PATH"] ?? "").split(delimiter)) {
      if (!folder.startsWith("/") || !(await stat(join(folder, program)).catch(() => undefined))?.isFile()) continue;
      const real = await realpath(folder);
      const home = await realpath(this.#options.homeDir).catch(() => this.#options.homeDir);
      const whole = dirname(real);
      const isSystem = systemFolders.some((part) => real === part || real.startsWith(`${part}/`));
      // What holds the home folder, or lies straight in it, holds settings and secrets too.
      const tooMuch = whole === "/" || dirname(whole) === home || `${home}/`.startsWith(`${whole}/`);
      return isSystem || tooMuch || !real.endsWith("/bin") ? null : whole;
    }
    return null;
  }
}

const isolation = [
  ...["--unshare-all", "--die-with-parent", "--new-session", "--hostname", "sandbox"],
  ...systemFolders.flatMap((folder) => ["--ro-bind-try", folder, folder]),
  ...systemFiles.flatMap((file) => ["--ro-bind-try", file, file]),
  ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/tmp/home", "--cap-drop", "ALL"],
];

async function packagesIn(folder: string, packages: string): Promise<string | null> {
  const real = await realpath(packages).catch(() => null);
  if (real === null || !(await stat(real)).isDirectory()) return null;
  const there = await lstat(join(folder, "node_modules")).catch(() => undefined);
  return there === undefined || there.isDirectory() ? real : null;
}

function endOf(child: ChildProcess): Promise<{ code: number; output: string; failed: boolean }> {
  return new Promise((resolve) => {
    let output = "";
    const take = (text: string): void => {
      output = (output + text).slice(-keptOutputChars);
    };
    child.stdout?.setEncoding("utf8").on("data", take);
    child.stderr?.setEncoding("utf8").on("data", take);
    child.once("error", () => resolve({ code: -1, output: "", failed: true }));
    child.once("close", (code) => resolve({ code: code ?? -1, output: printable(output), failed: false }));
  });
}

/** Without what a terminal would act on. */
function printable(output: string): string {
  return stripVTControlCharacters(output).replace(/[^\P{Cc}\n\t]/gu, "");
}
