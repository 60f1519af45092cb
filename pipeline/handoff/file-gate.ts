/** Where an agent works: a copy of the workspace. Every path is checked; what may not be seen or changed is refused with a sentence. */
export interface FileGate {
  /** Absolute real path of the copy. */
  readonly folder: string;
  /** Paths relative to `folder`, sorted; ignored, secret and binary files are left out. */
  list(signal: AbortSignal): Promise<readonly string[]>;
  /**
   * A text file, or `lines` of it from the 1-based line `fromLine`.
   * @param path absolute, or relative to `folder`
   * @throws RefusedPath, with a sentence for the agent: outside, not there, secret, binary, too large.
   */
  read(path: string, range?: { readonly fromLine: number; readonly lines: number }): Promise<string>;
  /** @throws RefusedPath: outside, through a link, denied, too large, too many files. */
  write(path: string, text: string): Promise<void>;
  /** Lines that hold `text`, ignoring case. */
  search(text: string, signal: AbortSignal): Promise<readonly FoundLine[]>;
}

export interface FoundLine {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/** Why a path is not read or written; its message is a sentence that an agent or a user can act on. */
export class RefusedPath extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = "RefusedPath";
    this.path = path;
  }
}
