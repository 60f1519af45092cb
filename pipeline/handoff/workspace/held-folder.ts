import { constants, existsSync } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { RefusedPath } from "../file-gate.ts";
import { isErrno } from "./errno.ts";

/** How a name in a held folder is reached: through the open folder itself, or by its path, looked at again after. */
export type Reach = "descriptor" | "path";

const usualReach: Reach = process.platform === "linux" && existsSync("/proc/self/fd") ? "descriptor" : "path";
const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A folder held open. Links are never followed on the way to it, and nothing that is swapped, moved or linked afterwards leads
 * anywhere else: on Linux every name is looked up in the open folder.
 */
export class HeldFolder implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #reach: Reach;

  private constructor(handle: FileHandle, path: string, reach: Reach) {
    this.#handle = handle;
    this.#path = path;
    this.#reach = reach;
  }

  /**
   * @param root absolute real path
   * @throws RefusedPath when it is not there any more
   */
  static async open(root: string, reach: Reach = usualReach): Promise<HeldFolder> {
    try {
      return new HeldFolder(await open(root, folderFlags), root, reach);
    } catch {
      throw new RefusedPath(".", "The folder itself cannot be opened. Look whether it was moved or deleted.");
    }
  }

  /** A path for system calls that act on `name` in this folder. */
  at(name: string): string {
    return join(this.#here, name);
  }

  /** What lies in it, sorted by name. */
  async entries(): Promise<readonly HeldEntry[]> {
    const entries = await readdir(this.#here, { withFileTypes: true });
    return entries
      .map((entry): HeldEntry => {
        const kind = entry.isFile()
          ? "file"
          : entry.isDirectory()
            ? "folder"
            : entry.isSymbolicLink()
              ? "link"
              : "other";
        return { name: entry.name, kind };
      })
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * @param path what it is called in a sentence
   * @returns null when there is none
   * @throws RefusedPath when it is a link or no folder
   */
  async inner(name: string, path: string): Promise<HeldFolder | null> {
    let handle: FileHandle;
    try {
      handle = await open(this.at(name), folderFlags);
    } catch (error) {
      if (isErrno(error, "ENOENT")) return null;
      const stats = await lstat(this.at(name)).catch(() => undefined);
      if (stats?.isSymbolicLink()) throw new RefusedPath(path, `"${path}" is a link. Use the path that it leads to.`);
      if (stats !== undefined && !stats.isDirectory())
        throw new RefusedPath(path, `"${path}" is a file, not a folder.`);
      throw new RefusedPath(path, `"${path}" cannot be opened. Choose another path.`);
    }
    const inner = new HeldFolder(handle, join(this.#path, name), this.#reach);
    if (await inner.#isWhereItWas().catch(() => false)) return inner;
    await handle.close();
    throw new RefusedPath(path, `"${path}" is not what it is called on the disk. Use its exact name.`);
  }

  /** Makes `name` where it is missing. */
  async make(name: string, path: string): Promise<HeldFolder> {
    try {
      await mkdir(this.at(name));
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error;
    }
    const made = await this.inner(name, path);
    if (made === null) throw new RefusedPath(path, `"${path}" was taken away at this moment. Try again.`);
    return made;
  }

  /** Brings the names in it to the disk. */
  async sync(): Promise<void> {
    // Some file systems know no such thing for folders.
    await this.#handle.sync().catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#handle.close();
  }

  get #here(): string {
    return this.#reach === "descriptor" ? `/proc/self/fd/${this.#handle.fd}` : this.#path;
  }

  async #isWhereItWas(): Promise<boolean> {
    if (this.#reach === "descriptor") return true;
    const [held, now, real] = await Promise.all([this.#handle.stat(), stat(this.#path), realpath(this.#path)]);
    return held.dev === now.dev && held.ino === now.ino && real === this.#path;
  }
}

export interface HeldEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

/**
 * The folder that the last of `names` lies in.
 * @param names as from `confinedNames`
 * @returns null when it does not exist and is not to be made
 * @throws RefusedPath when a link or a file is in the way
 */
export async function holdParent(
  root: string,
  names: readonly string[],
  { make, reach }: { readonly make: boolean; readonly reach?: Reach | undefined },
): Promise<HeldFolder | null> {
  let folder = await HeldFolder.open(root, reach);
  for (const [index, name] of names.slice(0, -1).entries()) {
    const path = names.slice(0, index + 1).join("/");
    await using outer = folder;
    const inner = await (make ? outer.make(name, path) : outer.inner(name, path));
    if (inner === null) return null;
    folder = inner;
  }
  return folder;
}
