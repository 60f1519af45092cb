/** Why jobs cannot be kept or read. */
export type JobStoreErrorCode =
  /** Another process changes them. */
  | "read-only"
  /** The disk, or the room for jobs, is full; nothing of the change was kept. */
  | "full"
  /** They were written by a newer Sotto. */
  | "newer"
  | "damaged"
  | "unwritable";

/** The message says what to do. */
export class JobStoreError extends Error {
  override readonly name = "JobStoreError";
  readonly code: JobStoreErrorCode;

  constructor(code: JobStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What SQLite says, as a sentence for the user. */
export function jobStoreError(error: unknown, path: string): JobStoreError {
  if (error instanceof JobStoreError) return error;
  const cause = { cause: error };
  // When a file cannot be opened, SQLite says no more than a number.
  const why = error instanceof Error && !error.message.startsWith("ConnectionFailed") ? error.message : "no access";
  const code = sqliteCode(error);
  if (code.startsWith("SQLITE_FULL")) {
    return new JobStoreError(
      "full",
      `There is no room left for jobs in ${path}. Free some space, then try again.`,
      cause,
    );
  }
  if (isDamage(error)) {
    return new JobStoreError("damaged", `The jobs in ${path} are damaged (${why}). Start Sotto again.`, cause);
  }
  return new JobStoreError("unwritable", `The jobs in ${path} cannot be kept (${why}). Check the folder.`, cause);
}

export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return (
    code.startsWith("SQLITE_NOTADB") ||
    code.startsWith("SQLITE_CORRUPT") ||
    (error instanceof JobStoreError && error.code === "damaged")
  );
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error).startsWith("SQLITE_BUSY");
}

function sqliteCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
