import type { Blobs, ChangeSet, FileChange } from "../change-set.ts";
import { type GitOutcome, git, gitText } from "./git.ts";

export type CommitOutcome =
  | {
      readonly outcome: "committed";
      /** Its full id. */
      readonly commit: string;
    }
  /** The files are as applied; only the commit was not made. The sentence says why. */
  | { readonly outcome: "not-committed"; readonly why: string };

/**
 * Commits a change that has been applied: its files and nothing else, in the user's name, unsigned, without hooks. What else is staged
 * stays so.
 */
export async function commitChange(
  change: ChangeSet,
  { root, blobs, message }: { readonly root: string; readonly blobs: Blobs; readonly message: string },
  signal: AbortSignal,
): Promise<CommitOutcome> {
  const call = { cwd: root, signal };
  const why = (await whyNot(change, root, blobs, signal)) ?? null;
  if (why !== null) return { outcome: "not-committed", why };
  const added = change.files.flatMap(({ kind, path }) => (kind === "add" ? [path] : []));
  const all = change.files.map(({ path }) => path);
  const intended = await withPaths(["add", "--intent-to-add"], added, call);
  if (intended?.ok === false) return failed(intended.why);
  const made = await withPaths(["commit", "--quiet", "--no-verify", "--only", `--message=${message}`], all, call);
  if (made?.ok !== true) {
    await withPaths(["reset", "--quiet"], added, call);
    return failed(made?.why ?? "there was nothing to commit");
  }
  const commit = await gitText(["rev-parse", "HEAD"], call);
  return commit === null ? failed("the commit was not found again") : { outcome: "committed", commit };
}

async function whyNot(change: ChangeSet, root: string, blobs: Blobs, signal: AbortSignal): Promise<string | null> {
  const call = { cwd: root, signal };
  const inside = await git(["rev-parse", "--is-inside-work-tree"], call);
  if (!inside.ok && inside.cause === "no-git")
    return "The files were changed, but not committed: git is not installed. Install git, and commit them yourself.";
  if (!inside.ok) return "The files were changed, but not committed: the folder is no git repository.";
  if ((await gitText(["var", "GIT_AUTHOR_IDENT"], call)) === null)
    return "The files were changed, but not committed: git does not know your name. Set user.name and user.email, and commit them yourself.";
  for (const [head, doing] of [
    ["MERGE_HEAD", "merge"],
    ["CHERRY_PICK_HEAD", "cherry-pick"],
    ["REVERT_HEAD", "revert"],
    ["REBASE_HEAD", "rebase"],
  ] as const) {
    if ((await gitText(["rev-parse", "--verify", "--quiet", head], call)) !== null)
      return `The files were changed, but not committed: a ${doing} is under way. Finish it, and commit them yourself.`;
  }
  for (const file of change.files) {
    if (!(await wasCommitted(file, blobs, root, signal)))
      return `The files were changed, but not committed: "${file.path}" held changes of yours that are not committed either. Look through them, and commit them yourself.`;
  }
  return null;
}

/** Whether the file, before the change, was as it is in the last commit, so that the new commit holds nothing but the change. */
async function wasCommitted(file: FileChange, blobs: Blobs, root: string, signal: AbortSignal): Promise<boolean> {
  const call = { cwd: root, signal };
  const committed = await gitText(["ls-tree", "-z", "HEAD", "--", file.path], call);
  const [, mode, id] = /^(\d{6}) blob ([0-9a-f]+)\t/.exec(committed ?? "") ?? [];
  if (file.oldHash === null) return id === undefined;
  const input = blobs.get(file.oldHash);
  // As git would store it: line ends and filters as the user has set them.
  const stored = await gitText(["hash-object", "--stdin", `--path=${file.path}`], { ...call, input });
  return stored === id && (mode === "100755") === file.oldExecutable;
}

async function withPaths(
  args: readonly string[],
  paths: readonly string[],
  call: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<GitOutcome | null> {
  if (paths.length === 0) return null;
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(""));
  return await git([...args, "--pathspec-from-file=-", "--pathspec-file-nul"], { ...call, input });
}

function failed(why: string): CommitOutcome {
  return {
    outcome: "not-committed",
    why: `The files were changed, but not committed: git says "${why}". Commit them yourself.`,
  };
}
