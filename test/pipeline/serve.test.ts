import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { portFlag } from "../../pipeline/cli-serve.ts";
import { type RunningSotto, runSotto } from "../support/run-sotto.ts";

const ready = /^sotto ready (http:\/\/127\.0\.0\.1:\d+)$/;

async function urlOf(service: RunningSotto): Promise<string> {
  return ready.exec(await service.line(ready))?.[1] ?? "";
}

async function tokenOf(service: RunningSotto): Promise<string> {
  const link = /\?token=([\w-]{16,})/;
  return link.exec(await service.line(link, "stderr"))?.[1] ?? "";
}

/** Processes started by this one; Linux tells. */
function childrenOf(pid: number | undefined): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

async function allGone(pids: readonly number[]): Promise<void> {
  while (
    pids.some((pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")))
  ) {
    await delay(20);
  }
}

describe("sotto serve", () => {
  test.each([
    ["http://127.0.0.1:8377", ""],
    ["http://127.0.0.1:9000", " --port 9000"],
    ["http://127.0.0.1:80", " --port 80"],
    ["http://[::1]:9000", " --port 9000"],
  ])("at %s the terminal is reached with %j", (url, flag) => {
    expect(portFlag(url)).toBe(flag);
  });

  test("says that it is ready, alone on stdout, and hands out the link with the token on stderr", async () => {
    await using service = runSotto(["serve", "--port", "0"]);
    const url = await urlOf(service);
    const token = await tokenOf(service);
    expect(service.stderr()).toContain(`${url}/?token=${token}`);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    const known = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
    expect(known.status).toBe(200);
    service.child.kill("SIGTERM");
    expect(await service.ended).toBe(0);
    expect(service.stdout()).toBe(`sotto ready ${url}\n`);
  });

  test("says in which folders the coder may work, and what is wrong with one", async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "sotto-serve-")));
    try {
      await using service = runSotto(["serve", "--port", "0", "--workspace", folder, "--workspace", "gone"]);
      await urlOf(service);
      expect(service.stderr()).toContain(`  The coder may work in:    ${folder}\n`);
      expect(service.stderr()).toMatch(/\n {2}The folder ".*gone" does not exist\. Make it, or name another one/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a second one on the same folder says that it takes no coding tasks", async () => {
    await using first = runSotto(["serve", "--port", "0"]);
    await urlOf(first);
    await using second = runSotto(["serve", "--port", "0"], { SOTTO_HOME: join(first.folder, ".local/share/sotto") });
    await urlOf(second);
    expect(first.stderr()).not.toContain("Another Sotto");
    expect(second.stderr()).toContain("warn Another Sotto works on the coding jobs. Close it and start");
  });

  test("keeps its token from one start to the next", async () => {
    await using first = runSotto(["serve", "--port", "0"]);
    const token = await tokenOf(first);
    await using second = runSotto(["serve", "--port", "0"], { SOTTO_HOME: join(first.folder, ".local/share/sotto") });
    expect(await tokenOf(second)).toBe(token);
  });

  test("without a token, on loopback, the link has none and everybody here may come in", async () => {
    await using service = runSotto(["serve", "--port", "0", "--no-token"]);
    const url = await urlOf(service);
    expect(service.stderr()).not.toContain("token=");
    expect((await fetch(`${url}/v1/models`)).status).toBe(200);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("ends with code 0 on %s and leaves no process behind", async (name) => {
    await using service = runSotto(["serve", "--port", "0"]);
    await urlOf(service);
    const hosts = childrenOf(service.child.pid);
    expect(hosts.length).toBeGreaterThanOrEqual(3);
    service.child.kill(name);
    expect(await service.ended).toBe(0);
    await allGone(hosts);
  });

  test("leaves no process behind even when it is killed", async () => {
    await using service = runSotto(["serve", "--port", "0"]);
    await urlOf(service);
    const hosts = childrenOf(service.child.pid);
    service.child.kill("SIGKILL");
    await service.ended;
    await allGone(hosts);
  });
});

describe("what stops it from starting is one line with what to do:", () => {
  async function refusal(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    await using service = runSotto(["serve", ...args], env);
    expect(await service.ended).toBe(1);
    expect(service.stdout()).toBe("");
    const complaints = service
      .stderr()
      .split("\n")
      .filter((line) => line.startsWith("sotto: "));
    expect(complaints).toHaveLength(1);
    return complaints[0] ?? "";
  }

  test("a port that is taken", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const address = holder.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await refusal(["--port", String(port)])).toMatch(new RegExp(`${port}.* in use.*--port`));
    await new Promise((resolve) => holder.close(resolve));
  });

  test("an address that this machine has not", async () => {
    expect(await refusal(["--port", "0", "--host", "192.0.2.1"])).toMatch(/192\.0\.2\.1.*--host/);
  });

  test("a model that is not there", async () => {
    expect(await refusal(["--port", "0", "--voice-model", "missing.gguf"])).toContain("missing.gguf");
  });

  test("a model that is no model", async () => {
    await using elsewhere = runSotto(["--version"]);
    const path = join(elsewhere.folder, "broken.gguf");
    writeFileSync(path, "GGUF and then nothing of use");
    expect(await refusal(["--port", "0", "--voice-model", path])).toContain("broken.gguf");
  });

  test("a token file that holds something else", async () => {
    await using elsewhere = runSotto(["--version"]);
    writeFileSync(join(elsewhere.folder, "token"), "too short");
    expect(await refusal(["--port", "0"], { SOTTO_HOME: elsewhere.folder })).toMatch(/token.*Correct or delete/);
  });
});
