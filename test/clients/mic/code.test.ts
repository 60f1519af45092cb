import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CodeRequest, code } from "../../../clients/mic/code.ts";
import { fakePrograms } from "../../support/fake-programs.ts";
import { type FakeTerminal, type FakeTerminalOptions, fakeTerminal } from "../../support/fake-terminal.ts";
import { type ScriptedServer, startScriptedServer } from "../../support/scripted-realtime-server.ts";
import { until } from "../../support/until.ts";
import { fizzChange, WorkingDesk, type WorkingDeskOptions } from "../../support/working-desk.ts";

interface Run extends WorkingDeskOptions {
  readonly request?: Partial<CodeRequest>;
  readonly terminal?: FakeTerminalOptions;
  /** What the person does, beside the command. */
  readonly meanwhile?: (terminal: FakeTerminal, desk: WorkingDesk, server: ScriptedServer) => Promise<void>;
}

async function run({ request, terminal: options, meanwhile, ...script }: Run = {}) {
  const desk = new WorkingDesk(script);
  await using server = await startScriptedServer({ answers: [], desk });
  const terminal = fakeTerminal(options);
  const order = { task: "write fizz", folder: null, here: "/elsewhere", yes: false, json: false, ...request };
  const running = code({ url: server.url, token: server.token, ...order }, terminal.io);
  await meanwhile?.(terminal, desk, server);
  const exitCode = await running;
  return { exitCode, stdout: terminal.stdout(), stderr: terminal.stderr(), desk, server, raw: terminal.raw() };
}

const asks = /a apply · r reject · d diff again · q leave it waiting/;
/** Presses a key once the question is there, and again until something comes of it: what came too soon does not count. */
const pressing =
  (key: string, done: (terminal: FakeTerminal, desk: WorkingDesk) => boolean) =>
  async (terminal: FakeTerminal, desk: WorkingDesk): Promise<void> => {
    await until(() => asks.test(terminal.stdout()) && terminal.raw());
    await until(() => {
      if (!done(terminal, desk)) terminal.press(key);
      return done(terminal, desk);
    });
  };
const asked =
  (type: string) =>
  (_: FakeTerminal, desk: WorkingDesk): boolean =>
    desk.asked.some((event) => event.type === type);

describe("without a terminal", () => {
  test("the diff is printed, with how to approve; the job waits, and that is a success", async () => {
    const { exitCode, stdout, stderr, desk } = await run();
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "fizz.py (new file, +2 -0)\n--- /dev/null\n+++ b/fizz.py\n@@ -0,0 +1,2 @@\n+print('fizz')\n",
    );
    expect(stdout).toContain(
      "1 file, 2 lines added, 0 removed\nThe coder says:\n  │ It prints fizz.\nNothing was checked.",
    );
    expect(stdout).toContain("Risk: low\nTo apply it: sotto jobs approve 1\n");
    expect(stderr).toBe("Waiting for its turn\nBringing up the coder, about 2 s\n");
    expect(desk.asked).toMatchObject([{ type: "sotto.job.start", task: "write fizz" }]);
    expect(desk.jobs[0]?.status).toBe("awaiting-approval");
  });

  test("--yes applies what is low-risk, and says that a flag did it", async () => {
    const { exitCode, stdout, desk } = await run({ request: { yes: true } });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("✓ I made fizz.py.\nTo take it back: sotto undo 1\n");
    expect(desk.asked[1]).toMatchObject({ type: "sotto.job.approve", approval_id: "approval_1", how: "flag" });
  });

  test("--yes leaves waiting what is high-risk, says why, and fails", async () => {
    const approval = { risk: "high" as const, reasons: ["It deletes a file."], phrase: null };
    const { exitCode, stderr, stdout, desk } = await run({ request: { yes: true }, approval });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "sotto: --yes applies only what is low-risk and fails no check. Its risk is high. It deletes a file. To apply it: sotto jobs approve 1\n",
    );
    expect(stdout).toContain("Risk: high\n  It deletes a file.\n");
    expect(desk.jobs[0]?.status).toBe("awaiting-approval");
  });

  test("--yes leaves waiting what fails a check, and applies what could not be checked", async () => {
    const check = (outcome: "failed" | "not-run") => [{ name: "test", outcome, output: "" }];
    const failing = await run({ request: { yes: true }, change: { ...fizzChange, checks: check("failed") } });
    expect(failing.exitCode).toBe(1);
    expect(failing.stderr).toContain("The check test failed. To apply it: sotto jobs approve 1\n");
    expect(failing.desk.jobs[0]?.status).toBe("awaiting-approval");
    const unchecked = await run({ request: { yes: true }, change: { ...fizzChange, checks: check("not-run") } });
    expect(unchecked.exitCode).toBe(0);
  });

  test("--json prints every change of the job as a line, and nothing else", async () => {
    const { exitCode, stdout, stderr } = await run({ request: { json: true, yes: true } });
    expect(exitCode).toBe(0);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ job }) => job.status)).toEqual(["queued", "loading", "awaiting-approval", "applying", "done"]);
    expect(stderr).toBe("");
  });

  test("a change that fails to apply is a failure, in one sentence", async () => {
    const end = { status: "failed", summary: "Nothing was applied: fizz.py has changed.", undo: "nothing" } as const;
    const { exitCode, stderr } = await run({ request: { yes: true }, end });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/\nsotto: Nothing was applied: fizz\.py has changed\.\n$/);
  });

  test("a service that knows no coding is said to be one", async () => {
    await using server = await startScriptedServer({ answers: [] });
    const terminal = fakeTerminal();
    const order = { task: "x", folder: null, here: "/", yes: false, json: false };
    expect(await code({ url: server.url, token: server.token, ...order }, terminal.io)).toBe(1);
    expect(terminal.stderr()).toBe("sotto: This service takes no coding tasks. Update it, then try again.\n");
  });

  test("without a service it says how to start one", async () => {
    const terminal = fakeTerminal();
    const order = { task: "x", folder: null, here: "/", yes: false, json: false };
    expect(await code({ url: "http://127.0.0.1:9", ...order }, terminal.io)).toBe(1);
    expect(terminal.stderr()).toMatch(/^sotto: No service answers at 127\.0\.0\.1:9 .*npm start\n$/);
  });

  test("the folder is the one that was named, or the one it runs in where that is allowed", async () => {
    const named = await run({ request: { folder: "/home/ann/other" } });
    expect(named.desk.asked[0]).toMatchObject({ workspace: "/home/ann/other" });
    const here = await run({ request: { here: "/home/ann/app" } });
    expect(here.desk.asked[0]).toMatchObject({ workspace: "/home/ann/app" });
    const nowhere = await run({ request: { here: "/tmp" } });
    expect(nowhere.desk.asked[0]).toMatchObject({ workspace: null });
  });

  test("a line that breaks while the coder is at work is taken up again, and the job with it", async () => {
    const { exitCode, stdout, server } = await run({
      until: "loading",
      meanwhile: async (_, desk, { breakConnections, talks }) => {
        await until(() => desk.jobs.length === 1);
        breakConnections();
        await until(() => talks.length === 2);
        desk.propose("job_1");
      },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("+print('fizz')");
    expect(server.talks.length).toBe(2);
  });
});

describe("in a terminal, a single key decides:", () => {
  test("a applies", async () => {
    const { exitCode, stdout, desk, raw } = await run({
      terminal: { tty: true },
      meanwhile: pressing("a", asked("sotto.job.approve")),
    });
    expect(exitCode).toBe(0);
    expect(desk.asked.at(-1)).toMatchObject({ type: "sotto.job.approve", how: "key" });
    expect(stdout).toContain("I made fizz.py.");
    // The keyboard is given back.
    expect(raw).toBe(false);
  });

  test("r rejects, and that is no success", async () => {
    const { exitCode, desk } = await run({
      terminal: { tty: true },
      meanwhile: pressing("r", asked("sotto.job.reject")),
    });
    expect(exitCode).toBe(1);
    expect(desk.jobs[0]?.status).toBe("rejected");
  });

  test("d shows the diff again, and q leaves it waiting", async () => {
    const diffs = (terminal: FakeTerminal): number => terminal.stdout().split("+print('fizz')").length - 1;
    const { exitCode, desk, stdout } = await run({
      terminal: { tty: true },
      meanwhile: async (terminal, itsDesk) => {
        await pressing("d", (each) => diffs(each) === 2)(terminal, itsDesk);
        await pressing("q", (each) => each.stdout().includes("It waits."))(terminal, itsDesk);
      },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("It waits. To apply it: sotto jobs approve 1");
    expect(desk.jobs[0]?.status).toBe("awaiting-approval");
  });

  test("what was typed before the question, or pasted into it, is no answer", async () => {
    const { desk, exitCode } = await run({
      terminal: {
        tty: true,
        // In the very moment of the question: typed ahead.
        onPrint: (printed, terminal) => {
          if (asks.test(printed)) queueMicrotask(() => terminal.press("a"));
        },
      },
      meanwhile: async (terminal, itsDesk) => {
        await until(() => asks.test(terminal.stdout()) && terminal.raw());
        for (let i = 0; i < 25; i += 1) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          terminal.press("apply all of it");
        }
        await pressing("q", (each) => each.stdout().includes("It waits."))(terminal, itsDesk);
      },
    });
    expect(exitCode).toBe(0);
    expect(desk.asked.map(({ type }) => type)).toEqual(["sotto.job.start"]);
  });

  test("an answer from elsewhere ends the question", async () => {
    const { exitCode, stdout } = await run({
      terminal: { tty: true },
      meanwhile: async (terminal, desk) => {
        await until(() => asks.test(terminal.stdout()));
        desk.update("job_1", { status: "done", approval: null, summary: "I made fizz.py.", undo: "possible" });
      },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Somebody said yes, by voice or on another screen.");
  });

  test("a long diff goes through less, with nothing in it that less would take for a command", async () => {
    const programs = fakePrograms(true);
    programs.add(
      "less",
      `const fs = require("node:fs"); let all = ""; process.stdin.on("data", (part) => { all += part; });
       process.stdin.on("end", () => fs.writeFileSync(__dirname + "/seen", process.argv.slice(2).join(" ") + "|" + process.env.LESSSECURE + "|" + all));`,
    );
    const lines = Array.from({ length: 100 }, (_, i) => `+line ${i}\u001b]0;gone\u0007\n`).join("");
    const [file] = fizzChange.files;
    const change = { ...fizzChange, files: file ? [{ ...file, patch: `@@ -0,0 +1,100 @@\n${lines}` }] : [] };
    const { stdout, exitCode } = await run({
      change,
      terminal: { tty: true, rows: 30, env: programs.env },
      meanwhile: pressing("q", (terminal) => terminal.stdout().includes("It waits.")),
    });
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain("line 50");
    const seen = readFileSync(join(programs.folder, "scripts", "seen"), "utf8");
    expect(seen).toMatch(/^-R\|1\|/);
    expect(seen).toContain("line 99");
    expect(seen).not.toContain("\u001b]");
  });
});

describe("Ctrl-C", () => {
  test("stops a coder that is at work", async () => {
    const { exitCode, stderr, desk } = await run({
      until: "loading",
      meanwhile: async (terminal, itsDesk) => {
        await until(() => itsDesk.jobs[0]?.status === "loading" && terminal.stderr() !== "");
        terminal.interrupt();
      },
    });
    expect(exitCode).toBe(130);
    expect(desk.asked.at(-1)).toMatchObject({ type: "sotto.job.cancel", job_id: "job_1" });
    expect(stderr).toMatch(/Cancelled; nothing was changed\.\n$/);
  });

  test("in the moment of asking stops what was just begun", async () => {
    const { exitCode, desk } = await run({
      until: "loading",
      meanwhile: async (terminal, _, server) => {
        await until(() => server.talks[0]?.received.some(({ type }) => type === "session.update") === true);
        terminal.interrupt();
      },
    });
    expect(exitCode).toBe(130);
    // It had not asked yet, or what it asked for is cancelled.
    expect(desk.jobs.map(({ status }) => status).filter((status) => status !== "cancelled")).toEqual([]);
  });

  test("leaves a change that is there waiting", async () => {
    const { exitCode, stderr, desk } = await run({
      terminal: { tty: true },
      meanwhile: async (terminal) => {
        await until(() => asks.test(terminal.stdout()));
        terminal.interrupt();
      },
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain("The change waits. To apply it: sotto jobs approve 1\n");
    expect(desk.jobs[0]?.status).toBe("awaiting-approval");
    expect(desk.asked.map(({ type }) => type)).toEqual(["sotto.job.start"]);
  });
});
