import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve, sep } from "node:path";

/**
 * Whether a path that an agent names lies in its folder, links followed, and not in a repository's own files. Only for answering
 * an agent that asks: what it wrote is looked at again when it has ended.
 * @param folder absolute real path
 */
export async function isInsideCopy(folder: string, path: string): Promise<boolean> {
  if (path.includes("\0")) return false;
  const wanted = isAbsolute(path) ? resolve(path) : resolve(folder, path);
  const real = await realTarget(wanted);
  if (real === null) return false;
  if (real !== folder && !real.startsWith(folder + sep)) return false;
  const inner = real.slice(folder.length + 1).split(sep);
  return !inner.some((part) => part.normalize("NFKC").toLowerCase() === ".git");
}

/** The path with every link in it followed; null when a link leads to nothing. */
async function realTarget(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch {
    try {
      await lstat(path);
      // It is there and leads nowhere: a dangling link, or a place that may not be looked at.
      return null;
    } catch {
      const parent = dirname(path);
      if (parent === path) return null;
      const realParent = await realTarget(parent);
      return realParent === null ? null : join(realParent, basename(path));
    }
  }
}
