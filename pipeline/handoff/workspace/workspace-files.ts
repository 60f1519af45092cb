import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { walkFolder } from "./folder-walk.ts";
import { git, gitText } from "./git.ts";
import { HeldFolder } from "./held-folder.ts";
import { IgnoreRules } from "./ignore-rules.ts";

/** What a workspace is, and which files in it a copy is made of. */
export interface WorkspaceFiles {
  /** "repository": its topmost folder, with a commit, so that a worktree can be made. "no-git": git is not installed. */
  readonly kind: "repository" | "folder" | "no-git";
  /** Tracked files and those that are neither tracked nor ignored; sorted; some may not be there. */
  readonly paths: readonly string[];
  readonly rules: IgnoreRules;
}

/** @param workspace absolute real path */
export async function workspaceFiles(workspace: string, signal: AbortSignal): Promise<WorkspaceFiles> {
  const call = { cwd: workspace, signal };
  const listed = await git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], call);
  if (!listed.ok) {
    const rules = IgnoreRules.usual();
    return {
      kind: listed.cause === "no-git" ? "no-git" : "folder",
      paths: await walked(workspace, rules, signal),
      rules,
    };
  }
  const names = listed.output.toString("utf8").split("\0");
  // A name with "/" at its end is a repository of its own inside of this one.
  const paths = [...new Set(names.filter((name) => name !== "" && !name.endsWith("/")))].sort();
  const rules = IgnoreRules.usual(await ownExcludes(workspace, signal));
  if (await isTopWithCommit(workspace, signal)) return { kind: "repository", paths, rules };
  // A repository around it, of all settings of the user for one, may ignore everything in it.
  return { kind: "folder", paths: paths.length > 0 ? paths : await walked(workspace, rules, signal), rules };
}

async function isTopWithCommit(workspace: string, signal: AbortSignal): Promise<boolean> {
  const call = { cwd: workspace, signal };
  const top = await gitText(["rev-parse", "--show-toplevel"], call);
  if (top === null || (await realpath(top).catch(() => null)) !== workspace) return false;
  return (await gitText(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], call)) !== null;
}

/** The rules that the user keeps outside of the workspace's .gitignore files. */
async function ownExcludes(workspace: string, signal: AbortSignal): Promise<string> {
  const call = { cwd: workspace, signal };
  const [exclude, configured] = await Promise.all([
    gitText(["rev-parse", "--git-path", "info/exclude"], call),
    gitText(["config", "--type=path", "core.excludesFile"], call),
  ]);
  const files = [configured, exclude === null ? null : join(workspace, exclude)];
  const texts = await Promise.all(
    files.map((file) => (file === null || file === "" ? "" : readFile(file, "utf8").catch(() => ""))),
  );
  return texts.join("\n");
}

async function walked(workspace: string, rules: IgnoreRules, signal: AbortSignal): Promise<readonly string[]> {
  const paths: string[] = [];
  await using root = await HeldFolder.open(workspace);
  for await (const { path, kind } of walkFolder(root, rules, signal)) {
    if (kind === "file" || kind === "link") paths.push(path);
  }
  return paths.sort();
}
