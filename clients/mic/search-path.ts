import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** @returns the absolute path of a program on PATH; undefined when there is none */
export function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const endings = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (isProgram(path)) return path;
    }
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
