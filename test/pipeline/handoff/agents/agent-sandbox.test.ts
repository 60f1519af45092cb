import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../../models/clock.ts";
import { findBubblewrap, planSandbox, sandboxed } from "../../../../pipeline/handoff/agents/agent-sandbox.ts";
import { externalAgent } from "../../../../pipeline/handoff/agents/external-agent.ts";
import type { StubStep } from "../../../support/acp-stub.ts";
import { type AgentJob, agentJob } from "../../../support/agent-job.ts";
import { buildStubProgram, type StubProgram } from "../../../support/stub-program.ts";

const bubblewrap = await findBubblewrap(process.env["PATH"] ?? "");
const here = bubblewrap === null ? " (left out: bubblewrap does not work here)" : "";
const live = new AbortController().signal;
let program: StubProgram;
/** Not below /tmp, which a sandbox has of its own. */
let home: string;

beforeAll(async () => {
  program = await buildStubProgram();
  home = await realpath(await mkdtemp("/var/tmp/sotto-home-"));
  await mkdir(join(home, ".ssh"));
  await writeFile(join(home, ".ssh/id_ed25519"), "private");
  await writeFile(join(home, ".netrc"), "password");
  await writeFile(join(home, "notes.txt"), "notes");
  await mkdir(join(home, "disk/sotto"), { recursive: true });
  await writeFile(join(home, "disk/sotto/token"), "token");
  await symlink(join(home, "disk/sotto"), join(home, "sotto"));
});

afterAll(async () => {
  await program[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** What the stub found out by steps of its own. */
async function findings(job: AgentJob, steps: readonly StubStep[], sandbox?: "off"): Promise<string> {
  const agent = externalAgent({
    argv: program.argv("well", { steps }),
    clock: systemClock,
    environment: { set: { HOME: home } },
    keeps: [".stub"],
    hides: ["sotto"],
    ...(sandbox && { sandbox }),
  });
  const end = await agent.run(job.task, job.onNews, live);
  return end.type === "done" ? end.summary : end.why;
}

test.skipIf(bubblewrap === null)(
  `in the sandbox an agent changes the copy, what it keeps, and nothing else${here}`,
  async () => {
    await using job = await agentJob();
    const found = await findings(job, [
      { do: "edit", path: "b.txt", text: "mine", asks: false },
      { do: "edit", path: join(home, ".stub/login.txt"), text: "mine", asks: false },
      { do: "edit", path: join(home, "notes.txt"), text: "mine", asks: false },
      { do: "edit", path: join(home, ".ssh/authorized_keys"), text: "mine", asks: false },
      { do: "edit", path: join(job.outside, "secret.txt"), text: "mine", asks: false },
    ]);
    expect(found.match(/edit \w+/g)).toEqual([
      "edit allow_once",
      "edit allow_once",
      "edit failed",
      "edit allow_once",
      "edit failed",
    ]);
    expect((await job.files())["b.txt"]).toBe("mine");
    expect(await readFile(join(home, ".stub/login.txt"), "utf8")).toBe("mine");
    expect(await readFile(join(home, "notes.txt"), "utf8")).toBe("notes");
    // It wrote into an empty folder of its own that has gone with it.
    expect(await readdir(join(home, ".ssh"))).toEqual(["id_ed25519"]);
    expect(await job.outsideFiles()).toEqual({ "secret.txt": "secret" });
    expect(job.news).toEqual([]);
  },
);

test.skipIf(bubblewrap === null)(
  `in the sandbox an agent reads no secrets and sees no other programs${here}`,
  async () => {
    await using job = await agentJob();
    const found = await findings(job, [
      { do: "look", path: join(home, "notes.txt") },
      { do: "look", path: join(home, ".ssh/id_ed25519") },
      { do: "look", path: join(home, ".netrc") },
      { do: "look", path: `/proc/${process.pid}/environ` },
    ]);
    expect(found).toBe("saw notes. saw nothing. saw nothing. saw nothing.");
  },
);

test.skipIf(bubblewrap === null)(
  `in the sandbox an agent cannot read the token with which it could approve its own change${here}`,
  async () => {
    await using job = await agentJob();
    const found = await findings(job, [
      { do: "look", path: join(home, "sotto/token") },
      { do: "look", path: join(home, "disk/sotto/token") },
      { do: "edit", path: "b.txt", text: "mine", asks: false },
    ]);
    expect(found).toBe("saw nothing. saw nothing. edit allow_once.");
    expect((await job.files())["b.txt"]).toBe("mine");
  },
);

test.skipIf(bubblewrap === null)(
  `in the sandbox an agent sees its copy in a folder that is hidden${here}`,
  async () => {
    const root = await realpath(await mkdtemp("/var/tmp/sotto-data-"));
    const folder = join(root, "copies/work");
    await mkdir(folder, { recursive: true });
    await writeFile(join(root, "token"), "token");
    const seen = await new Promise<string>((resolve, reject) => {
      const planned = planSandbox(
        bubblewrap ?? "",
        { file: "/bin/sh", args: ["-c", `ls ${root}; echo mine > new.txt`], folder, env: { HOME: home } },
        { keeps: [], hides: [root] },
      );
      planned.then((plan) => {
        const { file, args } = sandboxed(plan);
        execFile(file, args, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
      }, reject);
    });
    expect(seen).toBe("copies\n");
    expect(await readFile(join(folder, "new.txt"), "utf8")).toBe("mine\n");
    await rm(root, { recursive: true });
  },
);

test("without a sandbox it could: the proof that the sandbox is what holds it", async () => {
  await using job = await agentJob();
  const found = await findings(
    job,
    [
      { do: "edit", path: join(job.outside, "new.txt"), text: "mine", asks: false },
      { do: "look", path: join(home, ".netrc") },
      { do: "look", path: join(home, "sotto/token") },
    ],
    "off",
  );
  expect(found).toBe("edit allow_once. saw password. saw token.");
  expect(Object.keys(await job.outsideFiles()).toSorted()).toEqual(["new.txt", "secret.txt"]);
});

test("where there is no bubblewrap, or one that does not work, none is found", async () => {
  expect(await findBubblewrap("/nowhere:")).toBe(null);
  const folder = await mkdtemp(join(tmpdir(), "sotto-bwrap-"));
  await symlink("/bin/false", join(folder, "bwrap"));
  expect(await findBubblewrap(folder)).toBe(null);
  await rm(folder, { recursive: true });
});
