import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../../models/clock.ts";
import { configuredChecks } from "../../../../pipeline/handoff/workspace/configured-checks.ts";
import { Sandbox } from "../../../../pipeline/handoff/workspace/sandbox.ts";
import { TrialWorkspace } from "../../../support/trial-workspace.ts";
import { until } from "../../../support/until.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const { signal } = new AbortController();
const whyNot = await new Sandbox({ clock: systemClock, env: process.env, homeDir: "/nowhere" }).whyNot();
const where = whyNot === null ? "in bubblewrap" : `SKIPPED: ${whyNot}`;

const sandboxOf = (trial: TrialWorkspace, more: Partial<ConstructorParameters<typeof Sandbox>[0]> = {}): Sandbox =>
  new Sandbox({ clock: systemClock, env: process.env, homeDir: trial.outside, ...more });

function checksOf(trial: TrialWorkspace, script: string, sandbox = sandboxOf(trial), timeoutMs = 60_000) {
  const templates = [{ name: "test", argv: ["sh", "-c", script] as const }];
  return configuredChecks({
    templates: templates.map(({ name, argv }) => ({ name, argv: [...argv] })),
    sandbox,
    workspace: trial.root,
    timeoutMs,
  });
}

describe.skipIf(whyNot !== null)(`checks, ${where}`, () => {
  const run = (trial: TrialWorkspace, script: string) => checksOf(trial, script).run("test", trial.root, signal);

  test("a check passes or fails by its exit, and says what it printed", async () => {
    using trial = new TrialWorkspace({ "a.txt": "hello\n" });
    expect(await run(trial, "cat a.txt; echo more >&2")).toEqual({
      ran: true,
      name: "test",
      passed: true,
      output: "hello\nmore\n",
    });
    expect(await run(trial, "echo wrong; exit 3")).toEqual({
      ran: true,
      name: "test",
      passed: false,
      output: "wrong\n",
    });
  });

  test("it writes to the copy, and to nothing else", async () => {
    using trial = new TrialWorkspace({ "a.txt": "a\n" });
    writeFileSync(join(trial.outside, "secret.txt"), "secret");
    const script = `echo b > b.txt; for f in /usr /bin /etc/alternatives; do test -w $f && echo writable; done; echo x > ${trial.outside}/x; cat ${trial.outside}/secret.txt; pwd; ls /home /root; true`;
    const outcome = await run(trial, script);
    expect(trial.read("b.txt")).toBe("b\n");
    expect(existsSync(join(trial.outside, "x"))).toBe(false);
    expect(outcome).toMatchObject({ ran: true, output: expect.stringContaining("/workspace\n") });
    expect(outcome.ran && outcome.output).not.toMatch(/secret\n|writable/);
  });

  test("programs that the user has installed are found; folders full of settings are not shown for them", async () => {
    using trial = new TrialWorkspace();
    const put = (path: string): string => {
      const folder = join(trial.outside, path);
      mkdirSync(join(folder, "bin"), { recursive: true });
      writeFileSync(join(folder, "bin/mytool"), "#!/bin/sh\necho mine\n", { mode: 0o755 });
      return folder;
    };
    const argv = ["mytool"] as const;
    const runIn = (env: string, toolFolders: readonly string[] = []) =>
      sandboxOf(trial, { env: { PATH: `${process.env["PATH"]}:${env}/bin` }, toolFolders }).run(
        { argv: [...argv], folder: trial.root, packages: null, timeoutMs: 60_000 },
        signal,
      );
    expect(await runIn(put(".versions/node/v20"))).toEqual({ type: "exit", code: 0, output: "mine\n" });
    const secret = put(".cargo");
    expect(await runIn(secret)).toMatchObject({ type: "exit", code: 1 });
    expect(await runIn("/nowhere", [secret])).toEqual({ type: "exit", code: 0, output: "mine\n" });
  });

  test("what a terminal would act on is taken out of the output", async () => {
    using trial = new TrialWorkspace();
    const outcome = await run(trial, "printf '\\033[31mred\\033[0m\\033]0;title\\007\\r\\b ok\\n'");
    expect(outcome).toMatchObject({ ran: true, output: expect.stringMatching(/^red.* ok\n$/) });
    expect(outcome.ran && outcome.output.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  test("there is no network, not even to this machine", async () => {
    using trial = new TrialWorkspace();
    let visitors = 0;
    const server = createServer((socket) => {
      visitors += 1;
      socket.destroy();
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const script = `node -e 'require("net").connect(${port}, "127.0.0.1").on("connect", () => process.exit(0)).on("error", () => process.exit(7))'; echo $?`;
      expect(await run(trial, script)).toMatchObject({ ran: true, output: "7\n" });
      expect(visitors).toBe(0);
    } finally {
      server.close();
    }
  });

  test("nothing of our environment is seen, nor our processes", async () => {
    using trial = new TrialWorkspace();
    const sandbox = sandboxOf(trial, { env: { ...process.env, SECRET_TOKEN: "canary" } });
    const outcome = await checksOf(trial, "env; ls /proc | grep -c '^[0-9]'", sandbox).run("test", trial.root, signal);
    expect(outcome.ran && outcome.output).not.toMatch(/canary|SECRET/);
    expect(outcome.ran && Number(outcome.output.trim().split("\n").at(-1))).toBeLessThan(8);
  });

  test("installed packages of the workspace can be read and not changed", async () => {
    using trial = new TrialWorkspace({ "node_modules/x/index.js": "exports.x = 1;\n" });
    using copy = new TrialWorkspace({ "a.js": "console.log(require('x').x);\n" });
    const outcome = await checksOf(trial, "node a.js; echo no > node_modules/x/index.js").run(
      "test",
      copy.root,
      signal,
    );
    expect(outcome).toMatchObject({ ran: true, passed: false, output: expect.stringMatching(/^1\n.*Read-only/s) });
    expect(trial.read("node_modules/x/index.js")).toBe("exports.x = 1;\n");
    using linked = new TrialWorkspace();
    symlinkSync(trial.outside, join(linked.root, "node_modules"));
    await checksOf(trial, "echo x > node_modules/x").run("test", linked.root, signal);
    expect(existsSync(join(trial.outside, "x"))).toBe(false);
  });

  test("a check that runs too long is stopped with all that it started", async () => {
    using trial = new TrialWorkspace();
    const clock = new VirtualClock();
    const sandbox = sandboxOf(trial, { clock });
    expect(await sandbox.whyNot()).toBeNull();
    const running = checksOf(trial, "touch begun; (sleep 1000; touch late) & sleep 1000", sandbox, 5_000).run(
      "test",
      trial.root,
      signal,
    );
    await until(() => existsSync(join(trial.root, "begun")));
    await clock.advance(5_001);
    expect(await running).toEqual({ ran: true, name: "test", passed: false, output: "It was stopped after 5 s." });
  });

  test("an abort stops it", async () => {
    using trial = new TrialWorkspace();
    const controller = new AbortController();
    const running = checksOf(trial, "touch begun; sleep 1000").run("test", trial.root, controller.signal);
    await until(() => existsSync(join(trial.root, "begun")));
    controller.abort(new Error("stop"));
    await expect(running).rejects.toThrow("stop");
  });

  test("of endless output the end is kept", async () => {
    using trial = new TrialWorkspace();
    const outcome = await run(trial, "yes | head -c 3000000; echo last");
    expect(outcome).toMatchObject({ ran: true, passed: true, output: expect.stringMatching(/y\nlast\n$/) });
    expect(outcome.ran && outcome.output.length).toBeLessThanOrEqual(16_000);
  });
});

test("without bubblewrap, or where it may not, nothing is run and it says so", async () => {
  using trial = new TrialWorkspace();
  writeFileSync(
    join(trial.home, "refusing"),
    "#!/bin/sh\necho 'No permissions to create a new namespace' >&2\nexit 1\n",
    { mode: 0o755 },
  );
  for (const [bubblewrap, why] of [
    [join(trial.home, "missing"), /not installed/],
    [join(trial.home, "refusing"), /may not make a sandbox/],
  ] as const) {
    const checks = checksOf(trial, "touch ran", sandboxOf(trial, { bubblewrap }));
    expect(await checks.run("test", trial.root, signal)).toEqual({
      ran: false,
      name: "test",
      why: expect.stringMatching(why),
    });
  }
  expect(existsSync(join(trial.root, "ran"))).toBe(false);
});

test("an agent can name a check, never write one", async () => {
  using trial = new TrialWorkspace();
  const checks = checksOf(trial, "touch ran");
  expect(checks.names).toEqual(["test"]);
  for (const name of ["test; touch ran", "sh", "", "TEST", "test "]) {
    const outcome = await checks.run(name, trial.root, signal);
    expect(outcome).toEqual({ ran: false, name, why: expect.stringMatching(/There are: test\.$/) });
  }
  const none = configuredChecks({ templates: [], sandbox: sandboxOf(trial), workspace: trial.root, timeoutMs: 1 });
  expect(await none.run("test", trial.root, signal)).toMatchObject({
    ran: false,
    why: expect.stringMatching(/none is configured/),
  });
});
