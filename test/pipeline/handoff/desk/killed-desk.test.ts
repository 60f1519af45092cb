import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../../models/clock.ts";
import type { JobStatus } from "../../../../pipeline/handoff/job.ts";
import { JobStore } from "../../../../pipeline/handoff/jobs/job-store.ts";

const program = join("dist", "test", "desk-program.mjs");
/** Each step once; KILLED_JOBS=20 goes round more than twice. */
const jobs = Number(process.env["KILLED_JOBS"] ?? 8);
const steps: readonly JobStatus[] = [
  "queued",
  "loading",
  "reading",
  "proposing",
  "awaiting-approval",
  "applying",
  "summarising",
  "done",
];

beforeAll(async () => {
  await build({
    entryPoints: ["test/fixtures/desk-program.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "error",
  });
});

interface Place extends AsyncDisposable {
  readonly home: string;
  readonly workspace: string;
}

async function newPlace(): Promise<Place> {
  const home = await realpath(await mkdtemp(join(tmpdir(), "sotto-desk-")));
  const workspace = await realpath(await mkdtemp(join(tmpdir(), "sotto-work-")));
  await writeFile(join(workspace, "mine.txt"), "mine\n");
  return {
    home,
    workspace,
    [Symbol.asyncDispose]: async () => {
      await rm(home, { recursive: true, force: true });
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

interface End {
  readonly signal: string | null;
  readonly lines: readonly string[];
}

/** @param killAfterMs kills it so long after it has said that it is applying */
function run({ home, workspace }: Place, args: readonly string[], killAfterMs?: number): Promise<End> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--enable-source-maps", program, home, workspace, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    let isDue = killAfterMs !== undefined;
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (!isDue || !text.includes(" applying\n")) return;
      isDue = false;
      setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    });
    child.once("error", reject);
    child.once("close", (_code, signal) => resolve({ signal, lines: text.split("\n").filter((line) => line !== "") }));
  });
}

/** What lies in the workspace, without what was there before. */
async function written(workspace: string): Promise<readonly string[]> {
  const folder = join(workspace, "src");
  const names = await readdir(folder).catch((): string[] => []);
  return await Promise.all(names.sort().map((name) => readFile(join(folder, name), "utf8")));
}

const whole = (task: string): readonly string[] =>
  Array.from({ length: 12 }, (_, n) => `file-${n}.txt`)
    .sort()
    .map((name) => `${task} ${/\d+/.exec(name)?.[0]}\n`);

function keptJobs({ home }: Place) {
  using store = JobStore.open({ folder: home, clock: systemClock, complain: () => undefined });
  return store.jobs().map((job) => ({ job, steps: store.steps(job.id).map(({ status }) => status) }));
}

describe("the desk is killed with -9", () => {
  let place: Place;
  beforeAll(async () => {
    place = await newPlace();
  });
  afterAll(() => place[Symbol.asyncDispose]());

  test(`at every step of ${jobs} jobs: none is lost, none applied twice, none by half`, {
    timeout: 240_000,
  }, async () => {
    for (let n = 0; n < jobs; n += 1) {
      const task = `task ${n}`;
      const step = steps[n % steps.length] ?? "queued";
      const before = await written(place.workspace);
      const killed = await run(place, [task, step]);
      expect(killed.signal, `${step}: ${killed.lines.join(", ")}`).toBe("SIGKILL");
      const meanwhile = await written(place.workspace);
      const isAfter = step === "summarising" || step === "done";
      expect(meanwhile).toEqual(isAfter ? whole(task) : before);
      const again = await run(place, []);
      expect(again.lines.at(-1)).toBe("idle");
      expect(await written(place.workspace)).toEqual(whole(task));
    }
    const kept = keptJobs(place);
    expect(kept.map(({ job }) => job.task)).toEqual(Array.from({ length: jobs }, (_, n) => `task ${n}`));
    expect(kept.map(({ job }) => job.state.status)).toEqual(Array(jobs).fill("done"));
    for (const { job, steps: went } of kept)
      expect(
        went.filter((status) => status === "applying"),
        job.task,
      ).toHaveLength(1);
    expect(await readFile(join(place.workspace, "mine.txt"), "utf8")).toBe("mine\n");
    expect(await readdir(join(place.home, "copies"))).toEqual([]);
  });
});

test("killed at any moment of applying and taking back, a change is there as a whole or not at all", async () => {
  await using place = await newPlace();
  for (let n = 0; n < 8; n += 1) {
    const task = `moment ${n}`;
    await run(place, [task], n * 2);
    expect((await run(place, [])).lines.at(-1)).toBe("idle");
    expect(await written(place.workspace)).toEqual(whole(task));
  }
  const undone = await run(place, ["", "", "undo"]);
  expect(undone.lines).toContain("undo done");
  expect(await written(place.workspace)).toEqual(whole("moment 6"));
});
