import { lstat } from "node:fs/promises";
import { join, normalize, sep } from "node:path";

const mostFiles = 20;
const written =
  /(?<![\p{L}\p{N}_./-])(?:[\p{L}\p{N}_.-]+\/)*[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.[A-Za-z][A-Za-z0-9]{0,9}(?![\p{L}\p{N}_/])/gu;

/** Files that a task names, "src/parser.ts", as far as they are there; relative to the workspace. */
export async function namedFiles(task: string, workspace: string): Promise<readonly string[]> {
  const names = [...new Set((task.match(written) ?? []).map((name) => normalize(name)))]
    .filter((name) => !name.startsWith("..") && !name.startsWith(sep))
    .slice(0, mostFiles);
  const there = await Promise.all(
    names.map((name) =>
      lstat(join(workspace, name)).then(
        (stats) => stats.isFile(),
        () => false,
      ),
    ),
  );
  return names.filter((_, index) => there[index]);
}
