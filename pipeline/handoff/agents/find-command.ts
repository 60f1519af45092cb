import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { searchFolders } from "./agent-environment.ts";

/**
 * The file of a command: an absolute path as it is, a bare name by the absolute folders of `path`. Null when there is none, or it
 * may not be executed. A relative path is never looked up: it would be one into the copy.
 */
export async function findCommand(command: string, path: string): Promise<string | null> {
  if (isAbsolute(command)) return (await isProgram(command)) ? command : null;
  if (command === "" || /[\\/]/.test(command)) return null;
  for (const folder of searchFolders(path)) {
    const file = join(folder, command);
    if (await isProgram(file)) return file;
  }
  return null;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
