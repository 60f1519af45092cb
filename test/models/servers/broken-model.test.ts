import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { hostEntry, packageFile } from "../../../models/host/entries.ts";
import { HostProcess } from "../../../models/host/host-process.ts";
import { EmbeddedServer } from "../../../models/servers/embedded.ts";
import { tinyGguf } from "../../support/tiny-gguf.ts";

const whole = tinyGguf();
const log = (): void => undefined;
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sotto-broken-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** The model with one number in its header changed. */
function withNumber(key: string, value: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes.writeUInt32LE(value, bytes.indexOf(key) + key.length + 4);
  return bytes;
}

/** The model with one word replaced by another of the same length. */
function withWord(word: string, other: string): Buffer {
  const bytes = Buffer.from(whole);
  bytes.write(other, bytes.indexOf(word), "latin1");
  return bytes;
}

describe("a model that cannot be loaded", () => {
  test.each<[string, Buffer, RegExp]>([
    ["is no model", Buffer.from("hello there"), /is not a GGUF file/],
    ["is empty", Buffer.alloc(0), /ends inside its header/],
    ["was cut in its header", whole.subarray(0, 3_000), /ends inside its header.*cut short/],
    ["was cut in its data", whole.subarray(0, whole.length - 1_000), /bytes\. Fetch it again: it was cut short/],
    ["is of another version", Buffer.concat([Buffer.from("GGUF\x04\0\0\0"), whole.subarray(8)]), /version 4/],
    ["counts a billion keys", Buffer.concat([whole.subarray(0, 16), Buffer.alloc(8, 9)]), /impossible number of keys/],
    ["is of an unknown kind", withWord("llama", "lemma"), /lemma/],
    ["lacks a tensor", withWord("blk.1.attn_q", "blk.1.attn_x"), /attn_q/],
    ["has an unknown tokenizer", withWord("gpt2", "gpt9"), /gpt9/],
    ["has a layer too many", withNumber("llama.block_count", 3), /blk\.2/],
    ["has a million layers", withNumber("llama.block_count", 1_000_000), /impossible block_count/],
    ["has no heads", withNumber("llama.attention.head_count", 0), /impossible attention.head_count/],
  ])("because it %s says so at once and is not tried again", async (what, bytes, message) => {
    const modelPath = join(folder, `${what.replaceAll(" ", "-")}.gguf`);
    await writeFile(modelPath, bytes);
    await using voice = new EmbeddedServer({ name: "voice", modelPath, clock: systemClock, log });
    await expect(voice.ready()).rejects.toMatchObject({
      code: "bad-model",
      message: expect.stringMatching(new RegExp(`${modelPath}.*${message.source}`)),
    });
    expect(voice).toMatchObject({ status: "failed", starts: 1 });
    const ask = { sequence: "a", prompt: [{ text: "a", special: false }], maxTokens: 1, temperature: 0, stop: [] };
    const parts = voice.generate(ask, new AbortController().signal);
    await expect(parts.next()).rejects.toMatchObject({ code: "bad-model" });
  });

  test("because it is not there says so", async () => {
    const modelPath = join(folder, "nowhere.gguf");
    await using voice = new EmbeddedServer({ name: "voice", modelPath, clock: systemClock, log });
    await expect(voice.ready()).rejects.toMatchObject({
      code: "bad-model",
      message: expect.stringContaining(modelPath),
    });
    expect(voice).toMatchObject({ model: "nowhere", bytes: 0 });
  });
});

describe("a machine without llama.cpp", () => {
  /** A copy of the host where only the named packages can be found. */
  async function host(name: string, library: string | undefined): Promise<HostProcess> {
    const at = join(folder, name);
    await mkdir(join(at, "node_modules"), { recursive: true });
    await symlink(packageFile("node_modules/zod"), join(at, "node_modules/zod"));
    await writeFile(join(at, "package.json"), '{"type":"module"}');
    await copyFile(hostEntry("language-host"), join(at, "language-host.js"));
    if (library !== undefined) {
      await mkdir(join(at, "node_modules/node-llama-cpp"));
      await writeFile(join(at, "node_modules/node-llama-cpp/package.json"), '{"type":"module","main":"main.js"}');
      await writeFile(join(at, "node_modules/node-llama-cpp/main.js"), library);
    }
    const modelPath = join(folder, "whole.gguf");
    await writeFile(modelPath, whole);
    const entry = join(at, "language-host.js");
    return new HostProcess({
      name: "voice",
      entry,
      args: [modelPath, "{}"],
      clock: systemClock,
      log,
      readyTimeoutMs: 60_000,
    });
  }

  test.each([
    ["package", undefined, "node-llama-cpp"],
    [
      "native library for it",
      'export const LlamaLogLevel = { error: "error" }; export async function getLlama() { throw new Error("No binary found.\\n  at"); }',
      "No binary found. Run `npm install`",
    ],
  ])("without the %s says in one line what to do", async (name, library, message) => {
    await using process = await host(name, library);
    const failure = await process.ready().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "engine-missing",
      message: expect.stringMatching(/^llama.cpp cannot be loaded: [^\n]+npm install[^\n]+$/),
    });
    expect(failure).toMatchObject({ message: expect.stringContaining(message) });
    expect(process.starts).toBe(1);
  });
});
