import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import type { NamedFile } from "./proposed-file.ts";

/** What reads a program without running it; the file comes last. */
const readers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  ".py": ["python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())"],
  ".js": [process.execPath, "--check"],
  ".sh": ["bash", "-n"],
  ".json": [process.execPath, "-e", "JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))"],
};

/** Whether what would run a file can read it; true for texts that nothing runs. */
export async function parses({ path, content }: NamedFile): Promise<boolean> {
  const reader = readers[extname(path)];
  if (reader === undefined) return content.trim() !== "";
  const folder = await mkdtemp(join(tmpdir(), "sotto-parse-"));
  const file = join(folder, basename(path));
  await writeFile(file, content);
  const [command, ...args] = reader;
  const failed = await new Promise<boolean>((resolve) => {
    execFile(command, [...args, file], (error) => resolve(error !== null));
  });
  await rm(folder, { recursive: true });
  return !failed;
}
