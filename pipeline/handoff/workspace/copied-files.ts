import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, open, readlink, symlink, writeFile } from "node:fs/promises";
import { posix } from "node:path";
import { type Baseline, stampOf } from "./baseline.ts";
import { changeLimits } from "./change-limits.ts";
import { isExecutable, readHeldFile, statHeld } from "./held-file.ts";
import { type HeldFolder, holdParent } from "./held-folder.ts";
import { heldPaths } from "./held-paths.ts";
import { nullIfRefused } from "./refusal.ts";

/** So many files are copied at the same time. */
const atOnce = 8;

/**
 * Copies files with the links among them, and notes in `baseline` what they were. What is gone meanwhile, and what is neither a file
 * nor a link, is left out; so is a link that leads out of the folder.
 * @param paths relative, sorted
 */
export async function copyFiles(
  from: string,
  to: string,
  paths: readonly string[],
  baseline: Baseline,
  signal: AbortSignal,
): Promise<void> {
  for await (const { folder: source, files } of heldPaths(from, paths, "skip", signal)) {
    const [first] = files;
    if (source === null || first === undefined) continue;
    await using target = await holdParent(to, first.path.split("/"), { make: true });
    if (target === null) continue;
    for (let index = 0; index < files.length; index += atOnce) {
      const part = files.slice(index, index + atOnce);
      // The folders stay open until the last one is done, also when one fails.
      const copies = await Promise.allSettled(
        part.map(({ name, path }) => copyOne(source, target, name, path, baseline)),
      );
      for (const copy of copies) if (copy.status === "rejected") throw copy.reason;
    }
  }
}

async function copyOne(
  source: HeldFolder,
  target: HeldFolder,
  name: string,
  path: string,
  baseline: Baseline,
): Promise<void> {
  const stats = await statHeld(source, name);
  if (stats?.isSymbolicLink()) return copyLink(source, target, name, path, baseline);
  if (stats === null || !stats.isFile()) return;
  if (stats.size > changeLimits.fileBytes) return copyLarge(source, target, name, path, baseline);
  const file = await readHeldFile(source, name, { path, limitBytes: changeLimits.fileBytes }).catch(nullIfRefused);
  if (file === null) return;
  await writeFile(target.at(name), file.bytes, { flag: "wx" });
  const executable = isExecutable(file.stats);
  if (executable) await chmod(target.at(name), 0o755);
  const written = await statHeld(target, name);
  if (written !== null) await baseline.add(path, file.bytes, { executable, stamp: stampOf(written) });
}

async function copyLink(
  source: HeldFolder,
  target: HeldFolder,
  name: string,
  path: string,
  baseline: Baseline,
): Promise<void> {
  const leadsTo = await readlink(source.at(name));
  const end = posix.normalize(posix.join(posix.dirname(path), leadsTo));
  if (leadsTo.startsWith("/") || end === ".." || end.startsWith("../") || end.split("/")[0] === ".git") return;
  await symlink(leadsTo, target.at(name));
  baseline.links.set(path, leadsTo);
}

/** Copied by the system, which on many file systems takes no time and no room; it cannot be changed, so its bytes are not kept. */
async function copyLarge(
  source: HeldFolder,
  target: HeldFolder,
  name: string,
  path: string,
  baseline: Baseline,
): Promise<void> {
  await copyFile(source.at(name), target.at(name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const stats = await statHeld(target, name);
  if (stats === null) return;
  const hash = await hashOfFile(target, name);
  const [executable, bytes] = [isExecutable(stats), Number(stats.size)];
  baseline.addLarge(path, { hash, executable, bytes, stamp: stampOf(stats), offset: null });
}

/** SHA-256 in hex, whatever the size. */
export async function hashOfFile(folder: HeldFolder, name: string): Promise<string> {
  const hash = createHash("sha256");
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using handle = await open(folder.at(name), flags);
  const buffer = Buffer.alloc(1 << 18);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
  }
  return hash.digest("hex");
}
