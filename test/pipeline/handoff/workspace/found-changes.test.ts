import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeWorkingCopy } from "../../../../pipeline/handoff/workspace/working-copy.ts";
import { copyOptions, trialProject } from "../../../support/trial-project.ts";
import { gitIn } from "../../../support/trial-workspace.ts";

const { signal } = new AbortController();

test("the same bytes written again are no change", async () => {
  using trial = trialProject("repository");
  await using copy = await makeWorkingCopy(copyOptions(trial), signal);
  await copy.gate.write("src/a.ts", "export const a = 2;\n");
  await copy.gate.write("src/a.ts", "export const a = 1;\n");
  expect(await copy.changes(signal)).toBeNull();
});

test("what the agent commits, stages, or does to the copy's repository changes nothing of what is found", async () => {
  using trial = trialProject("repository");
  await using copy = await makeWorkingCopy(copyOptions(trial), signal);
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
  using trial = trialProject("repository");
  await using copy = await makeWorkingCopy(copyOptions(trial), signal);
  await copy.gate.write("src/a.ts", "export const a = 9;\n");
  plant(copy.folder);
  await expect(copy.changes(signal)).rejects.toMatchObject({
    name: "RefusedPath",
    message: expect.stringMatching(sentence),
  });
});

test("a workflow that the user allows is a change", async () => {
  using trial = trialProject("repository");
  await using copy = await makeWorkingCopy(copyOptions(trial, { ciAllowed: [".github/workflows/docs.yml"] }), signal);
  await copy.gate.write(".github/workflows/docs.yml", "on: push\n");
  expect((await copy.changes(signal))?.files).toMatchObject([{ path: ".github/workflows/docs.yml", kind: "add" }]);
  await expect(copy.gate.write(".github/workflows/release.yml", "on: push\n")).rejects.toThrow(/build server/);
});

test("a copy that somebody has taken away is told of", async () => {
  using trial = trialProject("folder");
  await using copy = await makeWorkingCopy(copyOptions(trial), signal);
  rmSync(copy.folder, { recursive: true });
  await expect(copy.changes(signal)).rejects.toThrow(/^The folder itself cannot be opened/);
});
