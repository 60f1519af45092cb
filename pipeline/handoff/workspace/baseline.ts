import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { hashOf } from "./content-hash.ts";

/** A file as it was when the copy was made. */
export interface BaselineFile {
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly executable: boolean;
  readonly bytes: number;
  /** Of the copy as it was written; as long as it is the same, so are the bytes. */
  readonly stamp: FileStamp;
  /** Where its bytes lie in the pack; null when it is too large to be changed. */
  readonly offset: number | null;
}

/** The same as long as nobody has touched a file. */
export interface FileStamp {
  readonly identity: string;
  readonly changedNs: bigint;
}

export function stampOf(stats: BigIntStats): FileStamp {
  return { identity: `${stats.dev} ${stats.ino} ${stats.size} ${stats.mode}`, changedNs: stats.ctimeNs };
}

// Some systems count time in steps of 10 ms; what was touched in the same step as it was copied looks untouched.
const coarseNs = 20_000_000n;

/** What was in a workspace when the copy of it was made, with the bytes of every file small enough to be changed. */
export class Baseline implements AsyncDisposable {
  readonly #files = new Map<string, BaselineFile>();
  /** Path of a link → where it leads to. */
  readonly links = new Map<string, string>();
  readonly #pack: FileHandle;
  #endOffset = 0;
  #newestNs = 0n;

  private constructor(pack: FileHandle) {
    this.#pack = pack;
  }

  /** @param pack where to keep the bytes; a file that is not there yet */
  static async create(pack: string): Promise<Baseline> {
    return new Baseline(await open(pack, "wx+", 0o600));
  }

  get files(): ReadonlyMap<string, BaselineFile> {
    return this.#files;
  }

  /** Whether a file of the copy is what it was, for certain; false when its bytes have to be looked at. */
  isUntouched(path: string, stats: BigIntStats): boolean {
    const stamp = this.#files.get(path)?.stamp;
    const now = stampOf(stats);
    if (stamp?.identity !== now.identity || stamp.changedNs !== now.changedNs) return false;
    return now.changedNs < this.#newestNs - coarseNs;
  }

  /** Keeps the bytes of a file. */
  async add(path: string, bytes: Uint8Array, facts: Pick<BaselineFile, "executable" | "stamp">): Promise<void> {
    const offset = this.#endOffset;
    this.#endOffset += bytes.length;
    this.#note(path, { ...facts, hash: hashOf(bytes), bytes: bytes.length, offset });
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.#pack.write(bytes, written, bytes.length - written, offset + written);
      written += bytesWritten;
    }
  }

  addLarge(path: string, file: BaselineFile & { readonly offset: null }): void {
    this.#note(path, file);
  }

  /** @throws Error when the file was too large to be kept, or its bytes are no longer what they were */
  async read(path: string): Promise<Uint8Array> {
    const file = this.#files.get(path);
    if (file === undefined || file.offset === null) throw new Error(`The bytes of "${path}" were not kept.`);
    const bytes = Buffer.alloc(file.bytes);
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await this.#pack.read(bytes, filled, bytes.length - filled, file.offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    if (hashOf(bytes) !== file.hash) throw new Error(`The kept bytes of "${path}" were changed by somebody else.`);
    return bytes;
  }

  #note(path: string, file: BaselineFile): void {
    this.#files.set(path, file);
    if (file.stamp.changedNs > this.#newestNs) this.#newestNs = file.stamp.changedNs;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pack.close();
  }
}
