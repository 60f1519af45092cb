import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { runSotto } from "../support/run-sotto.ts";

// Whole services start here, one after another.
vi.setConfig({ testTimeout: 180_000 });

let home: string;
let work: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sotto-home-"));
  work = mkdtempSync(join(tmpdir(), "sotto-work-"));
  writeFileSync(join(work, "notes.txt"), "mine\n");
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  rmSync(work, { recursive: true, force: true });
});

async function sotto(...args: readonly string[]) {
  await using running = runSotto(args, { SOTTO_HOME: home });
  return { code: await running.ended, stdout: running.stdout(), stderr: running.stderr() };
}

const task = "create a fizz buzz script in python";
/** None of this machine's services is meant, and none is kept. */
const alone = ["--port", "0"];
const waits = /To apply it: sotto jobs approve (\w+)\n/;
const ready = /^sotto ready http:\/\/127\.0\.0\.1:(\d+)$/;
const jobLine = z.object({ id: z.string(), status: z.string() });

/** Has the coder propose a script, and leaves it waiting. */
async function proposed(): Promise<string> {
  const { code, stdout } = await sotto("code", task, "--in", work, ...alone);
  expect(code).toBe(0);
  const [, id = ""] = waits.exec(stdout) ?? [];
  return id;
}

describe("sotto code, by a service of its own", () => {
  test("--yes applies a low-risk change, with the coder that is in the package", async () => {
    const { code, stdout, stderr } = await sotto("code", task, "--in", work, "--yes", ...alone);
    expect(stderr).not.toMatch(/^sotto:/m);
    expect(code).toBe(0);
    expect(stdout).toContain("fizzbuzz.py (new file, +");
    expect(stdout).toMatch(/\n✓ .*\nTo take it back: sotto undo \w+\n$/);
    expect(readFileSync(join(work, "fizzbuzz.py"), "utf8")).toMatch(/fizz/i);
    const undone = await sotto("undo", ...alone);
    expect(undone).toEqual({ code: 0, stdout: "Taken back: fizzbuzz.py as before.\n", stderr: "" });
    expect(readdirSync(work)).toEqual(["notes.txt"]);
    const again = await sotto("undo", ...alone);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^sotto: There is no change to take back/) });
  });

  test("without a terminal the diff waits, also when the service is gone: jobs lists, shows and applies it", async () => {
    const id = await proposed();
    expect(readdirSync(work)).toEqual(["notes.txt"]);
    const listed = await sotto("jobs");
    expect(listed.stdout).toMatch(new RegExp(`^${id} {2}Waiting for you {2}.* ${task} {2}fizzbuzz\\.py\n$`));
    const [listedJob] = z.array(jobLine).parse(JSON.parse((await sotto("jobs", "--json")).stdout));
    expect(listedJob).toMatchObject({ id: expect.stringContaining(id), status: "awaiting-approval" });
    const shown = await sotto("jobs", id);
    expect(shown.stdout).toContain("+++ b/fizzbuzz.py\n");
    expect(shown.stdout).toMatch(
      /\n {2}queued +\d+ .*\n {2}loading .*\n {2}reading .*\n {2}proposing .*\n {2}awaiting/,
    );
    const applied = await sotto("jobs", "approve", id, ...alone);
    expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining(`sotto undo ${id}\n`), stderr: "" });
    expect(readdirSync(work)).toEqual(["fizzbuzz.py", "notes.txt"]);
    const twice = await sotto("jobs", "approve", id, ...alone);
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringMatching(/^sotto: .*nobody's yes/) });
  });

  test("a change that no longer fits is not applied, and a rejected one never", async () => {
    const id = await proposed();
    writeFileSync(join(work, "fizzbuzz.py"), "mine, too\n");
    const conflict = await sotto("jobs", "approve", id, ...alone);
    expect(conflict).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sotto: Nothing was applied: .*fizzbuzz/),
    });
    expect(readFileSync(join(work, "fizzbuzz.py"), "utf8")).toBe("mine, too\n");
    rmSync(join(work, "fizzbuzz.py"));
    const other = await proposed();
    expect(await sotto("jobs", "reject", other, ...alone)).toMatchObject({ code: 0, stderr: "" });
    expect((await sotto("jobs", "approve", other, ...alone)).code).toBe(1);
    expect(readdirSync(work)).toEqual(["notes.txt"]);
  });

  test("mistakes are one sentence", async () => {
    const nowhere = await sotto("code", task, ...alone);
    expect(nowhere).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^sotto: In which folder\? .*--in/),
    });
    const missing = await sotto("code", task, "--in", join(work, "none"), ...alone);
    expect(missing).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^sotto: The folder .* does not/),
    });
    const empty = await sotto("code", " ", "--in", work, ...alone);
    expect(empty).toMatchObject({ code: 2, stderr: expect.stringMatching(/^sotto: What is the coder to do\?/) });
    const long = await sotto("code", "x".repeat(4_001), "--in", work, ...alone);
    expect(long).toMatchObject({ code: 2, stderr: expect.stringMatching(/^sotto: The task has 4001 characters; /) });
    const unknown = await sotto("jobs", "approve", "nothing", ...alone);
    expect(unknown).toMatchObject({ code: 1, stderr: 'sotto: There is no job "nothing". `sotto jobs` lists them.\n' });
    const which = await sotto("jobs", "approve");
    expect(which).toMatchObject({ code: 2, stderr: expect.stringMatching(/^sotto: approve which job\?/) });
    const strange = await sotto("jobs", "improve", "x");
    expect(strange).toMatchObject({ code: 2, stderr: expect.stringMatching(/^sotto: unknown action 'improve'/) });
    const undo = await sotto("jobs", "undo", "x");
    expect(undo).toMatchObject({ code: 2, stderr: "sotto: expected `sotto undo x`\n" });
    const none = await sotto("jobs");
    expect(none).toEqual({ code: 0, stdout: 'No coding jobs yet. To begin one: sotto code "…"\n', stderr: "" });
    // Looking makes nothing.
    expect(readdirSync(home)).not.toContain("jobs.db");
  });
});

describe("with a service that runs", () => {
  test("its folders are the allowed ones, and it approves, cancels and undoes", async () => {
    const other = join(work, "other");
    mkdirSync(other);
    await using service = runSotto(["serve", "--port", "0", "--workspace", work], { SOTTO_HOME: home });
    const [, port = ""] = ready.exec(await service.line(ready)) ?? [];
    const here = ["--port", port];
    const outside = await sotto("code", task, "--in", tmpdir(), ...here);
    expect(outside).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sotto: .*not among the folders allowed/m),
    });
    const begun = await sotto("code", task, ...here, "--no-serve");
    expect(begun.code).toBe(0);
    const [, id = ""] = waits.exec(begun.stdout) ?? [];
    // Its files can be looked at meanwhile.
    expect((await sotto("jobs", ...here)).stdout).toMatch(new RegExp(`^${id} {2}Waiting for you`));
    expect(await sotto("jobs", "approve", id, ...here)).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(work)).toEqual(["fizzbuzz.py", "notes.txt", "other"]);
    expect(await sotto("jobs", "cancel", id, ...here)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sotto: This job is already applied/),
    });
    expect(await sotto("undo", id, ...here)).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(work)).toEqual(["notes.txt", "other"]);
    expect(await sotto("undo", id, ...here)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sotto: .*undone/),
    });
    const remote = await sotto("jobs", "--json", "--url", `http://127.0.0.1:${port}`, "--token", token());
    expect(z.array(jobLine).parse(JSON.parse(remote.stdout))).toMatchObject([{ status: "done" }]);
  });
});

function token(): string {
  return readFileSync(join(home, "token"), "utf8").trim();
}
