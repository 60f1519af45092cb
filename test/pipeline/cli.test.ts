import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fliteVoices } from "../../models/speech/flite-voices.ts";
import { runSotto } from "../support/run-sotto.ts";

async function sotto(args: readonly string[], env: Readonly<Record<string, string>> = {}, config?: string) {
  await using running = runSotto(args, env);
  if (config !== undefined) writeFileSync(join(running.folder, "sotto.config.json"), config);
  const code = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr(), folder: running.folder };
}

const commands = ["serve", "talk", "code", "jobs", "undo", "models", "doctor", "config"];

describe("help", () => {
  test("names every command and shows examples", async () => {
    const { code, stdout, stderr } = await sotto(["--help"]);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
    expect(stdout).toContain("Examples:");
  });

  test.each(commands)("of %s lists its flags and shows examples", async (command) => {
    const { code, stdout } = await sotto([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: sotto ${command} [options]`);
    expect(stdout).toContain("--config <file>");
    expect(stdout).toContain(`$ sotto ${command}`);
    // Every flag says what it does.
    expect(stdout.split("\n").filter((line) => /^ {2}-\S+( <\S+>)?$/.test(line))).toEqual([]);
  });

  test("of talk has what a conversation without sound hardware needs", async () => {
    const { stdout } = await sotto(["talk", "--help"]);
    for (const flag of [
      "--url",
      "--token",
      "--file",
      "--files-from",
      "--save",
      "--json",
      "--device",
      "--recorder",
      "--player",
      "--full-duplex",
      "--text",
      "--voice",
      "--no-serve",
    ]) {
      expect(stdout).toContain(`  ${flag}`);
    }
    for (const voice of fliteVoices) expect(stdout).toMatch(new RegExp(`--voice [^-]*\\b${voice}\\b`));
  });

  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect((await sotto(["--version"])).stdout).toBe(`${version}\n`);
  });
});

describe("a mistake ends with code 2, nothing on stdout and one line that says what to do:", () => {
  test.each<[what: string, args: readonly string[], says: RegExp]>([
    ["an unknown command", ["serv"], /unknown command 'serv' \(Did you mean serve\?\)/],
    ["an unknown flag", ["serve", "--prot", "1"], /unknown option '--prot' \(Did you mean --port\?\)/],
    ["a flag without its value", ["serve", "--port"], /option '--port <number>' argument missing/],
    ["an argument too many", ["doctor", "now"], /too many arguments for 'doctor'/],
    [
      "a port that is none",
      ["serve", "--port", "http"],
      /--port: server\.port: expected a whole number from 0 to 65535, got "http"/,
    ],
    [
      "a size that is none",
      ["serve", "--slot-bytes", "lots"],
      /--slot-bytes: memory\.slotBytes: expected bytes, such as 6GB, 512MiB or 2000000000, got "lots"/,
    ],
    ["a size below nothing", ["serve", "--slot-bytes=-1GB"], /--slot-bytes: memory\.slotBytes: expected bytes/],
    ["a key that is none", ["config", "--set", "turn.silence=3"], /--set: turn\.silence: unknown key/],
    ["half a setting", ["config", "--set", "turn"], /--set turn: expected key=value/],
    ["a config file that is not there", ["config", "--config", "no.json"], /no\.json: no such config file/],
    [
      "no token beyond this machine",
      ["serve", "--no-token", "--host", "0.0.0.0"],
      /Refusing to listen on 0\.0\.0\.0 without a token/,
    ],
    [
      "no service, and none wanted",
      ["talk", "--no-serve", "--port", "1"],
      /Nothing answers at http:\/\/127\.0\.0\.1:1: run `npm start`/,
    ],
  ])("%s", async (_what, args, says) => {
    const { code, stdout, stderr } = await sotto(args);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^sotto: /);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  test("with SOTTO_DEBUG it says where it came from, too", async () => {
    const { stderr } = await sotto(["config", "--set", "turn"], { SOTTO_DEBUG: "1" });
    expect(stderr).toMatch(/\n {4}at /);
  });
});

describe("output", () => {
  // Linux has a file that is always full.
  test.skipIf(!existsSync("/dev/full"))("that cannot be written ends with code 1 and one line", () => {
    const { status, stderr } = spawnSync("sh", ["-c", 'exec "$0" dist/sotto.js config > /dev/full', process.execPath], {
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^sotto: .*cannot be written: ENOSPC.*\n$/)]);
  });

  test("that nobody reads any more ends it quietly", () => {
    const { stderr } = spawnSync("sh", ["-c", '"$0" dist/sotto.js config | true', process.execPath], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
  });
});

describe("config", () => {
  test("shows each setting with where it was set, and never the token", async () => {
    const { code, stdout } = await sotto(["config", "--port", "9000"], {
      SOTTO_TURN_MODE: "server_vad",
      SOTTO_SERVER_TOKEN: "not-for-anybodys-eyes",
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^server\.port = 9000 {2}\(--port\)$/m);
    expect(stdout).toMatch(/^turn\.mode = "server_vad" {2}\(SOTTO_TURN_MODE\)$/m);
    expect(stdout).toMatch(/^server\.token = \(hidden\)/m);
    expect(stdout).not.toContain("eyes");
  });

  test("as JSON is a config file that means the same", async () => {
    const first = await sotto(["config", "--json", "--port", "9000"]);
    const again = await sotto(["config", "--json"], {}, first.stdout);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(first.stdout));
  });
});
