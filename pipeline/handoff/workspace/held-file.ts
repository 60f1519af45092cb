import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { RefusedPath } from "../file-gate.ts";
import { isErrno } from "./errno.ts";
import type { HeldFolder } from "./held-folder.ts";

export interface HeldFile {
  readonly bytes: Uint8Array;
  readonly stats: BigIntStats;
}

const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const writeFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * The bytes of an ordinary file in a held folder.
 * @param path what it is called in a sentence
 * @returns null when there is none
 * @throws RefusedPath when it is a link, no file, too large, or cannot be opened
 */
export async function readHeldFile(
  folder: HeldFolder,
  name: string,
  { path, limitBytes }: { readonly path: string; readonly limitBytes: number },
): Promise<HeldFile | null> {
  const before = await statHeld(folder, name);
  if (before === null) return null;
  refuseUnlessFile(before, path);
  let handle: FileHandle;
  try {
    handle = await open(folder.at(name), readFlags);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw new RefusedPath(path, `"${path}" cannot be opened. Choose another file.`);
  }
  await using held = handle;
  const stats = await held.stat({ bigint: true });
  refuseUnlessFile(stats, path);
  const tooLarge = (): RefusedPath =>
    new RefusedPath(path, `"${path}" is larger than ${sizeInWords(limitBytes)}. Work with smaller files.`);
  if (stats.size > limitBytes) throw tooLarge();
  const buffer = Buffer.alloc(Number(stats.size) + 1);
  let filled = 0;
  for (;;) {
    const { bytesRead } = await held.read(buffer, filled, buffer.length - filled, filled);
    filled += bytesRead;
    if (bytesRead === 0) return { bytes: buffer.subarray(0, filled), stats };
    if (filled === buffer.length) throw new RefusedPath(path, `"${path}" is being written at this moment. Try again.`);
  }
}

/** What lies under a name, links not followed; null when nothing does. */
export async function statHeld(folder: HeldFolder, name: string): Promise<BigIntStats | null> {
  try {
    return await lstat(folder.at(name), { bigint: true });
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}

/**
 * Writes a file that is not there yet, down to the disk.
 * @param mode permission bits; null takes the usual ones for a new file
 * @throws Error of the system, such as EEXIST or ENOSPC
 */
export async function writeNewFile(
  folder: HeldFolder,
  name: string,
  bytes: Uint8Array,
  { executable, mode, owner }: NewFile,
): Promise<void> {
  await using handle = await open(folder.at(name), writeFlags, executable ? 0o777 : 0o666);
  await handle.writeFile(bytes);
  if (owner !== null) await handle.chown(owner.uid, owner.gid).catch(() => undefined);
  if (mode !== null) await handle.chmod(mode);
  await handle.sync();
}

export interface NewFile {
  readonly executable: boolean;
  readonly mode: number | null;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/** How the file that takes the place of `old` is to be made; executable or not as wanted, everything else as it was. */
export function likeFile(old: BigIntStats | null, executable: boolean): NewFile {
  if (old === null) return { executable, mode: null, owner: null };
  const bits = Number(old.mode & 0o777n);
  const readers = (bits & 0o444) >> 2;
  const mode = executable === isExecutable(old) ? bits : executable ? bits | readers : bits & ~0o111;
  return { executable, mode, owner: { uid: Number(old.uid), gid: Number(old.gid) } };
}

export function isExecutable(stats: BigIntStats): boolean {
  return (stats.mode & 0o100n) !== 0n;
}

export function sizeInWords(bytes: number): string {
  return bytes >= 1_000_000 ? `${Math.round(bytes / 100_000) / 10} MB` : `${Math.max(1, Math.round(bytes / 1_000))} KB`;
}

function refuseUnlessFile(stats: BigIntStats, path: string): void {
  if (stats.isSymbolicLink()) throw new RefusedPath(path, `"${path}" is a link. Use the path that it leads to.`);
  if (stats.isDirectory()) throw new RefusedPath(path, `"${path}" is a folder. Name a file in it.`);
  if (!stats.isFile()) throw new RefusedPath(path, `"${path}" is no ordinary file. Choose another one.`);
}
