import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { removeLeftOverCopies } from "../../../../pipeline/handoff/workspace/left-over-copies.ts";
import { makeWorkingCopy, type WorkingCopyOptions } from "../../../../pipeline/handoff/workspace/working-copy.ts";
import { copyOptions, projectKinds, trialProject } from "../../../support/trial-project.ts";
import { gitIn, MemoryBlobs, snapshotOf, TrialWorkspace } from "../../../support/trial-workspace.ts";

const { signal } = new AbortController();
const withoutWorktrees = (trial: TrialWorkspace): unknown =>
  Object.entries(snapshotOf(trial.folder)).filter(
    ([path]) => !path.startsWith("home") && !path.includes(".git/worktrees"),
  );

describe.each(projectKinds)("of a %s", (kind) => {
  test("the copy holds what is on the disk, and the workspace is the same before, during and after", async () => {
    using trial = trialProject(kind);
    const before = snapshotOf(trial.folder);
    const status = kind === "folder" ? "" : trial.git("status", "--porcelain=v2", "--branch");
    const refs = kind === "folder" ? "" : trial.git("for-each-ref");
    const ran = join(trial.folder, "ran");
    rmSync(ran, { force: true });
    const during = withoutWorktrees(trial);
    {
      await using copy = await makeWorkingCopy(copyOptions(trial), signal);
      expect(copy.folder.startsWith(join(trial.home, "copies"))).toBe(true);
      const { [".git"]: _, ...copied } = Object.fromEntries(
        Object.entries(snapshotOf(copy.folder)).filter(([path]) => !path.startsWith(".git/")),
      );
      const expected = Object.entries(snapshotOf(trial.root)).filter(
        ([path]) =>
          !/^(\.git(\/.*)?|\.env|away|build.*|noise\.log)$/.test(path) && !(kind === "folder" && path === "forced.log"),
      );
      if (kind === "repository without a commit") delete copied["forced.log"];
      expect(copied).toEqual(Object.fromEntries(expected.filter(([path]) => path in copied || path !== "forced.log")));
      expect(existsSync(join(copy.folder, ".git"))).toBe(true);
      expect(await copy.changes(signal)).toBeNull();
      expect(existsSync(ran)).toBe(false);
      expect(withoutWorktrees(trial)).toEqual(during);
      if (kind === "repository") {
        expect(gitIn(copy.folder, "status", "--porcelain")).toContain("?? src/new.ts");
        expect(gitIn(copy.folder, "branch", "--show-current")).toBe("");
        expect(trial.git("worktree", "list").split("\n").length).toBe(3);
      }
      if (kind === "repository") expect(await copy.gate.list(signal)).toContain("forced.log");
      expect(await copy.gate.list(signal)).toEqual(await copy.gate.list(signal));
      await copy.gate.write("src/a.ts", "export const a = 9;\n");
      rmSync(ran, { force: true });
    }
    expect(snapshotOf(trial.root)).toEqual(
      Object.fromEntries(
        Object.entries(before).flatMap(([path, what]) => (path.startsWith("project/") ? [[path.slice(8), what]] : [])),
      ),
    );
    expect(readdirSync(join(trial.home, "copies"))).toEqual([]);
    expect(existsSync(ran)).toBe(false);
    if (kind !== "folder") expect(trial.git("status", "--porcelain=v2", "--branch")).toBe(status);
    if (kind !== "folder") expect(trial.git("for-each-ref")).toBe(refs);
  });

  test("changes are found with their bytes: added, changed, deleted, executable, in place or not", async () => {
    using trial = trialProject(kind);
    const blobs = new MemoryBlobs();
    await using copy = await makeWorkingCopy(copyOptions(trial, { blobs }), signal);
    await copy.gate.write("src/a.ts", "export const a = 9;\n");
    await copy.gate.write("src/deep/c.ts", "export const c = 3;\n");
    writeFileSync(join(copy.folder, "src/b.ts"), "export const b = 8;\n");
    rmSync(join(copy.folder, "crlf.txt"));
    chmodSync(join(copy.folder, "run.sh"), 0o644);
    writeFileSync(join(copy.folder, "logo.png"), Buffer.from([1, 0, 2]));
    writeFileSync(join(copy.folder, "chatter.log"), "ignored");
    const change = await copy.changes(signal);
    const short = change?.files.map(({ path, kind: what, addedLines, removedLines }) => [
      path,
      what,
      addedLines,
      removedLines,
    ]);
    expect(short).toEqual([
      ["crlf.txt", "delete", 0, 2],
      ["logo.png", "change", 0, 0],
      ["run.sh", "change", 0, 0],
      ["src/a.ts", "change", 1, 1],
      ["src/b.ts", "change", 1, 1],
      ["src/deep/c.ts", "add", 1, 0],
    ]);
    for (const { oldHash, path } of change?.files ?? []) {
      if (oldHash !== null) expect(Buffer.from(blobs.get(oldHash))).toEqual(readFileSync(join(trial.root, path)));
    }
    expect(change?.files[2]).toMatchObject({ oldExecutable: true, newExecutable: false });
    expect(change?.files[4]?.patch).toBe(
      "--- a/src/b.ts\n+++ b/src/b.ts\n@@ -1,1 +1,1 @@\n-export const b = 3;\n+export const b = 8;\n",
    );
    expect(change?.hash).toBe((await copy.changes(signal))?.hash);
  });
});

test("too many files, too much of them, and a disk too full are told with what to do", async () => {
  using trial = trialProject("repository");
  const make = (more: Partial<WorkingCopyOptions>) => makeWorkingCopy(copyOptions(trial, more), signal);
  await expect(make({ limits: { files: 3, bytes: 1e9 } })).rejects.toThrow(/^The folder holds \d+ files.*\.gitignore/);
  await expect(make({ limits: { files: 100, bytes: 1e6 } })).rejects.toThrow(
    /^The folder holds 1\.5 MB.*smaller folder/,
  );
  await expect(make({ freeBytes: async () => 202e6 })).rejects.toThrow(
    /^There is not enough room.*203 MB are needed and 202 MB/,
  );
  expect(readdirSync(join(trial.home, "copies"))).toEqual([]);
  expect(trial.git("worktree", "list").trim().split("\n").length).toBe(1);
});

test("an abort leaves nothing behind", async () => {
  using trial = trialProject("repository");
  const controller = new AbortController();
  const freeBytes = async (): Promise<number> => {
    queueMicrotask(() => controller.abort(new Error("stop")));
    return 1e12;
  };
  await expect(makeWorkingCopy(copyOptions(trial, { freeBytes }), controller.signal)).rejects.toThrow("stop");
  expect(readdirSync(join(trial.home, "copies"))).toEqual([]);
});

test("copies left over by a crash are taken away at the next start, those in use are not", async () => {
  using trial = trialProject("repository");
  const before = snapshotOf(join(trial.root, ".git"));
  const living = await makeWorkingCopy(copyOptions(trial), signal);
  const crashed = await makeWorkingCopy(copyOptions(trial), signal);
  const [inUse = ""] = readdirSync(join(trial.home, "copies")).filter((name) => living.folder.includes(name));
  const [left = ""] = readdirSync(join(trial.home, "copies")).filter((name) => crashed.folder.includes(name));
  // As a process leaves it that was killed: nobody here knows of it any more.
  const copies = join(trial.home, "copies");
  const note = JSON.parse(readFileSync(join(copies, left, "copy.json"), "utf8"));
  renameSync(join(copies, left), join(copies, "0000"));
  const admin = join(
    trial.root,
    ".git/worktrees",
    readdirSync(join(trial.root, ".git/worktrees")).find((name) =>
      readFileSync(join(trial.root, ".git/worktrees", name, "gitdir"), "utf8").includes(left),
    ) ?? "",
  );
  writeFileSync(join(admin, "gitdir"), `${join(copies, "0000", "work", "project", ".git")}\n`);
  writeFileSync(join(copies, "0000/copy.json"), JSON.stringify({ ...note, pid: 2 ** 22 + 1 }));
  chmodSync(join(copies, "0000", "work", "project", "src"), 0o000);
  expect(await removeLeftOverCopies(trial.home)).toBe(1);
  expect(readdirSync(copies)).toEqual([inUse]);
  expect(trial.git("worktree", "list").trim().split("\n").length).toBe(2);
  for (const copy of [living, crashed]) await copy[Symbol.asyncDispose]();
  expect(snapshotOf(join(trial.root, ".git"))).toEqual(before);
});

test("a repository around the workspace that ignores all of it hides nothing", async () => {
  using trial = new TrialWorkspace({ "src/a.ts": "a\n" });
  gitIn(trial.folder, "init", "-q");
  writeFileSync(join(trial.folder, ".gitignore"), "*\n");
  await using copy = await makeWorkingCopy(copyOptions(trial), signal);
  expect(await copy.gate.list(signal)).toEqual(["src/a.ts"]);
  expect(existsSync(join(trial.folder, ".git/index"))).toBe(false);
});

test("without git it is a plain copy, and changes are found all the same", async () => {
  using trial = trialProject("folder");
  const path = process.env["PATH"];
  process.env["PATH"] = trial.outside;
  try {
    await using copy = await makeWorkingCopy(copyOptions(trial), signal);
    expect(existsSync(join(copy.folder, ".git"))).toBe(false);
    await copy.gate.write("src/a.ts", "export const a = 9;\n");
    expect((await copy.changes(signal))?.files.map((file) => file.path)).toEqual(["src/a.ts"]);
  } finally {
    process.env["PATH"] = path;
  }
});
