import { spawn } from "node:child_process";
import { mkdir, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import type { AgentProgram } from "./agent-process.ts";
import { findCommand } from "./find-command.ts";

export interface SandboxPlan {
  /** Absolute path of bubblewrap. */
  readonly bubblewrap: string;
  readonly program: AgentProgram;
  /** Of the agent itself; may be written to. */
  readonly keeps: readonly string[];
  /** Folders of secrets, which look empty. */
  readonly hiddenFolders: readonly string[];
  /** Files of secrets, which cannot be read. */
  readonly hiddenFiles: readonly string[];
  /** Folders of the program that would be hidden with the place for temporary files. */
  readonly shows: readonly string[];
}

/**
 * The same program where it can change nothing but the copy and what it keeps for itself: the rest of the machine is there for
 * reading, without secrets, other processes, and sockets of services. The network is as it was: its model may be elsewhere.
 */
export function sandboxed({ bubblewrap, program, ...plan }: SandboxPlan): AgentProgram {
  const { file, args, folder, env } = program;
  return {
    file: bubblewrap,
    args: [
      ...isolation,
      ...plan.shows.flatMap((path) => ["--ro-bind-try", path, path]),
      ...plan.hiddenFolders.flatMap((path) => ["--tmpfs", path]),
      ...plan.hiddenFiles.flatMap((path) => ["--ro-bind", "/dev/null", path]),
      ...plan.keeps.flatMap((path) => ["--bind-try", path, path]),
      ...["--bind", folder, folder, "--chdir", folder, "--"],
      file,
      ...args,
    ],
    folder,
    env,
  };
}

/** Bubblewrap, if it is there and may do its work here; null otherwise. */
export async function findBubblewrap(path: string): Promise<string | null> {
  const file = await findCommand("bwrap", path);
  if (file === null) return null;
  const works = await new Promise<boolean>((resolve) => {
    const child = spawn(file, [...isolation, "--", "/bin/sh", "-c", ":"], { stdio: "ignore", cwd: "/", env: {} });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
  return works ? file : null;
}

/** Places by their paths, absolute or relative to the home of the agent. */
interface SandboxWishes {
  /** What the agent keeps for itself; folders are made, for it could not. */
  readonly keeps: readonly string[];
  /** What it is not to see, beside the usual secrets. */
  readonly hides: readonly string[];
}

export async function planSandbox(
  bubblewrap: string,
  program: AgentProgram,
  { keeps, hides }: SandboxWishes,
): Promise<SandboxPlan> {
  const home = program.env["HOME"] ?? "/nonexistent";
  const inHome = (paths: readonly string[]): readonly string[] =>
    paths.map((path) => (isAbsolute(path) ? path : join(home, path)));
  const kept = inHome(keeps);
  for (const path of kept) {
    if ((await kindOf(path)) === null && !path.endsWith(".json"))
      await mkdir(path, { recursive: true }).catch(() => undefined);
  }
  const secrets = await Promise.all(
    // A link would be hidden, and what it leads to would not.
    inHome([...secretPlaces, ...hides]).map(async (path) => {
      const real = await realpath(path).catch(() => path);
      return { path: real, kind: await kindOf(real) };
    }),
  );
  const named = [program.file, ...program.args].filter(isAbsolute);
  const there = await Promise.all(named.map(kindOf));
  return {
    bubblewrap,
    program,
    keeps: kept,
    hiddenFolders: secrets.flatMap(({ path, kind }) => (kind === "folder" ? [path] : [])),
    hiddenFiles: secrets.flatMap(({ path, kind }) => (kind === "file" ? [path] : [])),
    shows: named.filter((path, index) => there[index] === "file" && path.startsWith("/tmp/")).map(dirname),
  };
}

const isolation = [
  ...["--die-with-parent", "--unshare-pid", "--unshare-ipc", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
  // Sockets of services lie there, and a socket is open for writing on a read-only disk, too. Names are looked up by the last two.
  ...["--tmpfs", "/tmp", "--tmpfs", "/run"],
  ...["--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve"],
  ...["--ro-bind-try", "/run/resolvconf", "/run/resolvconf"],
];

const secretPlaces = [
  ...[".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store", ".config/gcloud", ".config/gh"],
  // Who is logged in where; and what was typed and visited, the link to Sotto with its token among it.
  ...[".mozilla", ".config/google-chrome", ".config/chromium", ".config/microsoft-edge", ".config/BraveSoftware"],
  ...[".config/sotto", ".Xauthority", ".bash_history", ".zsh_history", ".local/share/fish/fish_history"],
  ...[".netrc", ".git-credentials", ".pgpass", ".pypirc", ".npmrc", ".cargo/credentials.toml"],
];

async function kindOf(path: string): Promise<"file" | "folder" | null> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return null;
  }
}
