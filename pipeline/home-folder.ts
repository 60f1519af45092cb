import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes the folder in which Sotto keeps its token, its jobs and what it has learnt of models, closed to other users. One that is there
 * already keeps its rights.
 * @throws Error of one line that says what to do, when nothing can be kept there
 */
export async function openHome(home: string): Promise<void> {
  try {
    await makeFolder(home);
    await access(home, constants.W_OK);
  } catch (cause) {
    throw new Error(`Sotto cannot keep anything in ${home}: ${reason(cause)}. Name another folder in SOTTO_HOME.`, {
      cause,
    });
  }
}

/** Not by `recursive`: Node tries for ever where a folder is that takes no other, such as /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 }).catch((second: unknown) => {
      // Somebody else may have made it meanwhile.
      if (codeOf(second) !== "EEXIST") throw second;
    });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch (codeOf(error)) {
    case "EEXIST":
    case "ENOTDIR":
      return "that is a file, or lies below one";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "it may not be written";
    case "ENOENT":
      return "no folder can be made there";
    default:
      return error.message;
  }
}
