import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { talk } from "../../../clients/mic/talk.ts";
import type { TalkCommandOptions } from "../../../clients/mic/talk-options.ts";
import { readWav } from "../../../clients/mic/wav-reader.ts";
import { startScriptedServer } from "../../support/scripted-realtime-server.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sotto-save-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const wholeSamples = 81 * 60 * 24;
const answers = [
  { heard: "", sentences: ["I know a few dozen things, and I like to talk about each of them at length."] },
];

async function run(options: TalkCommandOptions, stopAt: (stdout: string) => boolean = () => false) {
  let stdout = "";
  let stderr = "";
  const life = new AbortController();
  const code = await talk(options, {
    stdout: {
      write: (text) => {
        stdout += text;
        if (stopAt(stdout)) life.abort();
      },
    },
    stderr: { write: (text) => (stderr += text) },
    stdin: null,
    env: {},
    signal: life.signal,
  });
  return { code, stderr };
}

test("what was heard before Ctrl-C is kept", async () => {
  await using server = await startScriptedServer({ answers });
  const save = join(folder, "answer.wav");
  const options = { url: server.url, token: server.token, text: "who are you", save, json: true };
  const { code, stderr } = await run(options, (stdout) => stdout.includes('"heard":"I know'));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { rateHz, samples } = readWav(readFileSync(save));
  expect(rateHz).toBe(24_000);
  expect(samples.length).toBeGreaterThan(0);
  expect(samples.length).toBeLessThan(wholeSamples / 2);
});

test.each([
  ["gone/answer.wav", "its folder is not there"],
  ["folder", "it is a folder"],
])("where nothing can be saved (%s) it says so before a word is said", async (name, why) => {
  mkdirSync(join(folder, "folder"));
  await using server = await startScriptedServer({ answers });
  const save = join(folder, name);
  const { code, stderr } = await run({ url: server.url, token: server.token, text: "who are you", save, json: true });
  expect({ code, stderr }).toEqual({ code: 1, stderr: `sotto: Cannot write ${save}: ${why}\n` });
  expect(server.talks).toEqual([]);
});

test("an answer of before is left alone when no new one came", async () => {
  const save = join(folder, "answer.wav");
  writeFileSync(save, "the old one");
  const options = { url: "http://127.0.0.1:9", text: "who are you" };
  expect((await run({ ...options, save })).code).toBe(1);
  expect(readFileSync(save, "utf8")).toBe("the old one");
  const other = join(folder, "other.wav");
  expect((await run({ ...options, save: other })).code).toBe(1);
  expect(existsSync(other)).toBe(false);
});
