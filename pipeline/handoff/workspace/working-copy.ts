import { randomBytes } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Blobs, ChangeSet } from "../change-set.ts";
import type { FileGate } from "../file-gate.ts";
import { Baseline } from "./baseline.ts";
import { ConfinedFiles } from "./confined-files.ts";
import { copyFiles } from "./copied-files.ts";
import { type CopyLimits, freeBytesAt, usualCopyLimits, whyNoRoom } from "./copy-room.ts";
import { isGitInternal, isSecret } from "./denied-path.ts";
import { foundChanges } from "./found-changes.ts";
import { git } from "./git.ts";
import { copiesFolder, markCopy, removeCopy, workFolder } from "./left-over-copies.ts";
import { type WorkspaceFiles, workspaceFiles } from "./workspace-files.ts";

/** A copy of a workspace to work in. Nothing of the workspace changes by it; disposing takes it away. */
export interface WorkingCopy extends AsyncDisposable {
  /** Absolute real path. */
  readonly folder: string;
  readonly gate: FileGate;
  /**
   * What is different from the beginning, its bytes put into the blobs; null for nothing.
   * @throws RefusedPath when something was changed that may not be
   */
  changes(signal: AbortSignal): Promise<ChangeSet | null>;
}

export interface WorkingCopyOptions {
  /** Absolute real path, as from `resolveWorkspace`. */
  readonly workspace: string;
  /** Folder of Sotto's own data, outside of every workspace. */
  readonly home: string;
  readonly blobs: Blobs;
  /** Patterns as in .gitignore, of files for automatic builds that may be changed. */
  readonly ciAllowed: readonly string[];
  readonly limits?: CopyLimits;
  /** Free bytes on the disk of a folder; asks the system unless given. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

/** The workspace cannot be copied; the message is a sentence for the user. */
export class CannotCopy extends Error {
  override readonly name = "CannotCopy";
}

/**
 * Copies a workspace as it is on the disk, with what is neither committed nor tracked, without what is ignored or secret. Where it can,
 * the copy is a detached worktree; else it has a repository of its own, where there is git.
 * @throws CannotCopy
 */
export async function makeWorkingCopy(options: WorkingCopyOptions, signal: AbortSignal): Promise<WorkingCopy> {
  const { workspace, home, blobs, ciAllowed } = options;
  const files = await workspaceFiles(workspace, signal);
  const paths = files.paths.filter((path) => !isSecret(path) && !isGitInternal(path));
  const copies = await copiesFolder(home);
  const freeBytes = await (options.freeBytes ?? freeBytesAt)(copies);
  const why = await whyNoRoom(workspace, paths, { limits: options.limits ?? usualCopyLimits, freeBytes }, signal);
  if (why !== null) throw new CannotCopy(why);
  const place = join(copies, randomBytes(8).toString("hex"));
  const folder = workFolder(place, workspace);
  await markCopy(place, { workspace, worktree: files.kind === "repository" });
  let baseline: Baseline | undefined;
  try {
    const kept = await Baseline.create(join(place, "baseline.pack"));
    baseline = kept;
    const isWorktree = await makeFolder(workspace, folder, files, signal);
    await copyFiles(workspace, folder, paths, kept, signal);
    if (files.kind !== "no-git") await fillRepository(folder, isWorktree, signal);
    const real = await realpath(folder);
    const gate = new ConfinedFiles(real, { ciAllowed, rules: files.rules, alsoListed: kept.files });
    return {
      folder: real,
      gate,
      changes: (until) => foundChanges({ folder: real, baseline: kept, rules: files.rules, ciAllowed, blobs }, until),
      [Symbol.asyncDispose]: async () => {
        await kept[Symbol.asyncDispose]();
        await removeCopy(place);
      },
    };
  } catch (error) {
    await baseline?.[Symbol.asyncDispose]();
    await removeCopy(place);
    if (signal.aborted || error instanceof CannotCopy) throw error;
    throw new CannotCopy(
      `The folder could not be copied: ${reasonOf(error)}. Ask again, or free the folder for reading.`,
      {
        cause: error,
      },
    );
  }
}

/** @returns whether it is a worktree */
async function makeFolder(
  workspace: string,
  folder: string,
  files: WorkspaceFiles,
  signal: AbortSignal,
): Promise<boolean> {
  if (files.kind === "repository") {
    // Nothing is checked out: what is on the disk is copied, so no filter runs and no line end changes.
    const call = { cwd: workspace, signal };
    const made = await git(["worktree", "add", "--quiet", "--detach", "--no-checkout", folder, "HEAD"], call);
    if (made.ok) return true;
  }
  await mkdir(folder, { recursive: true });
  return false;
}

/** Lets an agent that asks git see what it changed. It is for reading only: what is applied is compared with the baseline. */
async function fillRepository(folder: string, isWorktree: boolean, signal: AbortSignal): Promise<void> {
  const call = { cwd: folder, signal, bare: true };
  if (isWorktree) {
    await git(["read-tree", "HEAD"], call);
    return;
  }
  const identity = ["-c", "user.name=Sotto", "-c", "user.email=sotto@localhost"];
  for (const args of [
    ["init", "--quiet", "--template="],
    ["add", "--all"],
    [...identity, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", "The folder as it was"],
  ]) {
    // Without it an agent sees no history, and loses nothing else.
    if (!(await git(args, call)).ok) return;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return `the system says ${error.code}`;
  return "something in it cannot be read";
}
