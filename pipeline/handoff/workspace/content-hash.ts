import { createHash } from "node:crypto";
import type { ChangeSet, FileChange } from "../change-set.ts";

/** SHA-256 in hex. */
export function hashOf(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A change set of these files; null when there are none. */
export function changeSetOf(files: readonly FileChange[]): ChangeSet | null {
  if (files.length === 0) return null;
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, hash: changeHash(sorted) };
}

/** Over all that decides what is applied: paths, hashes and modes. The patch follows from these. */
export function changeHash(files: readonly FileChange[]): string {
  const facts = files.map((file) => [
    file.path,
    file.kind,
    file.oldHash,
    file.newHash,
    file.oldExecutable,
    file.newExecutable,
  ]);
  return hashOf(JSON.stringify(facts));
}
