import type { BigIntStats } from "node:fs";
import { RefusedPath } from "../file-gate.ts";
import { hashOf } from "./content-hash.ts";
import { hashOfFile } from "./copied-files.ts";
import { isExecutable, readHeldFile, statHeld } from "./held-file.ts";
import { type HeldFolder, holdParent } from "./held-folder.ts";

/** What lies under a path of the workspace at this moment. */
export type FileNow =
  | { readonly type: "none" }
  | { readonly type: "file"; readonly hash: string; readonly stats: BigIntStats }
  /** A link, a folder, or something else that no change is for; the sentence says what. */
  | { readonly type: "unusable"; readonly why: string };

export async function lookAt(root: string, path: string): Promise<FileNow> {
  const names = path.split("/");
  const name = names.at(-1) ?? "";
  try {
    await using folder = await holdParent(root, names, { make: false });
    const stats = folder === null ? null : await statHeld(folder, name);
    if (folder === null || stats === null) return { type: "none" };
    if (stats.isFile() && stats.size > 10_000_000n)
      return { type: "file", hash: await hashOfFile(folder, name), stats };
    const file = await readHeldFile(folder, name, { path, limitBytes: 10_000_000 });
    return file === null ? { type: "none" } : { type: "file", hash: hashOf(file.bytes), stats: file.stats };
  } catch (error) {
    if (error instanceof RefusedPath) return { type: "unusable", why: error.message };
    throw error;
  }
}

/** @param hash SHA-256 in hex; null for no file */
export function isAs(now: FileNow, hash: string | null, executable: boolean): boolean {
  if (now.type !== "file") return now.type === "none" && hash === null;
  return now.hash === hash && isExecutable(now.stats) === executable;
}

/** Whether nobody has touched it since it was looked at. */
export async function stillAs(folder: HeldFolder, name: string, seen: FileNow): Promise<boolean> {
  const now = await statHeld(folder, name);
  if (seen.type !== "file") return seen.type === "none" && now === null;
  const { dev, ino, size, mode, mtimeNs, ctimeNs } = seen.stats;
  if (now === null || now.dev !== dev || now.ino !== ino || now.size !== size || now.mode !== mode) return false;
  return now.mtimeNs === mtimeNs && now.ctimeNs === ctimeNs;
}
