import { describe, expect, test } from "vitest";
import { jobNamed, shortId } from "../../../clients/mic/job-name.ts";
import type { JobShelf } from "../../../clients/mic/job-shelf.ts";
import { type JobsRequest, jobs } from "../../../clients/mic/jobs.ts";
import type { JobView } from "../../../pipeline/realtime/job-events.ts";
import { fakeTerminal } from "../../support/fake-terminal.ts";
import { startScriptedServer } from "../../support/scripted-realtime-server.ts";
import { fizzChange, WorkingDesk } from "../../support/working-desk.ts";

function job(some: Partial<JobView> = {}): JobView {
  return {
    id: "job_abcdefghi",
    task: "write fizz",
    workspace: "/home/ann/app",
    status: "done",
    note: "Applied",
    asked_at: 1_000,
    since: 2_000,
    expected_ms: null,
    change: fizzChange,
    approval: null,
    summary: "I made fizz.py.",
    undo: "possible",
    ...some,
  };
}

const list: JobsRequest = { what: "list", id: undefined, json: false, nowMs: 61_000 };

async function onShelf(all: readonly JobView[], request: Partial<JobsRequest>, act?: JobShelf["act"]) {
  const terminal = fakeTerminal();
  const steps = [
    { status: "queued", atMs: 0, actualMs: 12, predictedMs: null },
    { status: "loading", atMs: 12, actualMs: 1_500, predictedMs: 900 },
    { status: "awaiting-approval", atMs: 1_000, actualMs: null, predictedMs: null },
  ];
  const shelf: JobShelf = { jobs: () => all, steps: () => steps, act: act ?? (async () => "Not here.") };
  const code = await jobs({ ...list, ...request }, { at: "files", shelf }, terminal.io);
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

describe("the list", () => {
  test("is a line for each job, newest first, with what matters of it", async () => {
    const all = [
      job(),
      job({
        id: "job_zyxwvutsrq",
        task: "rename every flag that is spelt in the British way, please, all of them",
        workspace: "C:\\Users\\Ann\\site",
        status: "failed",
        asked_at: 58_000,
        change: null,
        summary: "The coder went in circles.",
      }),
    ];
    expect(await onShelf(all, {})).toEqual({
      code: 0,
      stdout:
        "zyxwvu  Failed  3 s    site  rename every flag that is spelt in the British …\n" +
        "abcdef  Done    1 min  app   write fizz                                        fizz.py\n",
      stderr: "",
    });
  });

  test("as JSON is all that is known", async () => {
    const { stdout } = await onShelf([job(), job({ id: "job_2", asked_at: 5_000 })], { json: true });
    expect(JSON.parse(stdout)).toEqual([job({ id: "job_2", asked_at: 5_000 }), job()]);
  });
});

test("one job is shown with its diff, its steps and its end", async () => {
  const { stdout } = await onShelf([job()], { what: "show", id: "abc" });
  expect(stdout).toMatch(/^abcdef {2}Done {2}1 min ago\nwrite fizz\nin \/home\/ann\/app\n\nfizz\.py \(new file/);
  expect(stdout).toContain("+print('buzz')\n");
  expect(stdout).toContain("  queued             12 ms\n  loading            2 s (expected 900 ms)\n");
  expect(stdout).toMatch(/ {2}awaiting-approval {2}for 1 min\n\nI made fizz\.py\.\n$/);
});

test("undo without a name takes back the last that can be", async () => {
  const all = [
    job({ id: "job_old", since: 1 }),
    job({ id: "job_new" }),
    job({ id: "job_gone", since: 9_000, undo: "undone" }),
  ];
  const asked: string[] = [];
  const done = await onShelf(all, { what: "undo" }, async (deed, { id }) => {
    asked.push(`${deed} ${id}`);
    return job({ undo: "undone" });
  });
  expect(asked).toEqual(["undo job_new"]);
  expect(done).toEqual({ code: 0, stdout: "Taken back: fizz.py as before.\n", stderr: "" });
  const none = await onShelf([job({ undo: "undone" })], { what: "undo" });
  expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/^sotto: There is no change to take back/) });
});

test("who approves and finds it rejected is told so", async () => {
  const act = async () => job({ status: "rejected", summary: "Rejected; nothing was changed." });
  const { code, stderr, stdout } = await onShelf([job()], { what: "approve", id: "abc" }, act);
  expect({ code, stderr, stdout }).toEqual({ code: 1, stderr: "sotto: Rejected; nothing was changed.\n", stdout: "" });
});

describe("with a service", () => {
  test.each([
    ["approve", "job_1", "I made fizz.py.\nTo take it back: sotto undo 1\n", { how: "key" }],
    ["reject", "1", "Rejected; nothing was changed.\n", { job_id: "job_1" }],
    ["cancel", "1", "Cancelled; nothing was changed.\n", { job_id: "job_1" }],
  ] as const)("%s", async (what, id, stdout, event) => {
    const desk = new WorkingDesk();
    desk.begin("write fizz");
    desk.propose("job_1");
    await using server = await startScriptedServer({ answers: [], desk });
    const terminal = fakeTerminal();
    const place = { at: "service", url: server.url, token: server.token } as const;
    expect(await jobs({ ...list, what, id }, place, terminal.io)).toBe(0);
    expect({ stdout: terminal.stdout(), stderr: terminal.stderr() }).toEqual({ stdout, stderr: "" });
    expect(desk.asked).toMatchObject([{ type: `sotto.job.${what}`, ...event }]);
    // Nothing was asked to be said on this line.
    const [settings] = server.talks[0]?.received ?? [];
    expect(settings).toMatchObject({ type: "session.update", session: { type: "transcription" } });
  });

  test("that is not there, it says so", async () => {
    const terminal = fakeTerminal();
    expect(await jobs(list, { at: "service", url: "http://127.0.0.1:9" }, terminal.io)).toBe(1);
    expect(terminal.stderr()).toMatch(/^sotto: No service answers at 127\.0\.0\.1:9/);
  });
});

test("a job is named by its id, or a beginning of it that fits no other", () => {
  const all = [job({ id: "job_abc1" }), job({ id: "job_abc2" }), job({ id: "job_abc" })];
  expect(shortId("job_abcdefghi")).toBe("abcdef");
  expect(jobNamed(all, "abc1").id).toBe("job_abc1");
  expect(jobNamed(all, "job_abc2").id).toBe("job_abc2");
  expect(jobNamed(all, "job_abc").id).toBe("job_abc");
  expect(() => jobNamed(all, "ab")).toThrow('"ab" is the beginning of 3 jobs; give more of it.');
  for (const none of ["x", "", "job_"]) expect(() => jobNamed(all, none)).toThrow(/There is no job/);
});
