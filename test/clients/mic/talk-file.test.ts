import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { z } from "zod";
import { talk } from "../../../clients/mic/talk.ts";
import type { TalkCommandOptions, TalkIo } from "../../../clients/mic/talk-options.ts";
import { readWav } from "../../../clients/mic/wav-reader.ts";
import { writeWav } from "../../../clients/mic/wav-writer.ts";
import { startScriptedServer } from "../../support/scripted-realtime-server.ts";
import { until } from "../../support/until.ts";
import { WorkingDesk } from "../../support/working-desk.ts";

const folder = mkdtempSync(join(tmpdir(), "sotto-talk-"));
const question = join(folder, "question.wav");
// Something loud is all that the scripted service wants to hear.
writeFileSync(
  question,
  writeWav(
    Int16Array.from({ length: 11_025 }, (_, i) => 12_000 * Math.sin(i / 4)),
    22_050,
  ),
);

const answers = [
  {
    heard: "who are you",
    sentences: ["I am Sotto.", "I know a few dozen things, and I like to talk about each of them at length."],
  },
  { heard: "stop", sentences: ["Okay."] },
];
const eventSchema = z.looseObject({ type: z.string() });

async function run(
  options: TalkCommandOptions,
  env: Readonly<Record<string, string>> = {},
  stdin: TalkIo["stdin"] = null,
) {
  let stdout = "";
  let stderr = "";
  const code = await talk(options, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    stdin,
    env,
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  const events = options.json ? lines.map((line) => eventSchema.parse(JSON.parse(line))) : [];
  return { code, stdout, stderr, events };
}

test("a conversation from files: cut off in the middle, and only what was heard is kept", async () => {
  await using server = await startScriptedServer({ answers });
  const save = join(folder, "answer.wav");
  const file = [question, `${question}@1200`];
  const { code, events, stderr } = await run({ url: server.url, token: server.token, file, save, json: true });
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(
    events.filter((event) => event.type === "user" && event["final"] === true).map((event) => event["text"]),
  ).toEqual(["who are you", "stop"]);
  const settled = events.filter((event) => event.type === "assistant" && event["status"] !== "speaking");
  expect(settled).toMatchObject([
    {
      status: "interrupted",
      heard: expect.stringMatching(/^I am Sotto\. I know/),
      unheard: expect.stringMatching(/at length\.$/),
    },
    { status: "done", heard: "Okay." },
  ]);
  const played = [...(server.talks[0]?.played.values() ?? [])];
  expect(played.map(({ playing }) => playing)).toEqual([false, false]);
  const [cut = { samples: 0 }, whole = { samples: 0 }] = played;
  expect(whole.samples).toBe("Okay.".length * 60 * 24);
  // The file holds what was acknowledged, the pause between the answers, and no more than a tick of silence at each end.
  const pause = 24_000 * 0.3;
  const saved = readWav(readFileSync(save));
  expect(saved.rateHz).toBe(24_000);
  expect(saved.samples.length).toBeGreaterThanOrEqual(cut.samples + pause + whole.samples);
  expect(saved.samples.length).toBeLessThanOrEqual(cut.samples + pause + whole.samples + 2 * 480);
});

test("the same over the bare protocol: base64 both ways, and a truncation where the answer was cut off", async () => {
  await using server = await startScriptedServer({ answers, sotto: false });
  const { code, events } = await run({
    url: server.url,
    token: server.token,
    file: [question, `${question}@1200`],
    json: true,
  });
  expect(code).toBe(0);
  const settled = events.filter((event) => event.type === "assistant" && event["status"] !== "speaking");
  expect(settled.map((event) => event["status"])).toEqual(["interrupted", "done"]);
  const truncations = server.talks[0]?.received.filter((event) => event.type === "conversation.item.truncate") ?? [];
  expect(truncations).toMatchObject([{ audio_end_ms: settled[0]?.["played_ms"] }]);
  expect(server.talks[0]?.audioBytes).toBeGreaterThan(48_000);
});

test("for people it prints what was said, and what of it was not heard", async () => {
  await using server = await startScriptedServer({ answers });
  const { stdout } = await run({ url: `${server.url}/?token=${server.token}`, file: [question, `${question}@1000`] });
  expect(stdout).toMatch(/you {2}who are you\n/);
  expect(stdout).toMatch(/sotto {2}I am Sotto\. .* — \(not heard: .*at length\.\)\n.* first token 38 ms/);
  expect(stdout).toMatch(/sotto {2}Okay\.\n/);
});

test("something typed is answered too, with the token from the environment", async () => {
  await using server = await startScriptedServer({ answers: [{ heard: "", sentences: ["Four."] }] });
  const { code, events } = await run(
    { url: server.url, text: "two plus two", json: true },
    { SOTTO_TOKEN: server.token },
  );
  expect(code).toBe(0);
  expect(events).toContainEqual(expect.objectContaining({ type: "user", text: "two plus two", final: true }));
  expect(events).toContainEqual(expect.objectContaining({ type: "assistant", heard: "Four.", status: "done" }));
});

test("a connection that breaks between two turns is made again, and the conversation goes on", async () => {
  await using server = await startScriptedServer({ answers: [{ heard: "hello", sentences: ["Hi."] }] });
  let broken = false;
  let stdout = "";
  const code = await talk(
    { url: server.url, token: server.token, file: [question, question], json: true },
    {
      stdout: {
        write: (text) => {
          stdout += text;
          if (broken || !stdout.includes('"done"')) return;
          broken = true;
          server.breakConnections();
        },
      },
      stderr: { write: () => undefined },
      stdin: null,
      env: {},
    },
  );
  expect(code).toBe(0);
  expect(server.talks.length).toBe(2);
  expect(stdout).toMatch(/"connection","status":"waiting"/);
  expect(stdout.match(/"status":"done"/g)?.length).toBe(2);
});

test("without a service it says how to start one", async () => {
  const { code, stderr } = await run({ url: "http://127.0.0.1:9", file: [question] });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^sotto: No service answers at 127\.0\.0\.1:9 .*npm start\n$/),
  });
});

test("with the wrong token it says where the right one is", async () => {
  await using server = await startScriptedServer({ answers });
  const { code, stderr } = await run({ url: server.url, token: "wrong", file: [question] });
  expect(code).toBe(1);
  expect(stderr).toMatch(/401.*SOTTO_TOKEN/);
});

test.each([
  ["a file that is not there", ["/nowhere/x.wav"], /Cannot read \/nowhere\/x\.wav: there is no such file/],
  ["a folder", [folder], /: it is a folder$/m],
  ["a time that is none", [`${question}@soon`], /no such file\. To cut into the answer before, .*question\.wav@900$/m],
  ["a file that is no sound", [new URL(import.meta.url).pathname], /not a WAV file/],
])("%s is named before anything else happens", async (_, file, reason) => {
  const { code, stderr } = await run({ url: "http://127.0.0.1:9", file });
  expect(code).toBe(1);
  expect(stderr).toMatch(reason);
});

test("nothing to say in writing is a mistake", async () => {
  const { code, stderr } = await run({ url: "http://127.0.0.1:9", text: " " });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'sotto: --text needs words, such as --text "what time is it".\n',
  });
});

test("somewhere to save without anything to say is a mistake", async () => {
  const { code, stderr } = await run({ url: "http://127.0.0.1:9", save: "x.wav" });
  expect(code).toBe(1);
  expect(stderr).toContain("--file");
});

test("Ctrl-C ends it at once, without complaint", async () => {
  await using server = await startScriptedServer({ answers });
  const life = new AbortController();
  let stderr = "";
  const code = await talk(
    { url: server.url, token: server.token, file: [question], json: true },
    {
      stdout: { write: (text) => text.includes('"user"') && life.abort() },
      stderr: { write: (text) => (stderr += text) },
      stdin: null,
      env: {},
      signal: life.signal,
    },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

/** A pipe into the standard input. */
function pipe() {
  const through = new PassThrough();
  return {
    stdin: Object.assign(through, { isTTY: false }),
    write: (text: string) => through.write(text),
    end: () => through.end(),
    isClosed: () => through.destroyed,
  };
}

test("files that are named as it goes are said in turn; the end of the list ends the conversation", async () => {
  await using server = await startScriptedServer({ answers });
  const list = pipe();
  const running = run(
    { url: server.url, token: server.token, file: [question], filesFrom: "-", json: true },
    {},
    list.stdin,
  );
  const played = () => [...(server.talks[0]?.played.values() ?? [])].filter(({ playing }) => !playing).length;
  await until(() => played() === 1);
  list.write(`\n${question.slice(0, 10)}`);
  list.write(`${question.slice(10)}\n`);
  await until(() => played() === 2);
  list.end();
  const { code, events, stderr } = await running;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(
    events.filter((event) => event.type === "user" && event["final"] === true).map((event) => event["text"]),
  ).toEqual(["who are you", "stop"]);
});

test("a name in the list that is none ends it with the reason; so does a list that is not there", async () => {
  await using server = await startScriptedServer({ answers });
  const list = pipe();
  list.write("/nowhere/x.wav\n");
  const options = { url: server.url, token: server.token };
  const wrong = await run({ ...options, filesFrom: "-" }, {}, list.stdin);
  expect(wrong).toMatchObject({ code: 1, stderr: "sotto: Cannot read /nowhere/x.wav: there is no such file\n" });
  const missing = await run({ ...options, filesFrom: "/nowhere/list" });
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/^sotto: Cannot read \/nowhere\/list: /) });
  const keyboard = await run({ ...options, filesFrom: "-" });
  expect(keyboard).toMatchObject({ code: 1, stderr: expect.stringContaining("pipe a list into it") });
});

test("Ctrl-C does not wait for the list", async () => {
  await using server = await startScriptedServer({ answers });
  const list = pipe();
  const life = new AbortController();
  const code = await talk(
    { url: server.url, token: server.token, file: [question], filesFrom: "-", json: true },
    {
      stdout: { write: (text) => text.includes('"done"') && life.abort() },
      stderr: { write: () => undefined },
      stdin: list.stdin,
      env: {},
      signal: life.signal,
    },
  );
  expect(code).toBe(0);
  // Nothing keeps the process.
  expect(list.isClosed()).toBe(true);
});

test("a job under way is waited for, and its news come as lines of JSON", async () => {
  const desk = new WorkingDesk();
  await using server = await startScriptedServer({
    answers: [{ heard: "", sentences: ["The coder takes that."] }],
    desk,
  });
  const running = run({ url: server.url, token: server.token, text: "write fizz", json: true });
  await until(() => server.talks[0]?.received.some(({ type }) => type === "response.create") === true);
  const id = desk.begin("write fizz");
  desk.update(id, { status: "reading", note: "Reading parser.ts" });
  const played = () => [...(server.talks[0]?.played.values() ?? [])].filter(({ playing }) => !playing).length;
  await until(() => played() === 1);
  // Longer than anybody waits after an answer.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(server.talks[0]?.ended).toBe(false);
  desk.update(id, { status: "cancelled", summary: "Cancelled; nothing was changed." });
  const { code, events } = await running;
  expect(code).toBe(0);
  const jobs = events.filter((event) => event.type === "job");
  expect(jobs.map((event) => z.object({ status: z.string() }).parse(event["job"]).status)).toEqual([
    "queued",
    "reading",
    "cancelled",
  ]);
});
