import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { playerDefinitions, recorderDefinitions } from "../../clients/mic/sound-programs.ts";
import { nativeLibrary, nodeVersion, players, program, recorders, tokenFile } from "../../pipeline/doctor-checks.ts";
import { runSotto } from "../support/run-sotto.ts";

const report = z.object({
  ok: z.boolean(),
  findings: z.array(
    z.object({ what: z.string(), status: z.string(), detail: z.string(), remedy: z.string().optional() }),
  ),
});
const folder = mkdtempSync(join(tmpdir(), "sotto-doctor-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function examine(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  await using running = runSotto(["doctor", "--json", ...args], env);
  const code = await running.ended;
  const { ok, findings } = report.parse(JSON.parse(running.stdout()));
  return { code, ok, findings, find: (what: string) => findings.find((finding) => finding.what === what) };
}

describe("doctor", () => {
  test("finds all that is needed in this checkout", async () => {
    const { code, ok, findings } = await examine(["--port", "0"]);
    expect(findings.filter(({ status }) => status === "failed")).toEqual([]);
    expect({ ok, code }).toEqual({ ok: true, code: 0 });
    expect(findings.map(({ what }) => what)).toEqual([
      "Node",
      "Neural networks (onnxruntime)",
      "Language models (llama.cpp)",
      "Language model",
      "Ears",
      "Mouth",
      "Page",
      "Port",
      "Token",
      "Recorder",
      "Player",
      "Coding folders",
      "Coding agent",
      "Git",
      "Sandbox",
    ]);
  });

  test("says what to do about a model that is none, and fails", async () => {
    const path = join(folder, "not-a-model.gguf");
    writeFileSync(path, "hello");
    const { code, find } = await examine(["--port", "0", "--voice-model", path]);
    expect(find("Language model")).toMatchObject({
      status: "failed",
      detail: `${path} is not a GGUF file`,
      remedy: expect.stringContaining("voice.model"),
    });
    expect(code).toBe(1);
  });

  test("takes a model of another program for no file", async () => {
    const { code, find } = await examine(["--port", "0", "--set", "voice.model=ollama:qwen3:8b"]);
    expect(code).toBe(0);
    expect(find("Language model")).toMatchObject({ status: "ok", detail: expect.stringMatching(/^ollama:qwen3:8b,/) });
  });

  test("says that a port is taken, by name", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const address = holder.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { find } = await examine(["--port", String(port)]);
    await new Promise((resolve) => holder.close(resolve));
    expect(find("Port")).toMatchObject({ status: "warning", detail: `127.0.0.1:${port} is in use` });
  });

  test("without programs for sound only warns: the page needs none", async () => {
    const { find } = await examine(["--port", "0"], { PATH: folder });
    expect(find("Recorder")).toMatchObject({ status: "warning", remedy: expect.stringContaining("arecord") });
    expect(find("Player")).toMatchObject({ status: "warning", remedy: expect.stringContaining("aplay") });
  });

  test("says what coding needs, and that nothing else needs it", async () => {
    const missing = join(folder, "nowhere");
    const strange = ["--workspace", missing, "--set", "coder.agent=nonsense,acp"];
    const { ok, find } = await examine(["--port", "0", ...strange], { PATH: folder });
    expect(ok).toBe(true);
    expect(find("Coding folders")).toMatchObject({ status: "warning", detail: expect.stringContaining(missing) });
    expect(find("Git")).toMatchObject({ status: "warning", remedy: expect.stringContaining("install git") });
    expect(find("Sandbox")).toMatchObject({ status: "warning", remedy: expect.stringContaining("bubblewrap") });
    expect(find("Coding agent")).toMatchObject({ status: "warning", detail: 'the command "nonsense" is not there' });
    const { find: usual } = await examine(["--port", "0", "--workspace", folder, "--set", "coder.agent=node,acp"]);
    expect(usual("Coding agent")).toMatchObject({ status: "ok", detail: expect.stringMatching(/\/node$/) });
    expect(usual("Coding folders")).toMatchObject({ status: "ok", detail: folder });
    const { find: none } = await examine(["--port", "0"]);
    expect(none("Coding agent")).toMatchObject({ status: "ok", detail: "our own" });
    expect(none("Coding folders")?.remedy).toContain("--workspace");
  });

  test("for people, marks each finding and ends with the verdict", async () => {
    await using running = runSotto(["doctor", "--voice-model", "missing.gguf"]);
    expect(await running.ended).toBe(1);
    expect(running.stdout()).toMatch(/^✓ Node: /m);
    expect(running.stdout()).toMatch(/^✗ Language model: .*missing\.gguf.*\n {4}→ set voice\.model/m);
    expect(running.stdout()).toMatch(/Not ready; see above for what to do\.\n$/);
  });
});

describe("single checks", () => {
  test.each([
    ["20.19.0", "ok"],
    ["20.18.3", "failed"],
    ["18.20.0", "failed"],
    ["24.1.0", "ok"],
  ])("Node %s is %s", (version, status) => {
    expect(nodeVersion(version).status).toBe(status);
  });

  test.skipIf(process.platform === "win32")("a token that others can read is reported", async () => {
    const path = join(folder, "token");
    writeFileSync(path, "secret");
    chmodSync(path, 0o644);
    expect(await tokenFile(path)).toMatchObject({ status: "warning", remedy: `chmod 600 ${path}` });
    chmodSync(path, 0o600);
    expect(await tokenFile(path)).toMatchObject({ status: "ok" });
  });

  test("a native library that does not load is named, with the reason", async () => {
    const finding = await nativeLibrary("Ears", "no-such-library");
    expect(finding).toMatchObject({
      status: "failed",
      detail: expect.stringMatching(/^no-such-library does not load: .*no-such-library/),
    });
    expect(finding.remedy).toContain("npm install");
  });

  test("looks for the programs that the terminal client uses, in its order", () => {
    expect(recorders).toEqual(recorderDefinitions.map(({ name }) => name));
    expect(players).toEqual(playerDefinitions.map(({ name }) => name));
  });

  test("a program is found on the PATH, in the order of preference", async () => {
    expect(await program("Shell", ["no-such-program", "sh"], "")).toMatchObject({ status: "ok", detail: "sh" });
  });
});
