import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyChange } from "../../../../pipeline/handoff/workspace/apply-change.ts";
import { type CommitOutcome, commitChange } from "../../../../pipeline/handoff/workspace/commit-change.ts";
import { makeWorkingCopy } from "../../../../pipeline/handoff/workspace/working-copy.ts";
import { MemoryBlobs, TrialWorkspace } from "../../../support/trial-workspace.ts";

const { signal } = new AbortController();

function repository(): TrialWorkspace {
  const trial = new TrialWorkspace({ "a.txt": "a\n", "b.txt": "b\n", "gone.txt": "gone\n", "sub/c.txt": "c\n" });
  trial.commitAll();
  trial.git("config", "user.name", "Ada");
  trial.git("config", "user.email", "ada@example.org");
  writeFileSync(join(trial.root, ".git/hooks/pre-commit"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  return trial;
}

/** Changes a.txt, adds new/[n].txt and deletes gone.txt, as a job does it. */
async function applyAndCommit(trial: TrialWorkspace): Promise<CommitOutcome> {
  const blobs = new MemoryBlobs();
  await using copy = await makeWorkingCopy({ workspace: trial.root, home: trial.home, blobs, ciAllowed: [] }, signal);
  await copy.gate.write("a.txt", "A\n");
  await copy.gate.write("new/[n].txt", "new\n");
  await import("node:fs/promises").then(({ unlink }) => unlink(join(copy.folder, "gone.txt")));
  const change = await copy.changes(signal);
  if (change === null) throw new Error("Nothing was changed");
  expect(await applyChange(change, { root: trial.root, blobs, ciAllowed: [] }, signal)).toEqual({ outcome: "applied" });
  return await commitChange(change, { root: trial.root, blobs, message: "Say it louder" }, signal);
}

test("a commit holds the change and nothing else, in the user's name; what was staged stays staged", async () => {
  using trial = repository();
  trial.write("b.txt", "mine\n");
  trial.write("staged.txt", "staged\n");
  trial.git("add", "staged.txt");
  const outcome = await applyAndCommit(trial);
  expect(outcome).toEqual({ outcome: "committed", commit: trial.git("rev-parse", "HEAD").trim() });
  expect(trial.git("show", "--stat=200", "--format=%an <%ae> %s", "HEAD")).toMatch(
    /^Ada <ada@example.org> Say it louder\n/,
  );
  expect(trial.git("show", "--name-status", "--format=", "HEAD").trim().split("\n")).toEqual([
    "M\ta.txt",
    "D\tgone.txt",
    "A\tnew/[n].txt",
  ]);
  expect(trial.git("status", "--porcelain").trimEnd().split("\n").sort()).toEqual([" M b.txt", "A  staged.txt"]);
});

test("a file that held the user's own changes is changed, and not committed", async () => {
  using trial = repository();
  trial.write("a.txt", "mine\n");
  expect(await applyAndCommit(trial)).toEqual({
    outcome: "not-committed",
    why: expect.stringMatching(/"a\.txt" held changes of yours/),
  });
  expect(trial.read("a.txt")).toBe("A\n");
  expect(trial.git("rev-list", "--count", "HEAD").trim()).toBe("1");
  expect(trial.git("status", "--porcelain").trimEnd().split("\n")).toEqual([" M a.txt", " D gone.txt", "?? new/"]);
});

test("without a repository, in a merge, or without a name, it says what to do", async () => {
  using plain = new TrialWorkspace({ "a.txt": "a\n", "gone.txt": "gone\n" });
  expect(await applyAndCommit(plain)).toMatchObject({ why: expect.stringMatching(/no git repository/) });
  using merging = repository();
  writeFileSync(join(merging.root, ".git/MERGE_HEAD"), merging.git("rev-parse", "HEAD"));
  expect(await applyAndCommit(merging)).toMatchObject({ why: expect.stringMatching(/a merge is under way/) });
  using nobody = repository();
  nobody.git("config", "user.name", "");
  expect(await applyAndCommit(nobody)).toMatchObject({ why: expect.stringMatching(/does not know your name/) });
});
