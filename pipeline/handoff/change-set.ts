/** One file that a job changes, against the file as it was when the job began. */
export interface FileChange {
  /** Relative to the workspace, with "/" between folders. */
  readonly path: string;
  readonly kind: "add" | "change" | "delete";
  /** SHA-256 of the bytes before, in hex; null when there was no file. */
  readonly oldHash: string | null;
  /** SHA-256 of the bytes after, in hex; null when there is to be no file. */
  readonly newHash: string | null;
  /** Whether it may be executed, before and after; false for no file. */
  readonly oldExecutable: boolean;
  readonly newExecutable: boolean;
  readonly addedLines: number;
  readonly removedLines: number;
  /** The unified diff of this file, computed by us. */
  readonly patch: string;
}

/** All that a job wants changed. Its bytes lie in `Blobs`. */
export interface ChangeSet {
  /** Sorted by path; never empty. */
  readonly files: readonly FileChange[];
  /** SHA-256 of all that decides what is applied: paths, hashes and modes. */
  readonly hash: string;
}

/** Bytes of files, by their SHA-256 in hex. What was put is there after a restart. */
export interface Blobs {
  put(bytes: Uint8Array): string;
  /** @throws Error when it was never put. */
  get(hash: string): Uint8Array;
}
