import { link, realpath, rename, rm, rmdir, unlink } from "node:fs/promises";
import type { Blobs, ChangeSet, FileChange } from "../change-set.ts";
import { RefusedPath } from "../file-gate.ts";
import { changeLimits } from "./change-limits.ts";
import { confinedNames } from "./confined-path.ts";
import { changeHash, hashOf } from "./content-hash.ts";
import { whyDenied } from "./denied-path.ts";
import { isErrno } from "./errno.ts";
import { type FileNow, isAs, lookAt, stillAs } from "./file-now.ts";
import { likeFile, writeNewFile } from "./held-file.ts";
import { type HeldFolder, holdParent } from "./held-folder.ts";
import { inverseFile } from "./inverse-change.ts";

export type ApplyOutcome =
  | { readonly outcome: "applied" }
  /** Nothing of it was applied. */
  | { readonly outcome: "conflict"; readonly files: readonly Conflict[] };

export interface Conflict {
  readonly path: string;
  readonly why: string;
}

export interface ApplyOptions {
  /** Absolute real path of the workspace. */
  readonly root: string;
  readonly blobs: Blobs;
  /** Patterns as in .gitignore, of files for automatic builds that may be changed. */
  readonly ciAllowed: readonly string[];
  /** An earlier attempt may have been cut off in the middle: on a conflict, what it did is taken back. */
  readonly resumed?: boolean;
}

/**
 * Applies all of a change or nothing. Every file must be as it was when the change was made, or already as it is to be, so an attempt
 * that was cut off is finished by trying again, with `resumed`.
 * @throws RefusedPath for a path that may not be changed; Error of one sentence when the system refuses. Nothing is applied then,
 * unless it is `PartlyApplied`.
 */
export async function applyChange(
  change: ChangeSet,
  options: ApplyOptions,
  signal: AbortSignal,
): Promise<ApplyOutcome> {
  if (changeHash(change.files) !== change.hash) throw new RefusedPath(".", "The change was damaged. Ask for it again.");
  for (const { path } of change.files) checkPath(path, options);
  await checkRoot(options.root);
  const prefix = `.sotto-${change.hash.slice(0, 16)}`;
  const looked = await Promise.all(
    change.files.map(async (file, index) => {
      const step: Step = { file, temporary: `${prefix}-${index}.tmp`, now: await lookAt(options.root, file.path) };
      return step;
    }),
  );
  const conflicts = looked.flatMap(({ file, now }) => conflictOf(file, now));
  const todo = looked.filter(({ file, now }) => !isAs(now, file.newHash, file.newExecutable));
  const there = looked.filter(({ file, now }) => isAs(now, file.newHash, file.newExecutable));
  if (conflicts.length > 0) {
    if (options.resumed) await takeAllBack(there, options);
    const made = options.resumed ? looked.filter(({ file }) => file.oldHash === null) : [];
    await tidy(looked, new Map(made.map(({ file }) => [file.path, 0])), options.root);
    return { outcome: "conflict", files: conflicts };
  }
  /** Path → how many folders on the way to it were there already. */
  const depths = new Map<string, number>();
  const done: Step[] = options.resumed ? [...there] : [];
  try {
    // All bytes are on the disk before the first file changes; from then on it is renames alone.
    for (const step of todo) {
      signal.throwIfAborted();
      await prepare(step, options, depths);
    }
    signal.throwIfAborted();
    for (const step of deletesLast(todo)) {
      done.push(step);
      await perform(step, options.root);
    }
  } catch (error) {
    try {
      await takeAllBack(done, options);
    } finally {
      await tidy(looked, depths, options.root);
    }
    if (error instanceof ChangedMeanwhile) return { outcome: "conflict", files: [error.conflict] };
    if (signal.aborted || error instanceof RefusedPath) throw error;
    throw new Error(`Nothing was applied, because ${reasonOf(error)}. Put that right, and ask for it again.`, {
      cause: error,
    });
  }
  await tidy(looked, depths, options.root);
  for (const { file } of options.resumed ? looked : todo) {
    if (file.newHash === null) await removeEmptyFolders(options.root, file.path, 0);
  }
  return { outcome: "applied" };
}

/** The system refused first to go on and then to go back. The inverse change takes back what was done. */
export class PartlyApplied extends Error {
  override readonly name = "PartlyApplied";
}

interface Step {
  readonly file: FileChange;
  readonly temporary: string;
  readonly now: FileNow;
}

class ChangedMeanwhile extends Error {
  readonly conflict: Conflict;

  constructor(path: string) {
    super(path);
    this.conflict = { path, why: `"${path}" was changed at this very moment.` };
  }
}

function checkPath(path: string, { root, ciAllowed }: ApplyOptions): void {
  if (confinedNames(root, path).join("/") !== path || path.startsWith("/"))
    throw new RefusedPath(path, `"${path}" is not written as a path in the workspace.`);
  const denied = whyDenied(path, ciAllowed);
  if (denied !== null) throw new RefusedPath(path, denied);
}

/** A link on the way to the workspace would lead to files that nobody has seen. One that is gone is dealt with file by file. */
async function checkRoot(root: string): Promise<void> {
  const real = await realpath(root).catch(() => root);
  if (real !== root)
    throw new RefusedPath(".", "The folder is another one by now: a link leads there. Ask for it again.");
}

function conflictOf(file: FileChange, now: FileNow): readonly Conflict[] {
  const { path } = file;
  if (isAs(now, file.oldHash, file.oldExecutable) || isAs(now, file.newHash, file.newExecutable)) return [];
  const conflict = (what: string): readonly Conflict[] => [{ path, why: `"${path}" ${what}.` }];
  switch (now.type) {
    case "none":
      return conflict("was deleted since");
    case "unusable":
      return [{ path, why: now.why }];
    case "file":
      return conflict(file.oldHash === null ? "was made by somebody else since" : "was changed since");
    default:
      return now satisfies never;
  }
}

async function prepare(
  { file, temporary, now }: Step,
  { root, blobs }: ApplyOptions,
  depths: Map<string, number>,
): Promise<void> {
  if (file.newHash === null) return;
  const bytes = blobs.get(file.newHash);
  if (hashOf(bytes) !== file.newHash)
    throw new RefusedPath(file.path, `The new "${file.path}" was damaged. Ask again.`);
  if (bytes.length > changeLimits.fileBytes) throw new RefusedPath(file.path, `The new "${file.path}" is too large.`);
  depths.set(file.path, await folderDepth(root, file.path));
  await using folder = await parentOf(root, file.path, { make: true });
  if (folder === null) throw new ChangedMeanwhile(file.path);
  await rm(folder.at(temporary), { force: true });
  await writeNewFile(folder, temporary, bytes, likeFile(now.type === "file" ? now.stats : null, file.newExecutable));
}

async function perform({ file, temporary, now }: Step, root: string): Promise<void> {
  const name = nameOf(file.path);
  await using folder = await parentOf(root, file.path, { make: false });
  if (folder === null || !(await stillAs(folder, name, now))) throw new ChangedMeanwhile(file.path);
  if (file.newHash === null) await unlink(folder.at(name));
  else if (now.type === "none") await moveToFreeName(folder, temporary, name, file.path);
  else await rename(folder.at(temporary), folder.at(name));
  await folder.sync();
}

/** Never takes the place of a file that has just been made. */
async function moveToFreeName(folder: HeldFolder, temporary: string, name: string, path: string): Promise<void> {
  try {
    await link(folder.at(temporary), folder.at(name));
  } catch (error) {
    if (isErrno(error, "EEXIST")) throw new ChangedMeanwhile(path);
    // Not every file system has a second name for a file.
    await rename(folder.at(temporary), folder.at(name));
    return;
  }
  await rm(folder.at(temporary), { force: true });
}

async function takeAllBack(steps: readonly Step[], options: ApplyOptions): Promise<void> {
  try {
    await takeBack(steps, options);
  } catch (cause) {
    throw new PartlyApplied(
      `Only a part was applied, because ${reasonOf(cause)}. Put that right, and ask to undo it.`,
      {
        cause,
      },
    );
  }
}

/** Files that are as the change made them become again what they were. What somebody changed since is left alone. */
async function takeBack(steps: readonly Step[], options: ApplyOptions): Promise<void> {
  for (const { file, temporary } of steps) {
    const now = await lookAt(options.root, file.path);
    if (!isAs(now, file.newHash, file.newExecutable)) continue;
    const back: Step = { file: inverseFile(file), temporary: `${temporary}.back`, now };
    await prepare(back, options, new Map());
    await perform(back, options.root);
  }
}

/** Nothing of ours stays beside the files, nor empty folders that were made for them. */
async function tidy(steps: readonly Step[], depths: ReadonlyMap<string, number>, root: string): Promise<void> {
  for (const { file, temporary } of steps) {
    await using folder = await parentOf(root, file.path, { make: false }).catch(() => null);
    if (folder === null) continue;
    for (const name of [temporary, `${temporary}.back`])
      await rm(folder.at(name), { force: true }).catch(() => undefined);
  }
  for (const [path, depth] of depths) await removeEmptyFolders(root, path, depth);
}

/** How many of the folders on the way to a file exist. */
async function folderDepth(root: string, path: string): Promise<number> {
  const names = path.split("/");
  for (let depth = names.length - 1; depth > 0; depth -= 1) {
    await using folder = await holdParent(root, [...names.slice(0, depth), ""], { make: false });
    if (folder !== null) return depth;
  }
  return 0;
}

/** @param keep leaves so many of the outermost folders alone */
async function removeEmptyFolders(root: string, path: string, keep: number): Promise<void> {
  const names = path.split("/").slice(0, -1);
  while (names.length > keep) {
    await using outer = await holdParent(root, names, { make: false }).catch(() => null);
    const name = names.pop();
    if (outer === null || name === undefined) return;
    try {
      await rmdir(outer.at(name));
    } catch {
      return;
    }
  }
}

function deletesLast(steps: readonly Step[]): readonly Step[] {
  return [...steps.filter(({ file }) => file.newHash !== null), ...steps.filter(({ file }) => file.newHash === null)];
}

function parentOf(root: string, path: string, { make }: { readonly make: boolean }): Promise<HeldFolder | null> {
  return holdParent(root, path.split("/"), { make });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function reasonOf(error: unknown): string {
  if (isErrno(error, "ENOSPC") || isErrno(error, "EDQUOT")) return "the disk is full";
  if (isErrno(error, "EACCES") || isErrno(error, "EPERM")) return "the folder may not be written";
  if (isErrno(error, "EROFS")) return "the folder is on a disk that can only be read";
  return error instanceof Error ? `of this: ${error.message.split("\n")[0]}` : "something went wrong";
}
