import { chmodSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RefusedPath } from "../../../../pipeline/handoff/file-gate.ts";
import { ConfinedFiles } from "../../../../pipeline/handoff/workspace/confined-files.ts";
import { IgnoreRules } from "../../../../pipeline/handoff/workspace/ignore-rules.ts";
import { TrialWorkspace } from "../../../support/trial-workspace.ts";

const { signal } = new AbortController();
const gateOf = ({ root }: TrialWorkspace, alsoListed: readonly string[] = []): ConfinedFiles =>
  new ConfinedFiles(root, { ciAllowed: [], rules: IgnoreRules.usual(), alsoListed: new Set(alsoListed) });

test("what is ignored, secret, binary or too large is not listed", async () => {
  using trial = new TrialWorkspace({
    "src/a.ts": "a",
    "src/empty.ts": "",
    "src/.gitignore": "*.gen.ts\n!kept.gen.ts\n",
    "src/b.gen.ts": "b",
    "src/kept.gen.ts": "k",
    ".gitignore": "/out\n*.log\n",
    "out/x.ts": "x",
    "src/out/y.ts": "y",
    "forced.log": "f",
    "node_modules/p/index.js": "p",
    ".env": "e",
    "logo.png": Buffer.from([137, 80, 78, 71, 0, 1]),
    "latin.txt": Buffer.from([0x63, 0x61, 0x66, 0xe9]),
    "ten-megabytes.txt": "x".repeat(10_000_000),
    "größe.txt": "g",
  });
  const listed = [
    ".gitignore",
    "größe.txt",
    "src/.gitignore",
    "src/a.ts",
    "src/empty.ts",
    "src/kept.gen.ts",
    "src/out/y.ts",
  ];
  expect(await gateOf(trial).list(signal)).toEqual(listed);
  expect(await gateOf(trial, ["forced.log", ".env", "gone.ts", "logo.png"]).list(signal)).toEqual(
    ["forced.log", ...listed].sort(),
  );
});

test("the same files are listed as git lists", async () => {
  const name = fc.constantFrom("a", "b", "a.log", "x.ts", "deep");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `${names.join("/")}.f`);
  const rule = fc
    .tuple(
      fc.constantFrom("", "!", "/", "**/"),
      fc.constantFrom("a", "b/", "*.log", "*.f", "a/**", "deep/*", "x.ts/a.f"),
    )
    .map((parts) => parts.join(""));
  const rules = fc.array(rule, { maxLength: 3 }).map((lines) => lines.join("\n"));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(path, { minLength: 3, maxLength: 8 }), rules, rules, async (paths, top, inner) => {
      using trial = new TrialWorkspace(Object.fromEntries(paths.map((each) => [each, "x"])));
      trial.write(".gitignore", top);
      trial.write("a/.gitignore", inner);
      trial.git("init", "-q");
      const wanted = trial
        .git("ls-files", "-z", "--others", "--exclude-standard")
        .split("\0")
        .filter((each) => each !== "");
      expect(await gateOf(trial).list(signal)).toEqual(wanted.sort());
    }),
    { numRuns: 40 },
  );
});

test("lines are read from a number on, with their ends", async () => {
  using trial = new TrialWorkspace({ "a.txt": "one\r\ntwo\nthree" });
  const gate = gateOf(trial);
  expect(await gate.read("a.txt")).toBe("one\r\ntwo\nthree");
  expect(await gate.read(join(trial.root, "a.txt"), { fromLine: 2, lines: 1 })).toBe("two\n");
  expect(await gate.read("./a.txt", { fromLine: 2, lines: 99 })).toBe("two\nthree");
  await expect(gate.read("a.txt", { fromLine: 4, lines: 1 })).rejects.toThrow(/has 3 lines only/);
});

test.each([
  ["missing.txt", /There is no file "missing\.txt"\. List/],
  ["missing/a.txt", /There is no file/],
  ["logo.png", /is no text/],
  ["ten-megabytes.txt", /larger than 1 MB/],
  [".env", /may hold secrets/],
  [".git/config", /belongs to git/],
  ["../x", /without "\.\."/],
  ["/etc/passwd", /outside of the workspace/],
])("reading %s is refused with a sentence", async (path, why) => {
  using trial = new TrialWorkspace({
    ".env": "x",
    "logo.png": Buffer.from([0]),
    "ten-megabytes.txt": "x".repeat(10_000_000),
  });
  const refused = await gateOf(trial)
    .read(path)
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RefusedPath);
  expect(refused).toMatchObject({ message: expect.stringMatching(why) });
});

test("a file that is written again stays executable, and a new one is not", async () => {
  using trial = new TrialWorkspace({ "run.sh": "a" });
  chmodSync(join(trial.root, "run.sh"), 0o750);
  const gate = gateOf(trial);
  await gate.write("run.sh", "b");
  await gate.write("new/deep.sh", "c");
  expect(trial.read("run.sh") + trial.read("new/deep.sh")).toBe("bc");
  expect(statSync(join(trial.root, "run.sh")).mode & 0o777).toBe(0o750);
  expect(statSync(join(trial.root, "new/deep.sh")).mode & 0o111).toBe(0);
});

test("too much in one file, too many files, and too much in all are refused", async () => {
  using trial = new TrialWorkspace({ "logo.png": Buffer.from([0]) });
  const gate = gateOf(trial);
  await expect(gate.write("a.txt", "x".repeat(1_000_001))).rejects.toThrow(/larger than 1 MB/);
  await expect(gate.write("logo.png", "x")).rejects.toThrow(/is no text/);
  for (let n = 0; n < 20; n += 1) await gate.write(`big${n}.txt`, "x".repeat(1_000_000));
  await expect(gate.write("more.txt", "x")).rejects.toThrow(/More than 20 MB/);
  await gate.write("big0.txt", "x");
  const other = gateOf(trial);
  for (let n = 0; n < 200; n += 1) await other.write(`f${n}.txt`, "x");
  await expect(other.write("f200.txt", "x")).rejects.toThrow(/More than 200 files/);
  await other.write("f0.txt", "y");
});

test("lines are found whatever their case, and an abort ends the search", async () => {
  using trial = new TrialWorkspace({
    "b.ts": "one\n  Needle here\n",
    "a.ts": "NEEDLE",
    "c.log": "needle",
    ".gitignore": "*.log\n",
    ".env": "needle",
  });
  const gate = gateOf(trial);
  expect(await gate.search("needle", signal)).toEqual([
    { path: "a.ts", line: 1, text: "NEEDLE" },
    { path: "b.ts", line: 2, text: "  Needle here" },
  ]);
  expect(await gate.search("", signal)).toEqual([]);
  await expect(gate.search("needle", AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
  trial.write("many.txt", "needle\n".repeat(500));
  expect((await gate.search("needle", signal)).length).toBe(200);
});

test("what .gitignore leaves out is not written, for it would be lost", async () => {
  using trial = new TrialWorkspace({ ".gitignore": "/out\n*.log\n", "src/.gitignore": "*.gen.ts\n!kept.gen.ts\n" });
  const gate = gateOf(trial, ["forced.log"]);
  for (const path of ["out/deep/x.ts", "a.log", "src/deep/x.gen.ts", "node_modules/p/index.js"])
    await expect(gate.write(path, "x")).rejects.toThrow(/is left out by \.gitignore/);
  for (const path of ["forced.log", "src/kept.gen.ts", "src/out/x.ts", "new/x.gen.ts"]) await gate.write(path, "x");
});

test("a link is not followed, and its reader is told to use where it leads", async () => {
  using trial = new TrialWorkspace({ "a.txt": "a" });
  symlinkSync("a.txt", join(trial.root, "link.txt"));
  for (const attempt of [gateOf(trial).read("link.txt"), gateOf(trial).write("link.txt", "b")])
    await expect(attempt).rejects.toThrow('"link.txt" is a link. Use the path that it leads to.');
});
