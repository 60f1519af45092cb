import { statfs } from "node:fs/promises";
import { sizeInWords, statHeld } from "./held-file.ts";
import { heldPaths } from "./held-paths.ts";

/** How large a workspace may be. */
export interface CopyLimits {
  readonly files: number;
  readonly bytes: number;
}

export const usualCopyLimits: CopyLimits = { files: 20_000, bytes: 500_000_000 };

/** Left free on the disk, whatever is copied. */
const spareBytes = 200_000_000;

/** Free bytes on the disk that a folder lies on. */
export async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Why these files cannot be copied, in a sentence for the user; null when they can.
 * @param paths relative to `workspace`
 */
export async function whyNoRoom(
  workspace: string,
  paths: readonly string[],
  { limits, freeBytes }: { readonly limits: CopyLimits; readonly freeBytes: number },
  signal: AbortSignal,
): Promise<string | null> {
  const smaller = "Add what need not be seen to .gitignore, or allow a smaller folder.";
  if (paths.length > limits.files)
    return `The folder holds ${paths.length} files, and more than ${limits.files} cannot be worked on. ${smaller}`;
  const bytes = await totalBytes(workspace, paths, signal);
  if (bytes > limits.bytes)
    return `The folder holds ${sizeInWords(bytes)}, and more than ${sizeInWords(limits.bytes)} cannot be worked on. ${smaller}`;
  // Its bytes are kept twice: once to work on, once to compare with.
  const neededBytes = 2 * bytes + spareBytes;
  if (freeBytes >= neededBytes) return null;
  return `There is not enough room on the disk: ${sizeInWords(neededBytes)} are needed and ${sizeInWords(freeBytes)} are free. Make room, and ask again.`;
}

async function totalBytes(workspace: string, paths: readonly string[], signal: AbortSignal): Promise<number> {
  let bytes = 0;
  for await (const { folder, files } of heldPaths(workspace, paths, "skip", signal)) {
    if (folder === null) continue;
    for (const { name } of files) {
      const stats = await statHeld(folder, name);
      if (stats?.isFile()) bytes += Number(stats.size);
    }
  }
  return bytes;
}
