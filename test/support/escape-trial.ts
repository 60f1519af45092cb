import { constants, readFileSync, writeFileSync } from "node:fs";
import { lstat, open, readFile, realpath, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { FileChange } from "../../pipeline/handoff/change-set.ts";
import { RefusedPath } from "../../pipeline/handoff/file-gate.ts";
import { applyChange } from "../../pipeline/handoff/workspace/apply-change.ts";
import { Baseline } from "../../pipeline/handoff/workspace/baseline.ts";
import { ConfinedFiles } from "../../pipeline/handoff/workspace/confined-files.ts";
import { confinedNames } from "../../pipeline/handoff/workspace/confined-path.ts";
import { changeHash } from "../../pipeline/handoff/workspace/content-hash.ts";
import { copyFiles } from "../../pipeline/handoff/workspace/copied-files.ts";
import { isSecret } from "../../pipeline/handoff/workspace/denied-path.ts";
import { foundChanges } from "../../pipeline/handoff/workspace/found-changes.ts";
import { holdParent, type Reach } from "../../pipeline/handoff/workspace/held-folder.ts";
import { IgnoreRules } from "../../pipeline/handoff/workspace/ignore-rules.ts";
import { canary, corpusFiles, type EscapeCase } from "./escape-corpus.ts";
import { MemoryBlobs, snapshotOf, TrialWorkspace } from "./trial-workspace.ts";

interface Gate {
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
}

const { signal } = new AbortController();
const written = "written by an agent\n";

export function gateOf(folder: string, reach?: Reach): ConfinedFiles {
  const options = { ciAllowed: [], rules: IgnoreRules.usual() };
  return new ConfinedFiles(folder, reach === undefined ? options : { ...options, reach });
}

/** What gets through of a way out; empty when it is tight, as of all that follow. */
export async function readLeaks(way: EscapeCase, gateFor: (folder: string) => Gate): Promise<readonly string[]> {
  const { trial, path } = trialOf(way);
  using held = trial;
  const text = await gateFor(held.root).read(path).catch(reasonUnlessRefused);
  return text === null || way.harmless?.includes("read") ? [] : [`read: ${text.slice(0, 80)}`];
}

export async function writeLeaks(way: EscapeCase, gateFor: (folder: string) => Gate): Promise<readonly string[]> {
  const { trial, path } = trialOf(way);
  using held = trial;
  const before = guarded(held);
  const wrote = await gateFor(held.root)
    .write(path, written)
    .then(() => "written", reasonUnlessRefused);
  const leaks = wrote === null || way.harmless?.includes("write") ? [] : [wrote];
  return isDeepStrictEqual(guarded(held), before) ? leaks : [...leaks, "something forbidden was changed"];
}

export async function listLeaks(way: EscapeCase, reach?: Reach): Promise<readonly string[]> {
  const { trial, path } = trialOf(way);
  using held = trial;
  const gate = gateOf(held.root, reach);
  const listed = await gate.list(signal);
  const planted = way.plant !== undefined && !way.harmless?.includes("read");
  const wrong = listed.filter((name) => isSecret(name) || /\.git(\/|$)/i.test(name) || (planted && name === path));
  const found = await gate.search(canary, signal);
  return [...wrong, ...found.map((line) => line.path)];
}

/** Planted in a copy, it must be refused; what was not planted is nothing to find. */
export async function changeLeaks(way: EscapeCase): Promise<readonly string[]> {
  using original = new TrialWorkspace(corpusFiles);
  using copy = new TrialWorkspace();
  writeFileSync(join(copy.outside, "secret.txt"), canary);
  const paths = Object.keys(corpusFiles).filter((path) => !isSecret(path) && !path.startsWith(".git/"));
  await using baseline = await Baseline.create(join(copy.home, "pack"));
  await copyFiles(original.root, copy.root, paths, baseline, signal);
  copy.write(".git/HEAD", "");
  copy.write(".env", canary);
  const blobs = new MemoryBlobs();
  const options = { folder: copy.root, baseline, rules: IgnoreRules.usual(".env"), ciAllowed: [], blobs };
  if ((await foundChanges(options, signal)) !== null) return ["changed from the beginning"];
  way.plant?.(copy);
  const change = await foundChanges(options, signal).catch((error: unknown) => {
    if (error instanceof RefusedPath) return null;
    throw error;
  });
  return change === null ? [] : change.files.map((file) => file.path);
}

export async function applyLeaks(way: EscapeCase): Promise<readonly string[]> {
  const { trial, path } = trialOf(way);
  using held = trial;
  const blobs = new MemoryBlobs();
  const before = [guarded(held), snapshotOf(held.root)];
  const leaks: string[] = [];
  for (const [kind, old] of [
    ["add", null],
    ["change", corpusFiles["src/a.ts"] ?? ""],
    ["delete", corpusFiles["src/a.ts"] ?? ""],
    ["change", canary],
    ["delete", canary],
  ] as const) {
    // What the user has there may be changed when it is what the diff was made of.
    if (old !== null && way.harmless?.includes("write")) continue;
    const file: FileChange = {
      path,
      kind,
      oldHash: old === null ? null : blobs.put(Buffer.from(old)),
      newHash: kind === "delete" ? null : blobs.put(Buffer.from(written)),
      oldExecutable: false,
      newExecutable: false,
      addedLines: 1,
      removedLines: 0,
      patch: "",
    };
    const change = { files: [file], hash: changeHash([file]) };
    const end = await applyChange(change, { root: held.root, blobs, ciAllowed: [] }, signal).then(
      ({ outcome }) => (outcome === "conflict" ? null : outcome),
      reasonUnlessRefused,
    );
    if (end !== null) leaks.push(`${kind}: ${end}`);
  }
  return isDeepStrictEqual([guarded(held), snapshotOf(held.root)], before)
    ? leaks
    : [...leaks, "something was changed"];
}

function trialOf(way: EscapeCase): { readonly trial: TrialWorkspace; readonly path: string } {
  const trial = new TrialWorkspace(corpusFiles);
  writeFileSync(join(trial.outside, "secret.txt"), canary);
  writeFileSync(join(trial.folder, "project-2"), canary);
  way.plant?.(trial);
  const path = typeof way.path === "string" ? way.path : way.path(trial);
  stayInTrial(trial, path);
  return { trial, path };
}

const selfRoot = join("/proc", "self", "root");

/** Of the real machine only what nobody can harm: a gate that leaks must not leak onto it. */
function stayInTrial({ folder, root }: TrialWorkspace, path: string): void {
  const links = Object.entries(snapshotOf(root)).flatMap(([at, what]) =>
    what.startsWith("link ") ? [resolve(root, dirname(at), what.slice(5).replace(selfRoot, ""))] : [],
  );
  for (const end of [resolve(root, path), ...links]) {
    const harmless = ["/", "/dev/zero", "/proc/self/environ"].includes(end) || end.startsWith(`${folder}/`);
    if (!harmless && end !== folder) throw new Error(`A case leads to a real file: ${end}`);
  }
}

/** What must be the same afterwards: everything outside, and what nobody may change inside. */
function guarded({ outside, folder, root }: TrialWorkspace): unknown {
  const inside = Object.entries(snapshotOf(root)).filter(([path]) => /^\.git\/|^\.(env|npmrc)$|id_rsa/.test(path));
  return { outside: snapshotOf(outside), beside: readFileSync(join(folder, "project-2"), "utf8"), inside };
}

function reasonUnlessRefused(error: unknown): string | null {
  return error instanceof RefusedPath ? null : `${error}`;
}

interface WeakGate {
  readonly gate: (folder: string) => Gate;
  /** A case that it must fail. */
  readonly failsAt: string;
}

const refuse = (path: string): never => {
  throw new RefusedPath(path, "outside");
};

const byPath =
  (checked: (folder: string, path: string) => Promise<string>) =>
  (folder: string): Gate => ({
    read: async (path) => readFile(await checked(folder, path), "utf8"),
    write: async (path, text) => writeFile(await checked(folder, path), text),
  });

/** Gates as they have been built elsewhere, to see that the corpus catches them. */
export const weakGates: Readonly<Record<string, WeakGate>> = {
  "compares the words of the path": {
    gate: byPath(async (folder, path) => {
      const full = resolve(folder, path);
      return full.startsWith(folder + sep) ? full : refuse(path);
    }),
    failsAt: "link to a file outside",
  },
  "compares real paths, and that of the folder for what does not exist": {
    gate: byPath(async (folder, path) => {
      const full = resolve(folder, path);
      const parent = async (): Promise<string> => join(await realpath(dirname(full)).catch(() => refuse(path)), "x");
      const real = await realpath(full).catch(parent);
      return real.startsWith(folder + sep) ? full : refuse(path);
    }),
    failsAt: "dangling link outside",
  },
  "refuses a link at the end, and follows those on the way": {
    gate: byPath(async (folder, path) => {
      const full = resolve(folder, path);
      const stats = await lstat(full).catch(() => undefined);
      return stats?.isSymbolicLink() || !full.startsWith(folder + sep) ? refuse(path) : full;
    }),
    failsAt: "folder that is a link",
  },
  "writes in place": {
    gate: (folder) => ({
      read: (path) => gateOf(folder).read(path),
      write: async (path, text) => {
        const names = confinedNames(folder, path);
        await using parent = await holdParent(folder, names, { make: true });
        const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
        await using file = await open(parent?.at(names.at(-1) ?? "") ?? refuse(path), flags);
        await file.writeFile(text);
      },
    }),
    failsAt: "hard link to a file outside",
  },
};
