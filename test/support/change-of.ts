import type { Blobs, ChangeSet, FileChange } from "../../pipeline/handoff/change-set.ts";
import { changeSetOf } from "../../pipeline/handoff/workspace/content-hash.ts";
import { filePatch } from "../../pipeline/handoff/workspace/file-patch.ts";

/** A text file; null for none. */
export type Content = string | { readonly text: string; readonly executable: boolean } | null;

/** The change that makes the first content of every path the second one. */
export async function changeOf(
  blobs: Blobs,
  files: Readonly<Record<string, readonly [Content, Content]>>,
): Promise<ChangeSet> {
  const plain = (content: Content): { readonly bytes: Buffer | null; readonly executable: boolean } => {
    if (content === null) return { bytes: null, executable: false };
    return typeof content === "string"
      ? { bytes: Buffer.from(content), executable: false }
      : { bytes: Buffer.from(content.text), executable: content.executable };
  };
  const changes = Object.entries(files).map(async ([path, [from, to]]): Promise<FileChange> => {
    const [old, next] = [plain(from), plain(to)];
    return {
      path,
      kind: old.bytes === null ? "add" : next.bytes === null ? "delete" : "change",
      oldHash: old.bytes && blobs.put(old.bytes),
      newHash: next.bytes && blobs.put(next.bytes),
      oldExecutable: old.executable,
      newExecutable: next.executable,
      ...(await filePatch(path, old.bytes, next.bytes)),
    };
  });
  const change = changeSetOf(await Promise.all(changes));
  if (change === null) throw new Error("Nothing to change");
  return change;
}
