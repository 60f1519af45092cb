import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { canary, escapeCases } from "../../../support/escape-corpus.ts";
import {
  applyLeaks,
  changeLeaks,
  gateOf,
  listLeaks,
  readLeaks,
  weakGates,
  writeLeaks,
} from "../../../support/escape-trial.ts";
import { snapshotOf, TrialWorkspace } from "../../../support/trial-workspace.ts";

const { signal } = new AbortController();

test("the corpus has enough ways out", () => {
  expect(escapeCases.length).toBeGreaterThanOrEqual(60);
  expect(new Set(escapeCases.map(({ name }) => name)).size).toBe(escapeCases.length);
});

describe.each(["descriptor", "path"] as const)("with folders reached by %s", (reach) => {
  test.each(escapeCases)("nothing is read, written, listed or found: $name", async (way) => {
    expect(await readLeaks(way, (folder) => gateOf(folder, reach))).toEqual([]);
    expect(await writeLeaks(way, (folder) => gateOf(folder, reach))).toEqual([]);
    if (way.plant !== undefined) expect(await listLeaks(way, reach)).toEqual([]);
  });
});

test.each(escapeCases.filter(({ plant }) => plant !== undefined))("it never becomes a change: $name", async (way) => {
  expect(await changeLeaks(way)).toEqual([]);
});

test.each(escapeCases)("nothing is applied: $name", async (way) => {
  expect(await applyLeaks(way)).toEqual([]);
});

test.each(Object.entries(weakGates))("the corpus catches a gate that %s", async (_, { gate, failsAt }) => {
  const way = escapeCases.find(({ name }) => name === failsAt);
  if (way === undefined) throw new Error(`There is no case "${failsAt}"`);
  expect(await writeLeaks(way, gate)).not.toEqual([]);
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
