import { access, constants, mkdir } from "node:fs/promises";

/**
 * Makes the folder in which Sotto keeps its token, its jobs and what it has learnt of models, closed to other users. One that is there
 * already keeps its rights.
 * @throws Error of one line that says what to do, when nothing can be kept there
 */
export async function openHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await access(home, constants.W_OK);
  } catch (cause) {
    throw new Error(`Sotto cannot keep anything in ${home}: ${reason(cause)}. Name another folder in SOTTO_HOME.`, {
      cause,
    });
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error)) return error.message;
  if (error.code === "EEXIST" || error.code === "ENOTDIR") return "that is a file, or lies below one";
  return error.code === "EACCES" || error.code === "EPERM" ? "it may not be written" : error.message;
}
