import { lstat, readlink } from "node:fs/promises";
import type { Blobs, ChangeSet, FileChange } from "../change-set.ts";
import { RefusedPath } from "../file-gate.ts";
import type { Baseline, BaselineFile } from "./baseline.ts";
import { changeLimits } from "./change-limits.ts";
import { confinedNames } from "./confined-path.ts";
import { changeSetOf, hashOf } from "./content-hash.ts";
import { hashOfFile } from "./copied-files.ts";
import { whyDenied } from "./denied-path.ts";
import { filePatch } from "./file-patch.ts";
import { walkFolder } from "./folder-walk.ts";
import { isExecutable, readHeldFile, sizeInWords, statHeld } from "./held-file.ts";
import { HeldFolder, holdParent } from "./held-folder.ts";
import { heldPaths } from "./held-paths.ts";
import type { IgnoreRules } from "./ignore-rules.ts";

export interface FoundChangesOptions {
  readonly folder: string;
  readonly baseline: Baseline;
  readonly rules: IgnoreRules;
  readonly ciAllowed: readonly string[];
  readonly blobs: Blobs;
}

/**
 * What is different in a copy from what it was made of; null for nothing. The bytes before and after are put into `blobs`.
 * @throws RefusedPath when something was changed that may not be: it is refused as a whole
 */
export async function foundChanges(options: FoundChangesOptions, signal: AbortSignal): Promise<ChangeSet | null> {
  const changed: FileChange[] = [];
  let bytes = 0;
  for await (const path of suspects(options, signal)) {
    signal.throwIfAborted();
    const found = await changeOf(path, options);
    if (found === null) continue;
    changed.push(found.change);
    bytes += found.bytes;
    if (changed.length > changeLimits.files)
      throw new RefusedPath(path, `More than ${changeLimits.files} files were changed. Ask for it in smaller steps.`);
    if (bytes > changeLimits.totalBytes)
      throw new RefusedPath(
        path,
        `More than ${sizeInWords(changeLimits.totalBytes)} were changed. Ask for it in smaller steps.`,
      );
  }
  return changeSetOf(changed);
}

/** Paths that may have changed: all that was there in the beginning, and every file that is there now. */
async function* suspects(options: FoundChangesOptions, signal: AbortSignal): AsyncGenerator<string> {
  const { folder, baseline, rules } = options;
  for await (const { folder: held, files } of heldPaths(folder, baseline.files.keys(), "throw", signal)) {
    for (const { name, path } of files) {
      const stats = held === null ? null : await statHeld(held, name);
      if (stats === null || !baseline.isUntouched(path, stats)) yield path;
    }
  }
  for (const [path, leadsTo] of baseline.links) await checkLink(folder, path, leadsTo);
  await using root = await HeldFolder.open(folder);
  for await (const { path, kind } of walkFolder(root, rules, signal)) {
    // Its own repository is never applied; git is not run in it again.
    if (path.toLowerCase() === ".git" || baseline.files.has(path) || baseline.links.has(path)) continue;
    if (kind === "file") yield path;
    else if (kind === "repository")
      throw new RefusedPath(path, `"${path}" would make a folder a repository, and that is not applied.`);
    else if (kind === "link") throw new RefusedPath(path, `"${path}" is a link, and links are not applied.`);
    else throw new RefusedPath(path, `"${path}" is no ordinary file, and only files are applied.`);
  }
}

async function checkLink(folder: string, path: string, leadsTo: string): Promise<void> {
  const names = path.split("/");
  const name = names.at(-1) ?? "";
  await using held = await holdParent(folder, names, { make: false });
  const stats = held === null ? undefined : await lstat(held.at(name)).catch(() => undefined);
  const same = held !== null && stats?.isSymbolicLink() && (await readlink(held.at(name))) === leadsTo;
  if (!same) throw new RefusedPath(path, `"${path}" is a link and was changed, and links are not applied.`);
}

interface Found {
  readonly change: FileChange;
  readonly bytes: number;
}

async function changeOf(path: string, options: FoundChangesOptions): Promise<Found | null> {
  const { folder, baseline, ciAllowed, blobs } = options;
  const old = baseline.files.get(path);
  const names = path.split("/");
  const name = names.at(-1) ?? "";
  await using held = await holdParent(folder, names, { make: false });
  if (held !== null && old !== undefined && (await isSameLarge(held, name, old))) return null;
  const file = held === null ? null : await readHeldFile(held, name, { path, limitBytes: changeLimits.fileBytes });
  if (file === null && old === undefined) return null;
  const newHash = file === null ? null : hashOf(file.bytes);
  const newExecutable = file !== null && isExecutable(file.stats);
  if (old !== undefined && old.hash === newHash && old.executable === newExecutable) return null;
  if (file !== null && file.stats.nlink > 1n)
    throw new RefusedPath(path, `"${path}" has another name somewhere else, and only files of their own are applied.`);
  confinedNames(folder, path);
  const denied = whyDenied(path, ciAllowed);
  if (denied !== null) throw new RefusedPath(path, denied);
  if (old !== undefined && old.offset === null)
    throw new RefusedPath(
      path,
      `"${path}" is larger than ${sizeInWords(changeLimits.fileBytes)} and was changed or deleted. Change it yourself.`,
    );
  const before = old === undefined ? null : await baseline.read(path);
  const after = file?.bytes ?? null;
  if (after !== null) blobs.put(after);
  const change: FileChange = {
    path,
    kind: before === null ? "add" : after === null ? "delete" : "change",
    oldHash: before === null ? null : blobs.put(before),
    newHash,
    oldExecutable: old?.executable ?? false,
    newExecutable,
    ...(await filePatch(path, before, after)),
  };
  return { change, bytes: (before?.length ?? 0) + (after?.length ?? 0) };
}

async function isSameLarge(held: HeldFolder, name: string, old: BaselineFile): Promise<boolean> {
  const stats = old.offset === null ? await statHeld(held, name) : null;
  if (stats === null || !stats.isFile() || stats.size !== BigInt(old.bytes)) return false;
  return isExecutable(stats) === old.executable && (await hashOfFile(held, name)) === old.hash;
}
