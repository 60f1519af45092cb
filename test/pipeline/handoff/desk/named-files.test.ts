import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { namedFiles } from "../../../../pipeline/handoff/desk/named-files.ts";

let folder: string;
let workspace: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sotto-named-"));
  workspace = join(folder, "work");
  await mkdir(join(workspace, "src", "deep.er"), { recursive: true });
  await mkdir(join(workspace, "folder.d"));
  const names = ["a.py", "parser.test.ts", "src/parser.ts", "src/deep.er/x-y_z.json", "größe.md", "v2.0.txt"];
  for (const name of names) await writeFile(join(workspace, name), "");
  for (let n = 0; n < 30; n += 1) await writeFile(join(workspace, `many${n}.txt`), "");
  await writeFile(join(folder, "secret.txt"), "");
  await symlink(join(folder, "secret.txt"), join(workspace, "link.txt"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each<[string, readonly string[]]>([
  ["fix a.py", ["a.py"]],
  ["fix A.PY and a.py.", ["a.py"]],
  ["why does src/parser.ts fail?", ["src/parser.ts"]],
  ["look at parser.test.ts, then “src/deep.er/x-y_z.json”", ["parser.test.ts", "src/deep.er/x-y_z.json"]],
  ["./src/parser.ts and src/../a.py", ["src/parser.ts", "a.py"]],
  ["größe.md and v2.0.txt", ["größe.md", "v2.0.txt"]],
  ["a.py a.py ./a.py", ["a.py"]],
  ["none.py, e.g. 3.5, folder.d, xa.py", []],
  ["../secret.txt, src/../../secret.txt, link.txt", []],
  ["write\0a.py", ["a.py"]],
  ["", []],
])("%j names %j", async (task, files) => {
  expect(await namedFiles(task, workspace)).toEqual(files);
});

test("an absolute path is not one within the workspace", async () => {
  expect(await namedFiles(join(workspace, "a.py"), workspace)).toEqual([]);
});

test("no more than twenty are looked for", async () => {
  const task = Array.from({ length: 30 }, (_, n) => `many${n}.txt`).join(" ");
  expect(await namedFiles(task, workspace)).toHaveLength(20);
});

test("a task that is one long word is read at once", async () => {
  for (const piece of ["a.", "a/", "-.", "..", "a"])
    expect(await namedFiles(piece.repeat(2_000), workspace)).toEqual([]);
});
