import { spawn } from "node:child_process";
import { constants, readFileSync, writeFileSync } from "node:fs";
import { lstat, open, readFile, realpath, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import type { FileChange } from "../../../../pipeline/handoff/change-set.ts";
import { RefusedPath } from "../../../../pipeline/handoff/file-gate.ts";
import { applyChange } from "../../../../pipeline/handoff/workspace/apply-change.ts";
import { Baseline } from "../../../../pipeline/handoff/workspace/baseline.ts";
import { ConfinedFiles } from "../../../../pipeline/handoff/workspace/confined-files.ts";
import { confinedNames } from "../../../../pipeline/handoff/workspace/confined-path.ts";
import { changeHash } from "../../../../pipeline/handoff/workspace/content-hash.ts";
import { copyFiles } from "../../../../pipeline/handoff/workspace/copied-files.ts";
import { isSecret } from "../../../../pipeline/handoff/workspace/denied-path.ts";
import { foundChanges } from "../../../../pipeline/handoff/workspace/found-changes.ts";
import { holdParent, type Reach } from "../../../../pipeline/handoff/workspace/held-folder.ts";
import { IgnoreRules } from "../../../../pipeline/handoff/workspace/ignore-rules.ts";
import { canary, corpusFiles, type EscapeCase, escapeCases } from "../../../support/escape-corpus.ts";
import { MemoryBlobs, snapshotOf, TrialWorkspace } from "../../../support/trial-workspace.ts";

const { signal } = new AbortController();
const written = "written by an agent\n";

interface Gate {
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
}

function trialOf(way: EscapeCase): { readonly trial: TrialWorkspace; readonly path: string } {
  const trial = new TrialWorkspace(corpusFiles);
  writeFileSync(join(trial.outside, "secret.txt"), canary);
  writeFileSync(join(trial.folder, "project-2"), canary);
  way.plant?.(trial);
  return { trial, path: typeof way.path === "string" ? way.path : way.path(trial) };
}

const gateOf = (folder: string, reach?: Reach): ConfinedFiles =>
  new ConfinedFiles(folder, { ciAllowed: [], rules: IgnoreRules.usual(), ...(reach === undefined ? {} : { reach }) });

/** What must be the same afterwards: everything outside, and what nobody may change inside. */
function guarded({ outside, folder, root }: TrialWorkspace): unknown {
  const inside = Object.entries(snapshotOf(root)).filter(([path]) => /^\.git\/|^\.(env|npmrc)$|id_rsa/.test(path));
  return { outside: snapshotOf(outside), beside: readFileSync(join(folder, "project-2"), "utf8"), inside };
}

/** What a gate lets through of one case; empty for a tight one. */
async function leaks(way: EscapeCase, gate: Gate, trial: TrialWorkspace, path: string): Promise<readonly string[]> {
  const found: string[] = [];
  const before = guarded(trial);
  const text = await gate.read(path).catch((error: unknown) => (error instanceof RefusedPath ? null : `${error}`));
  if (text !== null && !way.harmless?.includes("read")) found.push(`read: ${text.slice(0, 80)}`);
  const wrote = await gate.write(path, written).then(
    () => "written",
    (error: unknown) => (error instanceof RefusedPath ? null : `${error}`),
  );
  if (wrote !== null && !way.harmless?.includes("write")) found.push(`write: ${wrote}`);
  if (!isDeepStrictEqual(guarded(trial), before)) found.push("something forbidden was changed");
  return found;
}

test("the corpus has enough ways out", () => {
  expect(escapeCases.length).toBeGreaterThanOrEqual(60);
  expect(new Set(escapeCases.map(({ name }) => name)).size).toBe(escapeCases.length);
});

describe.each(["descriptor", "path"] as const)("with folders reached by %s", (reach) => {
  test.each(escapeCases)("nothing is listed, found, read or written: $name", async (way) => {
    const { trial, path } = trialOf(way);
    using held = trial;
    const gate = gateOf(held.root, reach);
    const listed = await gate.list(signal);
    expect(listed.filter((name) => isSecret(name) || /\.git(\/|$)/i.test(name))).toEqual([]);
    if (way.plant !== undefined && !way.harmless?.includes("read")) expect(listed).not.toContain(path);
    expect(await gate.search(canary, signal)).toEqual([]);
    expect(await leaks(way, gate, held, path)).toEqual([]);
  });
});

test.each(escapeCases.filter(({ plant }) => plant !== undefined))("it never becomes a change: $name", async (way) => {
  const { trial: source } = trialOf({ ...way, plant: () => undefined });
  using original = source;
  using held = new TrialWorkspace();
  writeFileSync(join(held.outside, "secret.txt"), canary);
  const paths = Object.keys(corpusFiles).filter((path) => !isSecret(path) && !path.startsWith(".git/"));
  await using baseline = await Baseline.create(join(held.home, "pack"));
  await copyFiles(original.root, held.root, paths, baseline, signal);
  held.git("init", "-q");
  held.write(".env", canary);
  const blobs = new MemoryBlobs();
  const options = { folder: held.root, baseline, rules: IgnoreRules.usual(".env"), ciAllowed: [], blobs };
  expect(await foundChanges(options, signal)).toBeNull();
  way.plant?.(held);
  await expect(foundChanges(options, signal)).rejects.toThrow(RefusedPath);
});

test.each(escapeCases)("nothing is applied: $name", async (way) => {
  const { trial, path } = trialOf(way);
  using held = trial;
  const blobs = new MemoryBlobs();
  const before = JSON.stringify([guarded(held), snapshotOf(held.root)]);
  const oldBytes = [undefined, ...["export const a = 1;\n", canary].map((text) => Buffer.from(text))];
  for (const old of oldBytes) {
    for (const kind of old === undefined ? (["add"] as const) : (["change", "delete"] as const)) {
      const file: FileChange = {
        path,
        kind,
        oldHash: old === undefined ? null : blobs.put(old),
        newHash: kind === "delete" ? null : blobs.put(Buffer.from(written)),
        oldExecutable: false,
        newExecutable: false,
        addedLines: 1,
        removedLines: 0,
        patch: "",
      };
      // What the user has there himself may be changed, if it is what the diff was made of.
      if (way.harmless?.includes("write") && old !== undefined) continue;
      if (way.name === "file of a megabyte" && old !== undefined) continue;
      const change = { files: [file], hash: changeHash([file]) };
      const outcome = await applyChange(change, { root: held.root, blobs, ciAllowed: [] }, signal).catch(
        (error: unknown) => error,
      );
      expect(outcome instanceof RefusedPath ? "refused" : outcome).toSatisfy(
        (end: unknown) =>
          end === "refused" ||
          (typeof end === "object" && end !== null && "outcome" in end && end.outcome === "conflict"),
      );
    }
  }
  expect(JSON.stringify([guarded(held), snapshotOf(held.root)])).toBe(before);
});

const refuse = (path: string): never => {
  throw new RefusedPath(path, "outside");
};

interface WeakGate {
  readonly gate: (folder: string) => Gate;
  /** A case that it must fail. */
  readonly failsAt: string;
}

const byPath =
  (checked: (folder: string, path: string) => Promise<string>) =>
  (folder: string): Gate => ({
    read: async (path) => readFile(await checked(folder, path), "utf8"),
    write: async (path, text) => writeFile(await checked(folder, path), text),
  });

/** Gates as they have been built elsewhere. */
const weakGates: Readonly<Record<string, WeakGate>> = {
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

test.each(Object.entries(weakGates))("the corpus catches a gate that %s", async (_, { gate, failsAt }) => {
  const way = escapeCases.find(({ name }) => name === failsAt);
  if (way === undefined) throw new Error(`There is no case "${failsAt}"`);
  const { trial, path } = trialOf(way);
  using held = trial;
  expect(await leaks(way, gate(held.root), held, path)).not.toEqual([]);
});

test("a folder that is swapped for a link all the time leads nowhere", async () => {
  using trial = new TrialWorkspace({ "flip/a.txt": "inside\n", "src/a.ts": "" });
  writeFileSync(join(trial.outside, "a.txt"), canary);
  const before = snapshotOf(trial.outside);
  const script = `
    const { renameSync, rmSync, symlinkSync } = require("node:fs");
    process.chdir(${JSON.stringify(trial.root)});
    symlinkSync(${JSON.stringify(trial.outside)}, "link");
    console.log("ready");
    const quietly = (act) => { try { act(); return true; } catch { return false; } };
    const move = (from, to) => { while (!quietly(() => renameSync(from, to))) quietly(() => rmSync(to, { recursive: true })); };
    for (;;) { move("flip", "folder"); move("link", "flip"); move("flip", "link"); move("folder", "flip"); }`;
  const swapper = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await new Promise((ready) => swapper.stdout.once("data", ready));
    const gate = gateOf(trial.root);
    let [done, refused] = [0, 0];
    for (let round = 0; round < 400; round += 1) {
      const attempt = round % 2 === 0 ? gate.read("flip/a.txt") : gate.write("flip/a.txt", "inside\n").then(() => "");
      await attempt.then(
        (text) => {
          done += 1;
          expect(text).not.toContain(canary);
        },
        (error: unknown) => {
          refused += 1;
          expect(`${error}`).not.toContain(canary);
        },
      );
    }
    expect(done + refused).toBe(400);
    expect(await gate.search(canary, signal)).toEqual([]);
  } finally {
    swapper.kill("SIGKILL");
  }
  expect(snapshotOf(trial.outside)).toEqual(before);
});
