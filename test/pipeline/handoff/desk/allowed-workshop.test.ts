import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AllowedWorkshop } from "../../../../pipeline/handoff/desk/allowed-workshop.ts";
import type { Workshop } from "../../../../pipeline/handoff/desk/workshop.ts";
import { resolveWorkspace } from "../../../../pipeline/handoff/workspace/allowed-folders.ts";
import { proposalOf, queuedJob } from "../jobs/sample-jobs.ts";

let root: string;
let done: string[];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "sotto-allowed-")));
  for (const name of ["site", "other"]) mkdirSync(join(root, name));
  done = [];
});
afterEach(() => rmSync(root, { recursive: true }));

const inner: Workshop = {
  make: async () => {
    done.push("made");
    return { end: { type: "done", summary: "" }, change: null, checks: [] };
  },
  apply: async () => {
    done.push("applied");
    return { outcome: "applied", remark: null };
  },
  undo: async () => {
    done.push("undone");
    return { outcome: "applied", remark: null };
  },
  summarise: async () => "It is summed up.",
};
const live = new AbortController().signal;
const noNews = { onReady: () => undefined, onNews: () => undefined };

function workshop(...allowed: readonly string[]): AllowedWorkshop {
  const forbidden = { homeDir: join(root, "home"), sottoHome: join(root, "sotto") };
  const folders = allowed.map((name) => join(root, name));
  return new AllowedWorkshop(inner, (folder) => resolveWorkspace(folders, folder, forbidden));
}

test("work is begun in a folder that is allowed", async () => {
  await workshop("site", "other").make(queuedJob({ workspace: join(root, "site") }), noNews, live);
  expect(done).toEqual(["made"]);
});

test("work of an earlier service is not begun in a folder that is no longer allowed, also when it lies in one that is", async () => {
  mkdirSync(join(root, "other/inner"));
  for (const workspace of [join(root, "site"), join(root, "other/inner"), root, "/"]) {
    const making = workshop("other").make(queuedJob({ workspace }), noNews, live);
    await expect(making).rejects.toThrow(/not among the folders allowed for coding.*--workspace/);
  }
  expect(done).toEqual([]);
});

test("work is not begun where a link to another folder stands by now", async () => {
  renameSync(join(root, "site"), join(root, "away"));
  symlinkSync(join(root, "other"), join(root, "site"));
  const making = workshop("site", "other").make(queuedJob({ workspace: join(root, "site") }), noNews, live);
  await expect(making).rejects.toThrow("is a link now");
  expect(done).toEqual([]);
});

test("what somebody has seen is applied, summed up and taken back wherever it was made", async () => {
  const job = queuedJob({ workspace: join(root, "site") });
  const elsewhere = workshop("other");
  await elsewhere.apply(job, proposalOf(), false);
  await elsewhere.undo(job, proposalOf(), false);
  expect(await elsewhere.summarise(job, proposalOf(), live)).toBe("It is summed up.");
  expect(done).toEqual(["applied", "undone"]);
});
