import { RefusedPath } from "../file-gate.ts";
import { readHeldFile } from "./held-file.ts";
import { type HeldFolder, holdParent } from "./held-folder.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { nullIfRefused } from "./refusal.ts";

/** Something in a walked folder; `folder` is held open until the next one is asked for. */
export interface WalkedEntry {
  /** Relative to where the walk began. */
  readonly path: string;
  readonly name: string;
  readonly folder: HeldFolder;
  /** "repository" is a ".git", whatever it is; it is not walked into. "other": a pipe, a device, a socket. */
  readonly kind: "file" | "link" | "repository" | "other";
}

const gitignoreLimitBytes = 256_000;
const deepest = 64;

/** All that is not ignored, sorted within each folder. Links are told of and never followed. */
export async function* walkFolder(
  folder: HeldFolder,
  rules: IgnoreRules,
  signal: AbortSignal,
  at = "",
): AsyncGenerator<WalkedEntry> {
  signal.throwIfAborted();
  const inner = await withOwnRules(folder, rules, at);
  const prefix = at === "" ? "" : `${at}/`;
  if (prefix.split("/").length > deepest) throw new RefusedPath(at, `"${at}" lies too deep. Use fewer folders.`);
  for (const { name, kind } of await folder.entries()) {
    const path = prefix + name;
    if (name.toLowerCase() === ".git") {
      yield { path, name, folder, kind: "repository" };
      continue;
    }
    if (inner.ignores(path, { folder: kind === "folder" })) continue;
    if (kind !== "folder") {
      yield { path, name, folder, kind };
      continue;
    }
    // Gone, swapped for a link or closed to us since it was listed: nothing to walk.
    const held = await folder.inner(name, path).catch(nullIfRefused);
    if (held === null) continue;
    await using next = held;
    yield* walkFolder(next, inner, signal, path);
  }
}

/**
 * Whether a walk would leave a file out, be it there or not.
 * @param names as from `confinedNames`
 */
export async function isLeftOut(root: string, rules: IgnoreRules, names: readonly string[]): Promise<boolean> {
  let inner = rules;
  for (let depth = 0; depth < names.length; depth += 1) {
    const around = names.slice(0, depth);
    await using folder = await holdParent(root, [...around, ""], { make: false });
    if (folder !== null) inner = await withOwnRules(folder, inner, around.join("/"));
    if (inner.ignores(names.slice(0, depth + 1).join("/"), { folder: depth < names.length - 1 })) return true;
  }
  return false;
}

async function withOwnRules(folder: HeldFolder, rules: IgnoreRules, at: string): Promise<IgnoreRules> {
  const options = { path: ".gitignore", limitBytes: gitignoreLimitBytes };
  const file = await readHeldFile(folder, ".gitignore", options).catch(nullIfRefused);
  return file === null ? rules : rules.with(at, Buffer.from(file.bytes).toString("utf8"));
}
