import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Blobs } from "../../../../pipeline/handoff/change-set.ts";
import { applyChange } from "../../../../pipeline/handoff/workspace/apply-change.ts";
import { inverse } from "../../../../pipeline/handoff/workspace/inverse-change.ts";
import { changeOf } from "../../../support/change-of.ts";
import { MemoryBlobs, snapshotOf, TrialWorkspace } from "../../../support/trial-workspace.ts";

const { signal } = new AbortController();
const usual = {
  "a.txt": ["a\n", "A\n"],
  "new/deep/n.txt": [null, "new\n"],
  "old/gone.txt": ["gone\n", null],
  "run.sh": ["#!/bin/sh\n", { text: "#!/bin/sh\n", executable: true }],
} as const;
const before = { "a.txt": "a\n", "old/gone.txt": "gone\n", "run.sh": "#!/bin/sh\n", "untouched.txt": "u\n" };

test("a change is applied, again for nothing, and taken back byte for byte", async () => {
  using trial = new TrialWorkspace(before);
  chmodSync(join(trial.root, "a.txt"), 0o640);
  const blobs = new MemoryBlobs();
  const options = { root: trial.root, blobs, ciAllowed: [] };
  const change = await changeOf(blobs, usual);
  const untouched = snapshotOf(trial.root);
  expect(await applyChange(change, options, signal)).toEqual({ outcome: "applied" });
  const applied = snapshotOf(trial.root);
  expect(trial.read("a.txt") + trial.read("new/deep/n.txt")).toBe("A\nnew\n");
  expect(Object.keys(applied)).toEqual(["a.txt", "new", "new/deep", "new/deep/n.txt", "run.sh", "untouched.txt"]);
  expect(statSync(join(trial.root, "a.txt")).mode & 0o777).toBe(0o640);
  expect(statSync(join(trial.root, "run.sh")).mode & 0o100).toBe(0o100);
  expect(await applyChange(change, options, signal)).toEqual({ outcome: "applied" });
  expect(snapshotOf(trial.root)).toEqual(applied);
  expect(await applyChange(inverse(change), options, signal)).toEqual({ outcome: "applied" });
  expect(snapshotOf(trial.root)).toEqual(untouched);
});

test.each(["path", "newHash", "oldHash", "newExecutable"] as const)(
  "nothing is applied of a change that is not the one that was approved: another %s",
  async (what) => {
    using trial = new TrialWorkspace({ "a.txt": "a\n", "b.txt": "a\n" });
    const blobs = new MemoryBlobs();
    const change = await changeOf(blobs, { "a.txt": ["a\n", "A\n"] });
    const other = { path: "b.txt", newHash: blobs.put(Buffer.from("evil\n")), oldHash: null, newExecutable: true };
    const files = change.files.map((file) => ({ ...file, [what]: other[what] }));
    const untouched = snapshotOf(trial.root);
    const options = { root: trial.root, blobs, ciAllowed: [] };
    await expect(applyChange({ ...change, files }, options, signal)).rejects.toThrow("The change was damaged");
    expect(snapshotOf(trial.root)).toEqual(untouched);
  },
);

test("nothing is applied where a link leads to another folder by now", async () => {
  using trial = new TrialWorkspace({ "a/site/a.txt": "a\n", "b/site/a.txt": "a\n" });
  const blobs = new MemoryBlobs();
  const change = await changeOf(blobs, { "a.txt": ["a\n", "A\n"] });
  renameSync(join(trial.root, "a"), join(trial.root, "away"));
  symlinkSync("b", join(trial.root, "a"));
  const options = { root: join(trial.root, "a/site"), blobs, ciAllowed: [] };
  await expect(applyChange(change, options, signal)).rejects.toThrow("a link leads there");
  expect(trial.read("b/site/a.txt")).toBe("a\n");
});

test.each([
  ["changed", "a.txt", (trial: TrialWorkspace) => trial.write("a.txt", "mine\n"), /was changed since/],
  ["deleted", "a.txt", (trial: TrialWorkspace) => rmSync(join(trial.root, "a.txt")), /was deleted since/],
  [
    "made",
    "new/deep/n.txt",
    (trial: TrialWorkspace) => trial.write("new/deep/n.txt", "mine\n"),
    /made by somebody else/,
  ],
  [
    "made executable",
    "a.txt",
    (trial: TrialWorkspace) => chmodSync(join(trial.root, "a.txt"), 0o755),
    /was changed since/,
  ],
  [
    "changed before it was to be deleted",
    "old/gone.txt",
    (trial: TrialWorkspace) => trial.write("old/gone.txt", "x"),
    /was changed/,
  ],
  [
    "made a file where a folder is needed",
    "new/deep/n.txt",
    (trial: TrialWorkspace) => trial.write("new", "x"),
    /is a file/,
  ],
  [
    "made a folder",
    "a.txt",
    (trial: TrialWorkspace) => {
      rmSync(join(trial.root, "a.txt"));
      mkdirSync(join(trial.root, "a.txt"));
    },
    /is a folder/,
  ],
] as const)("when a file was %s since, nothing is applied", async (_, path, meanwhile, why) => {
  using trial = new TrialWorkspace(before);
  const blobs = new MemoryBlobs();
  const change = await changeOf(blobs, usual);
  mkdirSync(join(trial.root, "empty"));
  meanwhile(trial);
  const untouched = snapshotOf(trial.root);
  const outcome = await applyChange(change, { root: trial.root, blobs, ciAllowed: [] }, signal);
  expect(outcome).toEqual({ outcome: "conflict", files: [{ path, why: expect.stringMatching(why) }] });
  expect(snapshotOf(trial.root)).toEqual(untouched);
});

test("undoing is refused when a file was changed since", async () => {
  using trial = new TrialWorkspace(before);
  const blobs = new MemoryBlobs();
  const options = { root: trial.root, blobs, ciAllowed: [] };
  const change = await changeOf(blobs, usual);
  await applyChange(change, options, signal);
  trial.write("new/deep/n.txt", "mine now\n");
  const untouched = snapshotOf(trial.root);
  expect(await applyChange(inverse(change), options, signal)).toMatchObject({
    outcome: "conflict",
    files: [{ path: "new/deep/n.txt" }],
  });
  expect(snapshotOf(trial.root)).toEqual(untouched);
});

test("an attempt that was cut off, and met by a change of the user, is taken back as a whole", async () => {
  using trial = new TrialWorkspace(before);
  const blobs = new MemoryBlobs();
  const change = await changeOf(blobs, usual);
  trial.write("a.txt", "A\n");
  trial.write("old/gone.txt", "mine\n");
  const outcome = await applyChange(change, { root: trial.root, blobs, ciAllowed: [], resumed: true }, signal);
  expect(outcome).toMatchObject({ outcome: "conflict", files: [{ path: "old/gone.txt" }] });
  expect([trial.read("a.txt"), trial.read("old/gone.txt")]).toEqual(["a\n", "mine\n"]);
});

test("the other name of a hard link keeps its bytes", async () => {
  using trial = new TrialWorkspace(before);
  linkSync(join(trial.root, "a.txt"), join(trial.outside, "twin.txt"));
  const blobs = new MemoryBlobs();
  await applyChange(await changeOf(blobs, usual), { root: trial.root, blobs, ciAllowed: [] }, signal);
  expect(readFileSync(join(trial.outside, "twin.txt"), "utf8")).toBe("a\n");
});

test("an abort before the first file changes nothing", async () => {
  using trial = new TrialWorkspace(before);
  const blobs = new MemoryBlobs();
  const change = await changeOf(blobs, usual);
  const controller = new AbortController();
  const aborting: Blobs = {
    put: (bytes) => blobs.put(bytes),
    get: (hash) => {
      if (hash === change.files.at(-1)?.newHash) controller.abort(new Error("stop"));
      return blobs.get(hash);
    },
  };
  const untouched = snapshotOf(trial.root);
  await expect(
    applyChange(change, { root: trial.root, blobs: aborting, ciAllowed: [] }, controller.signal),
  ).rejects.toThrow("stop");
  expect(snapshotOf(trial.root)).toEqual(untouched);
});

test("bytes that are lost or damaged are never written", async () => {
  using trial = new TrialWorkspace(before);
  const blobs = new MemoryBlobs();
  const change = await changeOf(blobs, usual);
  const untouched = snapshotOf(trial.root);
  const damaged: Blobs = { put: (bytes) => blobs.put(bytes), get: () => Buffer.from("something else") };
  await expect(applyChange(change, { root: trial.root, blobs: damaged, ciAllowed: [] }, signal)).rejects.toThrow(
    /damaged/,
  );
  await expect(
    applyChange(change, { root: trial.root, blobs: new MemoryBlobs(), ciAllowed: [] }, signal),
  ).rejects.toThrow(/^Nothing was applied/);
  expect(snapshotOf(trial.root)).toEqual(untouched);
});

test("folders made for files that are not to be are gone again, others stay", async () => {
  using trial = new TrialWorkspace({ "a.txt": "a\n" });
  mkdirSync(join(trial.root, "empty"));
  const blobs = new MemoryBlobs();
  const paths = ["empty/n/x.txt", "empty/n/y.txt", "m/x.txt", "m/y.txt", "z.txt"];
  const change = await changeOf(blobs, Object.fromEntries(paths.map((path) => [path, [null, `${path}\n`] as const])));
  const untouched = snapshotOf(trial.root);
  const failing: Blobs = {
    put: (bytes) => blobs.put(bytes),
    get: (hash) => {
      if (hash === change.files.at(-1)?.newHash) throw new Error("The disk cannot be read");
      return blobs.get(hash);
    },
  };
  const applying = applyChange(change, { root: trial.root, blobs: failing, ciAllowed: [] }, signal);
  await expect(applying).rejects.toThrow(/^Nothing was applied, because of this: The disk cannot be read\./);
  expect(snapshotOf(trial.root)).toEqual(untouched);
});

test("a file that appears at the last moment is not overwritten, and what was done is taken back", async () => {
  using trial = new TrialWorkspace(before);
  const blobs = new MemoryBlobs();
  const change = await changeOf(blobs, usual);
  // The last bytes are asked for when all files have been looked at.
  const racing: Blobs = {
    put: (bytes) => blobs.put(bytes),
    get: (hash) => {
      if (hash === change.files[1]?.newHash && !existsSync(join(trial.root, "new/deep/n.txt")))
        trial.write("new/deep/n.txt", "mine\n");
      return blobs.get(hash);
    },
  };
  const outcome = await applyChange(change, { root: trial.root, blobs: racing, ciAllowed: [] }, signal);
  expect(outcome).toMatchObject({ outcome: "conflict", files: [{ path: "new/deep/n.txt" }] });
  expect([trial.read("new/deep/n.txt"), trial.read("a.txt"), trial.read("old/gone.txt")]).toEqual([
    "mine\n",
    "a\n",
    "gone\n",
  ]);
});

test.each([
  ["changed", "a.txt", (trial: TrialWorkspace) => trial.write("a.txt", "z\n")],
  ["deleted", "a.txt", (trial: TrialWorkspace) => rmSync(join(trial.root, "a.txt"))],
  ["that was to be deleted changed", "old/gone.txt", (trial: TrialWorkspace) => trial.write("old/gone.txt", "mine\n")],
] as const)("a file %s at the last moment is left as it is", async (_, path, meanwhile) => {
  using trial = new TrialWorkspace(before);
  const blobs = new MemoryBlobs();
  const change = await changeOf(blobs, usual);
  let untouched = snapshotOf(trial.root);
  const racing: Blobs = {
    put: (bytes) => blobs.put(bytes),
    get: (hash) => {
      if (hash === change.files.at(-1)?.newHash && isDeepStrictEqual(noTemporary(trial), untouched)) {
        meanwhile(trial);
        untouched = noTemporary(trial);
      }
      return blobs.get(hash);
    },
  };
  const outcome = await applyChange(change, { root: trial.root, blobs: racing, ciAllowed: [] }, signal);
  expect(outcome).toEqual({
    outcome: "conflict",
    files: [{ path, why: expect.stringMatching(/at this very moment/) }],
  });
  expect(snapshotOf(trial.root)).toEqual(untouched);
});

function noTemporary(trial: TrialWorkspace): Readonly<Record<string, string>> {
  const lasting = Object.entries(snapshotOf(trial.root)).filter(([path]) => !/\.tmp$|^new/.test(path));
  return Object.fromEntries(lasting);
}

test("any change can be applied and taken back, and nothing else is touched", async () => {
  const path = fc
    .tuple(fc.constantFrom("", "p/", "p/q/", "r/"), fc.constantFrom("x", "y", "z"))
    .map((parts) => parts.join(""));
  const content = fc.option(fc.record({ text: fc.string({ maxLength: 40 }), executable: fc.boolean() }));
  const files = fc.dictionary(path, fc.tuple(content, content), { minKeys: 1, noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(files, async (drawn) => {
      const real = Object.entries(drawn).filter(([, [from, to]]) => JSON.stringify(from) !== JSON.stringify(to));
      fc.pre(real.length > 0);
      using trial = new TrialWorkspace({ "kept.txt": "kept\n" });
      for (const [name, [from]] of Object.entries(drawn)) {
        if (from === null) continue;
        trial.write(name, from.text);
        chmodSync(join(trial.root, name), from.executable ? 0o755 : 0o644);
      }
      const blobs = new MemoryBlobs();
      const options = { root: trial.root, blobs, ciAllowed: [] };
      const change = await changeOf(blobs, Object.fromEntries(real));
      const untouched = snapshotOf(trial.root);
      expect(await applyChange(change, options, signal)).toEqual({ outcome: "applied" });
      for (const [name, [, to]] of real) {
        expect(existsSync(join(trial.root, name)) ? trial.read(name) : null).toBe(to === null ? null : to.text);
      }
      expect(inverse(inverse(change))).toEqual(change);
      expect(await applyChange(inverse(change), options, signal)).toEqual({ outcome: "applied" });
      expect(snapshotOf(trial.root)).toEqual(untouched);
    }),
    { numRuns: 40 },
  );
});
