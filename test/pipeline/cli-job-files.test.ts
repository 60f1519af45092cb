import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../models/clock.ts";
import { JobFiles } from "../../pipeline/cli-job-files.ts";
import { type Config, configSchema, configSections } from "../../pipeline/config-schema.ts";
import { JobStore } from "../../pipeline/handoff/jobs/job-store.ts";
import { changeHash } from "../../pipeline/handoff/workspace/content-hash.ts";
import { approvalOf, fileChange, highRisk, lowRisk, queuedJob } from "./handoff/jobs/sample-jobs.ts";

let home: string;
let work: string;
let config: Config;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sotto-home-"));
  work = mkdtempSync(join(tmpdir(), "sotto-work-"));
  config = configSchema.parse({ ...Object.fromEntries([...configSections].map((section) => [section, {}])), home });
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  rmSync(work, { recursive: true, force: true });
});

function store(): JobStore {
  return JobStore.open({ folder: home, clock: systemClock, complain: () => undefined });
}

/** A job whose approval has expired long ago, of a service that is gone. */
function leaveWaiting(risk = lowRisk): void {
  using jobs = store();
  const newHash = jobs.put(new TextEncoder().encode("print('fizz')\n"));
  const patch = "--- /dev/null\n+++ b/fizz.py\n@@ -0,0 +1,1 @@\n+print('fizz')\n";
  const files = [fileChange({ path: "fizz.py", newHash, addedLines: 1, patch })];
  const change = { files, hash: changeHash(files) };
  jobs.save(
    queuedJob({
      workspace: work,
      state: {
        status: "awaiting-approval",
        risk,
        proposal: { change, summary: "It prints fizz.", checks: [] },
        approval: approvalOf({ changeHash: change.hash, phrase: null }),
      },
    }),
  );
}

async function act(deed: "approve" | "reject" | "cancel" | "undo") {
  using files = JobFiles.open(config, { lookOnly: false });
  const [job] = files.jobs();
  if (job === undefined) throw new Error("There is one");
  return await files.act(deed, job);
}

test("a change of any risk is applied by a command, once, and taken back byte for byte", async () => {
  leaveWaiting(highRisk);
  expect(await act("approve")).toMatchObject({ status: "done", undo: "possible" });
  expect(readFileSync(join(work, "fizz.py"), "utf8")).toBe("print('fizz')\n");
  expect(await act("approve")).toMatch(/nobody's yes/);
  {
    using jobs = store();
    const [job] = jobs.jobs();
    // Whoever did it was there.
    expect(job?.told).toBe(true);
    expect(jobs.steps(job?.id ?? "").map(({ status }) => status)).toEqual([
      "awaiting-approval",
      "applying",
      "summarising",
      "done",
    ]);
  }
  expect(await act("undo")).toMatchObject({ undo: "undone" });
  expect(readdirSync(work)).toEqual([]);
  expect(await act("undo")).toMatch(/undone/);
});

test("what was changed since is not taken back, and can be later", async () => {
  leaveWaiting();
  await act("approve");
  writeFileSync(join(work, "fizz.py"), "mine\n");
  expect(await act("undo")).toMatch(/fizz\.py/);
  expect(readFileSync(join(work, "fizz.py"), "utf8")).toBe("mine\n");
  writeFileSync(join(work, "fizz.py"), "print('fizz')\n");
  expect(await act("undo")).toMatchObject({ undo: "undone" });
});

test("a change that does not fit ends the job, and nothing is applied", async () => {
  leaveWaiting();
  writeFileSync(join(work, "fizz.py"), "mine\n");
  expect(await act("approve")).toMatchObject({
    status: "failed",
    summary: expect.stringMatching(/^Nothing was applied/),
  });
  expect(readFileSync(join(work, "fizz.py"), "utf8")).toBe("mine\n");
});

test.each(["reject", "cancel"] as const)("%s", async (deed) => {
  leaveWaiting();
  expect(await act(deed)).toMatchObject({ status: deed === "reject" ? "rejected" : "cancelled" });
  expect(await act("approve")).toMatch(/nobody's yes/);
  expect(readdirSync(work)).toEqual([]);
});

test("who only looks is in nobody's way, and sees what another process does", async () => {
  leaveWaiting();
  using looking = JobFiles.open(config, { lookOnly: true });
  using service = store();
  expect(service.access).toBe("write");
  const [job] = service.jobs();
  if (job === undefined) throw new Error("There is one");
  service.save({ ...job, state: { status: "cancelled" } });
  expect(looking.jobs()).toMatchObject([{ status: "cancelled" }]);
  const [seen] = looking.jobs();
  if (seen === undefined) throw new Error("There is one");
  expect(await looking.act("cancel", seen)).toMatch(/already cancelled|Another Sotto/);
});

test("while a service works on them, nobody else changes them", async () => {
  leaveWaiting();
  using _service = store();
  expect(await act("approve")).toBe("Another Sotto works on these jobs. Close it first, or ask that one.");
  expect(readdirSync(work)).toEqual([]);
});

test("where there are no files, none are made", () => {
  using files = JobFiles.open(config, { lookOnly: false });
  expect(files.jobs()).toEqual([]);
  expect(readdirSync(home)).toEqual([]);
});
