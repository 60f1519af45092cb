import { createHash, randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../models/clock.ts";
import { Journal } from "../../models/residency/journal.ts";
import { FakeOllama } from "../support/fake-ollama.ts";
import { serveFile } from "../support/file-server.ts";
import { type RunningSotto, runSotto } from "../support/run-sotto.ts";
import { startService } from "../support/service.ts";
import { until } from "../support/until.ts";

/** No server of this machine is asked anything. */
const alone = { SOTTO_MODELS_SERVERS: "nobody=http://127.0.0.1:1", SOTTO_SERVER_PORT: "1" };

function models(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningSotto {
  return runSotto(["models", ...args], { ...alone, SOTTO_HOME: "kept", ...env });
}

async function end(running: RunningSotto) {
  const code = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

describe("sotto models list", () => {
  test("shows what is here, that no service answers, and what would fit", async () => {
    await using running = models([]);
    const { code, stdout, stderr } = await end(running);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}starter \(voice\) +\d/m);
    expect(stdout).toContain("No service answers");
    expect(stdout).toMatch(/^ {2}qwen3:0\.6b +Q8_0 +0\.6 GB +1\.\d GB +on the (CPU|GPU) +voice +Apache-2\.0$/m);
  });

  test("has the files of the models folder, and says which is damaged", async () => {
    await using running = runSotto(["models", "list", "--json"], {
      ...alone,
      SOTTO_HOME: join(process.cwd(), "test", "nowhere"),
    });
    expect(JSON.parse((await end(running)).stdout).installed).toHaveLength(
      ["voice", "director", "coder"].filter((role) => existsSync(`models/starter/${role}.gguf`)).length,
    );
    await using second = models(["list", "--json"], { SOTTO_HOME: keptWith(running.folder) });
    const { installed, resident } = JSON.parse((await end(second)).stdout);
    expect(resident).toBeNull();
    const own = installed.filter(({ from }: { from: string }) => from === "folder");
    expect(
      own.map(({ model, trouble }: { model: string; trouble?: string }) => [model.split("/").at(-1), trouble]),
    ).toEqual([
      ["broken.gguf", expect.stringContaining("Fetch it again")],
      ["fine.gguf", undefined],
    ]);
  });

  test("has the models of a configured server", async () => {
    const ollama = await new FakeOllama({
      version: "0.32.15",
      models: [{ name: "qwen3:8b", weights: "qwen", weightBytes: 5e9 }],
    }).start();
    try {
      await using running = models(["--json"], { SOTTO_MODELS_SERVERS: `ollama=${ollama.address}` });
      const { installed } = JSON.parse((await end(running)).stdout);
      expect(installed).toContainEqual(expect.objectContaining({ model: "ollama:qwen3:8b", from: "server" }));
    } finally {
      await ollama.stop();
    }
  });

  test("shows what a running service has in memory", async () => {
    await using service = await startService();
    const { port } = new URL(service.service.url);
    await using running = models(["--json"], { SOTTO_SERVER_PORT: port, SOTTO_TOKEN: service.token });
    const { resident } = JSON.parse((await end(running)).stdout);
    expect(resident).toContainEqual(expect.objectContaining({ role: "voice", state: "ready" }));
    await using stranger = models([], { SOTTO_SERVER_PORT: port });
    expect((await end(stranger)).stdout).toMatch(/^ {2}The service that answers does not know us: set SOTTO_TOKEN/m);
  });
});

/** A home with one model that is whole and one that is not. */
function keptWith(folder: string): string {
  mkdirSync(join(folder, "home", "models"), { recursive: true });
  const starter = readFileSync("models/starter/voice.gguf");
  copyFileSync("models/starter/voice.gguf", join(folder, "home", "models", "fine.gguf"));
  writeFileSync(join(folder, "home", "models", "broken.gguf"), starter.subarray(0, 100_000));
  return join(folder, "home");
}

describe("sotto models pull", () => {
  const content = randomBytes(2_000_000);

  test("fetches from a hub, tells of it now and then, and says where the file is", async () => {
    await using server = await serveFile(content);
    await using running = models(["pull", "hf:owner/repo/some.gguf"], { HF_ENDPOINT: server.address });
    const { code, stdout, stderr } = await end(running);
    expect(stderr).toMatch(/^fetched 0 MB of 2 MB\n(fetched .*\n)*(checked .*\n)+$/);
    expect(stderr.split("\n").length).toBeLessThan(30);
    expect(code).toBe(0);
    const path = join(running.folder, "kept", "models", "some.gguf");
    expect(stdout).toContain(path);
    expect(stdout).toContain("its checksum is right");
  });

  test("a model of the catalog comes from where the catalog says", async () => {
    await using server = await serveFile(content);
    await using running = models(["pull", "qwen3:0.6b"], { HF_ENDPOINT: server.address, HF_TOKEN: "hf_mine" });
    const { code, stdout } = await end(running);
    expect(code).toBe(0);
    expect(stdout).toContain("Qwen3-0.6B-Q8_0.gguf");
    expect(server.tokens.hub).toEqual(["Bearer hf_mine"]);
  });

  test("Ctrl-C keeps what is there and says how to go on", async () => {
    await using server = await serveFile(content);
    server.misdeeds.push({ do: "stall", afterBytes: 1_000_000 });
    await using running = models(["pull", "hf:owner/repo/some.gguf"], { HF_ENDPOINT: server.address });
    const part = join(running.folder, "kept", "models", "some.gguf.part");
    await until(() => existsSync(part) && readFileSync(part).length >= 900_000);
    running.child.kill("SIGINT");
    const { code, stdout } = await end(running);
    expect(stdout).toContain("Go on with: sotto models pull hf:owner/repo/some.gguf");
    expect(code).toBe(130);
    expect(readFileSync(part).length).toBeGreaterThan(0);
  });

  test("two of one file do not write into each other; one that was killed is gone on with", async () => {
    await using server = await serveFile(content);
    server.misdeeds.push({ do: "stall", afterBytes: 1_000_000 });
    const args = ["pull", "hf:owner/repo/some.gguf"];
    await using first = models(args, { HF_ENDPOINT: server.address });
    const env = { HF_ENDPOINT: server.address, SOTTO_HOME: join(first.folder, "kept") };
    const path = join(first.folder, "kept", "models", "some.gguf");
    await until(() => existsSync(`${path}.part`) && readFileSync(`${path}.part`).length >= 900_000);
    await using second = models(args, env);
    expect(await end(second)).toEqual({
      code: 1,
      stdout: "",
      stderr: `sotto: Another pull of ${path} is under way: wait for its end, or stop it\n`,
    });
    first.child.kill("SIGKILL");
    await first.ended;
    await using third = models(args, env);
    expect((await end(third)).code).toBe(0);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.ranges.at(-1)).toMatch(/^bytes=\d{5,}-$/);
  });

  test("a wrong checksum fails in one line", async () => {
    await using server = await serveFile(content);
    const args = ["pull", `${server.address}/x/some.gguf`, "--sha256", `sha256:${"0".repeat(64)}`];
    await using running = models(args);
    const { code, stderr } = await end(running);
    const sum = createHash("sha256").update(content).digest("hex");
    expect(stderr).toMatch(new RegExp(`sotto: The file that came is not .*${sum}.*damaged; pull again\n$`));
    expect(code).toBe(1);
  });
});

describe("sotto models journal", () => {
  test("says where there is none, and makes none", async () => {
    await using running = models(["journal"]);
    const { code, stdout } = await end(running);
    expect(stdout).toContain("The journal is empty");
    expect(code).toBe(0);
    expect(existsSync(join(running.folder, "kept"))).toBe(false);
  });

  test("prints its last lines for people, and as JSON", async () => {
    await using first = models(["journal"]);
    await end(first);
    const folder = join(first.folder, "home");
    const write = (waitedMs: number): void => {
      using journal = Journal.open({ folder, clock: systemClock, complain: (message) => expect.fail(message) });
      journal.write({ type: "admit", ticket: 1, role: "voice", model: "some", load: 1, waitedMs });
    };
    write(1_500);
    write(2_500);
    await using running = models(["journal", "--lines", "1"], { SOTTO_HOME: folder });
    expect((await end(running)).stdout).toMatch(
      /^\d{4}-\d\d-\d\dT\S+ admit ticket=1 role=voice model=some load=1 waited=2\.5s\n$/,
    );
    await using asJson = models(["journal", "--json"], { SOTTO_HOME: folder });
    const lines = JSON.parse((await end(asJson)).stdout);
    expect(lines.map(({ detail }: { detail: { waitedMs: number } }) => detail.waitedMs)).toEqual([1_500, 2_500]);
  });
});

describe("a mistake ends with code 2 and one line that says what to do:", () => {
  test.each<[args: readonly string[], says: RegExp]>([
    [["remove"], /unknown action 'remove': expected list, pull or journal/],
    [["list", "all"], /too many arguments for 'models list'/],
    [["pull"], /pull what\? See `sotto models` for names/],
    [["pull", "qwen3:5b"], /"qwen3:5b": no such model in the catalog; give hf:/],
    [["pull", "http://example.org/m.gguf"], /models are fetched over https only/],
    [["pull", "qwen3:4b", "--sha256", "abc"], /--sha256: expected 64 hexadecimal digits, got "abc"/],
    [["journal", "--lines", "some"], /--lines: expected a whole number from 1 to 20000, got "some"/],
  ])("%j", async (args, says) => {
    await using running = models(args);
    const { code, stdout, stderr } = await end(running);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
