import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { removeLeftOverCopies } from "../../../../pipeline/handoff/workspace/left-over-copies.ts";
import { makeWorkingCopy, type WorkingCopyOptions } from "../../../../pipeline/handoff/workspace/working-copy.ts";
import { gitIn, MemoryBlobs, snapshotOf, TrialWorkspace } from "../../../support/trial-workspace.ts";

const { signal } = new AbortController();
const kinds = ["repository", "folder", "folder in a repository", "repository without a commit"] as const;

/** A project with committed, changed, staged, untracked, ignored, deleted, executable, linked and secret files. */
function trialOf(kind: (typeof kinds)[number]): TrialWorkspace {
  const trial = new TrialWorkspace({
    "src/a.ts": "export const a = 1;\n",
    "src/b.ts": "export const b = 2;\n",
    "gone.txt": "gone\n",
    "run.sh": "#!/bin/sh\n",
    "crlf.txt": "one\r\ntwo\r\n",
    "logo.png": Buffer.from([137, 80, 78, 71, 0, 1, 2]),
    "big.bin": Buffer.alloc(1_500_000, 7),
    ".gitignore": "*.log\nbuild/\n",
    ".gitattributes": "*.txt text eol=lf\n*.ts filter=shout\n",
    "forced.log": "tracked although ignored\n",
  });
  chmodSync(join(trial.root, "run.sh"), 0o755);
  symlinkSync("src", join(trial.root, "source"));
  symlinkSync(trial.outside, join(trial.root, "away"));
  if (kind === "repository") trial.commitAll();
  if (kind === "repository without a commit") trial.git("init", "-q");
  if (kind === "folder in a repository") {
    gitIn(trial.folder, "init", "-q");
    gitIn(trial.folder, "add", "-A", "--force", "project");
    gitIn(trial.folder, "commit", "-q", "-m", "first");
  }
  trial.write("src/b.ts", "export const b = 3;\n");
  trial.write("src/new.ts", "export const n = 4;\n");
  trial.write("build/out.js", "built\n");
  trial.write(".env", "KEY=1\n");
  trial.write("noise.log", "noise\n");
  if (kind !== "folder") rmSync(join(trial.root, "gone.txt"));
  if (kind === "repository") {
    trial.write("src/staged.ts", "export const s = 5;\n");
    trial.git("add", "src/staged.ts");
    trial.git("stash", "create");
    trial.git("config", "filter.shout.smudge", `sh -c 'touch ${trial.folder}/ran; cat'`);
    trial.git("config", "filter.shout.clean", `sh -c 'touch ${trial.folder}/ran; cat'`);
    for (const hook of ["post-checkout", "pre-commit", "post-commit", "reference-transaction", "post-index-change"]) {
      const file = join(trial.root, ".git/hooks", hook);
      mkdirSync(join(trial.root, ".git/hooks"), { recursive: true });
      writeFileSync(file, `#!/bin/sh\ntouch ${trial.folder}/ran\n`, { mode: 0o755 });
    }
  }
  return trial;
}

const optionsOf = (trial: TrialWorkspace, more: Partial<WorkingCopyOptions> = {}): WorkingCopyOptions => ({
  workspace: trial.root,
  home: trial.home,
  blobs: new MemoryBlobs(),
  ciAllowed: [],
  ...more,
});

const withoutWorktrees = (trial: TrialWorkspace): unknown =>
  Object.entries(snapshotOf(trial.folder)).filter(
    ([path]) => !path.startsWith("home") && !path.includes(".git/worktrees"),
  );

describe.each(kinds)("of a %s", (kind) => {
  test("the copy holds what is on the disk, and the workspace is the same before, during and after", async () => {
    using trial = trialOf(kind);
    const before = snapshotOf(trial.folder);
    const status = kind === "folder" ? "" : trial.git("status", "--porcelain=v2", "--branch");
    const refs = kind === "folder" ? "" : trial.git("for-each-ref");
    const ran = join(trial.folder, "ran");
    rmSync(ran, { force: true });
    const during = withoutWorktrees(trial);
    {
      await using copy = await makeWorkingCopy(optionsOf(trial), signal);
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
    using trial = trialOf(kind);
    const blobs = new MemoryBlobs();
    await using copy = await makeWorkingCopy(optionsOf(trial, { blobs }), signal);
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

test("the same bytes written again are no change", async () => {
  using trial = trialOf("repository");
  await using copy = await makeWorkingCopy(optionsOf(trial), signal);
  await copy.gate.write("src/a.ts", "export const a = 2;\n");
  await copy.gate.write("src/a.ts", "export const a = 1;\n");
  expect(await copy.changes(signal)).toBeNull();
});

test("what the agent commits, stages, or does to the copy's repository changes nothing of what is found", async () => {
  using trial = trialOf("repository");
  await using copy = await makeWorkingCopy(optionsOf(trial), signal);
  await copy.gate.write("src/a.ts", "export const a = 9;\n");
  gitIn(copy.folder, "add", "src/a.ts");
  rmSync(join(copy.folder, ".git"));
  writeFileSync(join(copy.folder, ".git"), `gitdir: ${trial.outside}\n`);
  expect((await copy.changes(signal))?.files.map(({ path }) => path)).toEqual(["src/a.ts"]);
});

test.each([
  ["a secret", (folder: string) => writeFileSync(join(folder, ".npmrc"), "x"), /\.npmrc.*secrets/],
  [
    "a hook",
    (folder: string) => {
      mkdirSync(join(folder, ".husky"));
      writeFileSync(join(folder, ".husky/pre-push"), "x");
    },
    /runs on this machine/,
  ],
  ["a workflow", (folder: string) => writeFileSync(join(folder, ".gitlab-ci.yml"), "x"), /build server/],
  ["a deleted .gitattributes", (folder: string) => rmSync(join(folder, ".gitattributes")), /runs on this machine/],
  ["a link", (folder: string) => symlinkSync("src/a.ts", join(folder, "alias.ts")), /is a link/],
  [
    "a changed link",
    (folder: string) => {
      rmSync(join(folder, "source"));
      symlinkSync(".", join(folder, "source"));
    },
    /is a link/,
  ],
  ["a deleted link", (folder: string) => rmSync(join(folder, "source")), /is a link/],
  [
    "a large file",
    (folder: string) => writeFileSync(join(folder, "huge.txt"), "x".repeat(1_000_001)),
    /larger than 1 MB/,
  ],
  [
    "a changed large file",
    (folder: string) => writeFileSync(join(folder, "big.bin"), Buffer.alloc(1_500_000, 8)),
    /larger than 1 MB/,
  ],
  ["a deleted large file", (folder: string) => rmSync(join(folder, "big.bin")), /larger than 1 MB/],
  ["an odd name", (folder: string) => writeFileSync(join(folder, "a\u202etxt.ts"), "x"), /cannot be seen/],
  [
    "201 files",
    (folder: string) => {
      for (let n = 0; n < 201; n += 1) writeFileSync(join(folder, `f${n}.txt`), "x");
    },
    /More than 200 files/,
  ],
  [
    "21 MB",
    (folder: string) => {
      for (let n = 0; n < 21; n += 1) writeFileSync(join(folder, `f${n}.txt`), "x".repeat(1_000_000));
    },
    /More than 20 MB/,
  ],
] as const)("%s is refused as a whole, with a sentence", async (_, plant, sentence) => {
  using trial = trialOf("repository");
  await using copy = await makeWorkingCopy(optionsOf(trial), signal);
  await copy.gate.write("src/a.ts", "export const a = 9;\n");
  plant(copy.folder);
  await expect(copy.changes(signal)).rejects.toMatchObject({
    name: "RefusedPath",
    message: expect.stringMatching(sentence),
  });
});

test("a workflow that the user allows is a change", async () => {
  using trial = trialOf("repository");
  await using copy = await makeWorkingCopy(optionsOf(trial, { ciAllowed: [".github/workflows/docs.yml"] }), signal);
  await copy.gate.write(".github/workflows/docs.yml", "on: push\n");
  expect((await copy.changes(signal))?.files).toMatchObject([{ path: ".github/workflows/docs.yml", kind: "add" }]);
  await expect(copy.gate.write(".github/workflows/release.yml", "on: push\n")).rejects.toThrow(/build server/);
});

test("too many files, too much of them, and a disk too full are told with what to do", async () => {
  using trial = trialOf("repository");
  const make = (more: Partial<WorkingCopyOptions>) => makeWorkingCopy(optionsOf(trial, more), signal);
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
  using trial = trialOf("repository");
  const controller = new AbortController();
  const freeBytes = async (): Promise<number> => {
    queueMicrotask(() => controller.abort(new Error("stop")));
    return 1e12;
  };
  await expect(makeWorkingCopy(optionsOf(trial, { freeBytes }), controller.signal)).rejects.toThrow("stop");
  expect(readdirSync(join(trial.home, "copies"))).toEqual([]);
});

test("copies left over by a crash are taken away at the next start, those in use are not", async () => {
  using trial = trialOf("repository");
  const before = snapshotOf(join(trial.root, ".git"));
  await using living = await makeWorkingCopy(optionsOf(trial), signal);
  const crashed = await makeWorkingCopy(optionsOf(trial), signal);
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
  writeFileSync(join(admin, "gitdir"), `${join(copies, "0000/work/project/.git")}\n`);
  writeFileSync(join(copies, "0000/copy.json"), JSON.stringify({ ...note, pid: 2 ** 22 + 1 }));
  chmodSync(join(copies, "0000/work/project/src"), 0o000);
  expect(await removeLeftOverCopies(trial.home)).toBe(1);
  expect(readdirSync(copies)).toEqual([inUse]);
  expect(trial.git("worktree", "list").trim().split("\n").length).toBe(2);
  await living[Symbol.asyncDispose]();
  expect(snapshotOf(join(trial.root, ".git"))).toEqual(before);
});
