import { chmod, lstat, mkdir, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { git } from "./git.ts";

const markSchema = z.object({ workspace: z.string(), worktree: z.boolean(), pid: z.number().int() });
type Mark = z.output<typeof markSchema>;

/** Copies that this process works with. */
const living = new Set<string>();

/** The folder for all copies, by its real path; others may not look into it. */
export async function copiesFolder(home: string): Promise<string> {
  const folder = join(home, "copies");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return await realpath(folder);
}

/** Where in a place the copy lies; it is called like the workspace. */
export function workFolder(place: string, workspace: string): string {
  return join(place, "work", basename(workspace) || "workspace");
}

/** Makes the place of a copy, with a note of what is to be taken away with it. */
export async function markCopy(place: string, mark: Omit<Mark, "pid">): Promise<void> {
  await mkdir(join(place, "work"), { recursive: true, mode: 0o700 });
  living.add(place);
  await writeFile(join(place, "copy.json"), JSON.stringify({ ...mark, pid: process.pid } satisfies Mark));
}

/** Takes a copy away, and its entry in the user's repository. */
export async function removeCopy(place: string): Promise<void> {
  const mark = await readMark(place);
  const folder = workFolder(place, mark?.workspace ?? "");
  await removeFolder(folder);
  if (mark?.worktree) {
    // The folder is gone already: git is not to look into what an agent has left there, only to forget it.
    const call = { cwd: mark.workspace, signal: new AbortController().signal };
    await git(["worktree", "remove", "--force", "--force", folder], call).catch(() => undefined);
  }
  await removeFolder(place);
  living.delete(place);
}

/**
 * Takes away the copies that a crash has left, when Sotto starts.
 * @returns how many there were
 */
export async function removeLeftOverCopies(home: string): Promise<number> {
  const copies = await copiesFolder(home);
  let removed = 0;
  for (const name of await readdir(copies)) {
    const place = join(copies, name);
    if (living.has(place)) continue;
    const pid = (await readMark(place))?.pid;
    if (pid !== undefined && pid !== process.pid && isRunning(pid)) continue;
    await removeCopy(place);
    removed += 1;
  }
  return removed;
}

async function readMark(place: string): Promise<Mark | undefined> {
  try {
    return markSchema.parse(JSON.parse(await readFile(join(place, "copy.json"), "utf8")));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    // Somebody took the right to look into a folder, or to change it, away from us.
    await openUp(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function openUp(folder: string): Promise<void> {
  const stats = await lstat(folder).catch(() => undefined);
  if (!stats?.isDirectory()) return;
  await chmod(folder, 0o700);
  for (const name of await readdir(folder)) await openUp(join(folder, name));
}
