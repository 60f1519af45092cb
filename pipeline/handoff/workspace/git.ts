import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { isErrno } from "./errno.ts";

export type GitOutcome =
  | { readonly ok: true; readonly output: Buffer }
  | {
      readonly ok: false;
      /** "no-git": there is no such program here. */
      readonly cause: "failed" | "no-git";
      /** What git said of it, its first line. */
      readonly why: string;
    };

export interface GitCall {
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly input?: Uint8Array | undefined;
  /** Leaves the user's and the system's settings aside, and repositories around `cwd`. */
  readonly bare?: boolean;
}

const longestOutputBytes = 256_000_000;

/** Runs git without hooks, network, questions or anything else that starts programs; `cwd` is trusted by name alone. */
export function git(args: readonly string[], { cwd, signal, input, bare = false }: GitCall): Promise<GitOutcome> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const options = {
      cwd,
      signal,
      env: gitEnvironment(cwd, bare),
      encoding: "buffer",
      maxBuffer: longestOutputBytes,
    } as const;
    const child = execFile("git", [...settings(cwd), ...args], options, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason);
      if (error === null) return resolve({ ok: true, output: stdout });
      const said = stderr.toString("utf8").trim().split("\n")[0] ?? "";
      const why = said.replace(/^(fatal|error): /, "") || error.message.split("\n")[0] || "";
      resolve({ ok: false, cause: isErrno(error, "ENOENT") ? "no-git" : "failed", why });
    });
    // It may end before it has read all.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input ?? "");
  });
}

/** The output as text without the line's end; null when git failed. */
export async function gitText(args: readonly string[], call: GitCall): Promise<string | null> {
  const outcome = await git(args, call);
  return outcome.ok ? outcome.output.toString("utf8").replace(/\n$/, "") : null;
}

function settings(cwd: string): readonly string[] {
  return [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.pager=cat",
    "protocol.allow=never",
    "credential.helper=",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "commit.gpgSign=false",
    `safe.directory=${cwd}`,
  ].flatMap((setting) => ["-c", setting]);
}

function gitEnvironment(cwd: string, bare: boolean): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  return {
    ...own,
    // A repository that somebody else put around a folder of ours is none of ours.
    ...(bare ? { GIT_CEILING_DIRECTORIES: dirname(cwd) } : {}),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    // Looking at a repository must not rewrite its index.
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_ASKPASS: "true",
    SSH_ASKPASS: "true",
    GIT_EDITOR: "true",
    ...(bare ? { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" } : {}),
  };
}
