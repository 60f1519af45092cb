import { type HeldFolder, holdParent } from "./held-folder.ts";
import { nullIfRefused } from "./refusal.ts";

/** Files of one folder, which is held open until the next ones are asked for. */
export interface HeldPaths {
  /** Null when it does not exist. */
  readonly folder: HeldFolder | null;
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

/**
 * Paths, folder by folder, so that each is opened once.
 * @throws RefusedPath when a link or a file is in the way to one; with "skip" such a folder counts as missing
 */
export async function* heldPaths(
  root: string,
  paths: Iterable<string>,
  refused: "skip" | "throw",
  signal: AbortSignal,
): AsyncGenerator<HeldPaths> {
  for (const [folder, files] of byFolder(paths)) {
    signal.throwIfAborted();
    const names = [...(folder === "" ? [] : folder.split("/")), ""];
    const opening = holdParent(root, names, { make: false });
    await using held = await (refused === "skip" ? opening.catch(nullIfRefused) : opening);
    yield { folder: held, files };
  }
}

function byFolder(paths: Iterable<string>): ReadonlyMap<string, readonly { name: string; path: string }[]> {
  const folders = new Map<string, { name: string; path: string }[]>();
  for (const path of paths) {
    const cut = path.lastIndexOf("/");
    const folder = cut < 0 ? "" : path.slice(0, cut);
    const files = folders.get(folder) ?? [];
    files.push({ name: path.slice(cut + 1), path });
    folders.set(folder, files);
  }
  return folders;
}
