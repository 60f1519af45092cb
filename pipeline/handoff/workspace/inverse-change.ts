import type { ChangeSet, FileChange } from "../change-set.ts";
import { changeHash } from "./content-hash.ts";
import { reversedPatch } from "./file-patch.ts";

/** The change that takes this one back. */
export function inverse({ files }: ChangeSet): ChangeSet {
  const back = files.map(inverseFile);
  return { files: back, hash: changeHash(back) };
}

export function inverseFile(file: FileChange): FileChange {
  return {
    path: file.path,
    kind: file.kind === "add" ? "delete" : file.kind === "delete" ? "add" : "change",
    oldHash: file.newHash,
    newHash: file.oldHash,
    oldExecutable: file.newExecutable,
    newExecutable: file.oldExecutable,
    addedLines: file.removedLines,
    removedLines: file.addedLines,
    patch: reversedPatch(file.patch),
  };
}
