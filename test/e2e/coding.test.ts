import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { RealtimeAgent, RealtimeSession } from "@openai/agents-realtime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { RealtimeSocket } from "../support/realtime-socket.ts";
import { startService, type TestService } from "../support/service.ts";
import { SpokenLines } from "../support/spoken-lines.ts";
import { until } from "../support/until.ts";

const giveUpMs = 90_000;
const task = "create a fizz buzz script in python";
let people: SpokenLines;
let sotto: TestService;
let workspace: string;
/** Jobs of earlier tests are shown to those who connect, too. */
let beganMs = 0;

beforeAll(async () => {
  people = new SpokenLines();
  workspace = await realpath(await mkdtemp(join(tmpdir(), "sotto-work-")));
  sotto = await startService({ workspace: [workspace] });
});
afterAll(async () => {
  await sotto[Symbol.asyncDispose]();
  await people[Symbol.asyncDispose]();
  await rm(workspace, { recursive: true, force: true });
});
beforeEach(async () => {
  beganMs = Date.now();
  for (const name of await readdir(workspace)) await rm(join(workspace, name), { recursive: true, force: true });
});

function jobsOf(client: RealtimeSocket): readonly JobView[] {
  const mine = client.of("sotto.job").filter(({ job }) => job.asked_at >= beganMs);
  return [...new Map(mine.map(({ job }) => [job.id, job])).values()];
}

const said = (client: RealtimeSocket): string[] =>
  client.of("response.output_audio_transcript.done").map(({ transcript }) => transcript.trim());

/** Waits until a job of this client's stands so. */
async function jobThat(client: RealtimeSocket, status: JobView["status"]): Promise<JobView> {
  const find = (): JobView | undefined => jobsOf(client).findLast((job) => job.status === status);
  await until(() => find() !== undefined, giveUpMs);
  const job = find();
  if (job === undefined) throw new Error("It was there a moment ago");
  return job;
}

/** What was said sounds for as long as it is long; nobody answers into it. */
async function heard(client: RealtimeSocket, words: RegExp): Promise<void> {
  await until(() => said(client).some((line) => words.test(line)), giveUpMs);
  await until(() => client.count("response.done") === client.count("response.created"), giveUpMs);
  // A client that has played it all says so; nobody waits for a loudspeaker that is not there.
  const item = client.of("sotto.audio.started").at(-1)?.item_id;
  client.send({ type: "sotto.playback", item_id: item, played_samples: 24_000 * 600, playing: false });
  await until(() => client.of("sotto.state").at(-1)?.state === "listening", giveUpMs);
}

async function output(file: string): Promise<string> {
  const { stdout } = await promisify(execFile)("python3", [join(workspace, file)]).catch(() => ({ stdout: "" }));
  return stdout;
}

describe("a coding task", () => {
  test("by voice: handed off, shown, approved by its phrase, applied, summed up, and undone", async () => {
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token, { sotto: true });
    const voicePid = sotto.service.hosts().find(({ name }) => name === "voice")?.pid;
    expect(client.of("sotto.coding")[0]).toMatchObject({ workspaces: [workspace], why: null });
    client.say(await people.line(task));
    const proposed = await jobThat(client, "awaiting-approval");
    // The change may be there before the sentence is said.
    await until(() => said(client).length > 0, giveUpMs);
    expect(said(client)[0]).toMatch(/^The coder takes that/);
    expect(proposed).toMatchObject({ task, approval: { risk: "low" }, change: { files: [{ path: "fizzbuzz.py" }] } });
    expect(proposed.change?.files[0]?.patch).toContain("+");
    // Nothing is there before somebody says so.
    expect(await readdir(workspace)).toEqual([]);
    await heard(client, /^The coder made fizzbuzz\.py .*Say: apply /);
    client.say(await people.line("apply the changes"));
    await heard(client, /^To be safe, please say: apply /);
    expect(await readdir(workspace)).toEqual([]);
    client.say(await people.line(proposed.approval?.phrase ?? "?"));
    const done = await jobThat(client, "done");
    expect(await readdir(workspace)).toEqual(["fizzbuzz.py"]);
    const program = await readFile(join(workspace, "fizzbuzz.py"), "utf8");
    expect(program).toMatch(/fizz/i);
    expect(await output("fizzbuzz.py")).toMatch(/^$|^1\n2\nFizz\n4\nBuzz\n/);
    await until(() => said(client).includes(done.summary ?? "?"), giveUpMs);
    expect(done.summary).toMatch(/fizzbuzz\.py/);
    await heard(client, /fizzbuzz\.py/);
    client.say(await people.line("undo that"));
    await heard(client, /^Undone: /);
    expect(await readdir(workspace)).toEqual([]);
    expect(jobsOf(client).at(-1)?.undo).toBe("undone");
    expect(sotto.service.hosts().find(({ name }) => name === "voice")?.pid).toBe(voicePid);
    expect(client.count("error")).toBe(0);
  });

  test("two clients say yes at once: the first counts, the second is told so", async () => {
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token, { sotto: true });
    await using other = await RealtimeSocket.open(sotto.socketUrl, sotto.token, { sotto: true });
    client.send({ type: "sotto.job.start", task });
    const { approval } = await jobThat(other, "awaiting-approval");
    for (const socket of [client, other])
      socket.send({ type: "sotto.job.approve", approval_id: approval?.id, how: "click" });
    await jobThat(client, "done");
    const errors = [...client.of("error"), ...other.of("error")].map(({ error }) => error.message);
    expect(errors).toEqual([expect.stringMatching(/already approved/)]);
    expect(await readdir(workspace)).toEqual(["fizzbuzz.py"]);
  });

  test("a file that appeared in its place meanwhile stays as it is, and that is said", async () => {
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token, { sotto: true });
    client.send({ type: "sotto.job.start", task });
    const { approval } = await jobThat(client, "awaiting-approval");
    await writeFile(join(workspace, "fizzbuzz.py"), "mine\n");
    client.send({ type: "sotto.job.approve", approval_id: approval?.id, how: "click" });
    const failed = await jobThat(client, "failed");
    expect(failed.summary).toMatch(/fizzbuzz\.py/);
    expect(await readFile(join(workspace, "fizzbuzz.py"), "utf8")).toBe("mine\n");
    await heard(client, /Nothing was applied/);
  });

  test("what the coder does not know is said, and nothing changes", async () => {
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token, { sotto: true });
    client.send({ type: "sotto.job.start", task: "write a program that folds proteins" });
    const failed = await jobThat(client, "failed");
    expect(failed.summary).toMatch(/bigger coder/);
    expect(await readdir(workspace)).toEqual([]);
  });

  test.each([
    [{ type: "sotto.job.approve", approval_id: "approval_none", how: "click" }, /Nothing waits for that approval/],
    [{ type: "sotto.job.reject", job_id: "job_none" }, /no such job/],
    [{ type: "sotto.job.cancel", job_id: "job_none" }, /no such job/],
    [{ type: "sotto.job.undo", job_id: "job_none" }, /no such job/],
    [{ type: "sotto.job.start", task: "x", workspace: "/nowhere" }, /not among the folders/],
    [
      {
        type: "conversation.item.create",
        item: { type: "mcp_approval_response", approval_request_id: "approval_none", approve: true },
      },
      /Nothing waits for that approval/,
    ],
  ])("what makes no sense is refused with a sentence: %j", async (event, words) => {
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token, { sotto: true });
    client.send({ ...event, event_id: "mine" });
    await client.until("error");
    expect(client.of("error")[0]?.error).toMatchObject({ event_id: "mine", message: expect.stringMatching(words) });
  });
});

describe("@openai/agents-realtime, unchanged", () => {
  test("hands off in writing, approves the call, and hears what was done", async () => {
    const session = new RealtimeSession(new RealtimeAgent({ name: "Sotto", instructions: "" }), {
      transport: "websocket",
    });
    const errors: unknown[] = [];
    session.on("error", (error) => errors.push(error));
    session.on("tool_approval_requested", (_context, _agent, request) => {
      void session.approve(request.approvalItem).catch((error: unknown) => errors.push(error));
    });
    await session.connect({ apiKey: sotto.token, url: sotto.socketUrl });
    session.sendMessage(task);
    const lines = (): string[] =>
      session.history.flatMap((item) =>
        item.type === "message" && item.role === "assistant"
          ? item.content.map((part) => ("transcript" in part ? (part.transcript ?? "") : ""))
          : [],
      );
    await until(() => lines().some((line) => /applied/i.test(line)), giveUpMs);
    expect(await readdir(workspace)).toEqual(["fizzbuzz.py"]);
    expect(errors).toEqual([]);
    session.close();
  });
});

test("without an allowed folder it says how to add one", async () => {
  await using bare = await startService();
  await using client = await RealtimeSocket.open(bare.socketUrl, bare.token, { sotto: true });
  expect(client.of("sotto.coding")[0]?.why).toMatch(/--workspace/);
  client.say(await people.line(task));
  await heard(client, /--workspace/);
  expect(client.count("sotto.job")).toBe(0);
});
