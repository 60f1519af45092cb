import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ModelStatus, Role } from "../../models/roles.ts";
import { slowLoads } from "../support/load-history.ts";
import { type RandomGguf, writeRandomGguf } from "../support/random-gguf.ts";
import { RealtimeSocket } from "../support/realtime-socket.ts";
import { startService, type TestService } from "../support/service.ts";
import { SpokenLines } from "../support/spoken-lines.ts";
import { until } from "../support/until.ts";

/** Its answers are gibberish; that they come, when, and from where is what matters here. */
let file: RandomGguf;
let people: SpokenLines;
let home: string;
let sotto: TestService;
const giveUpMs = 150_000;
/** One token for each letter: what Sotto tells of its functions needs room. */
const director = () => ({ model: file.path, contextTokens: 16_384 });

beforeAll(async () => {
  file = await writeRandomGguf();
  home = await mkdtemp(join(tmpdir(), "sotto-test-"));
  // As on a machine where loads have taken long: the director is then worth a sentence.
  await slowLoads(home, file.path);
  people = new SpokenLines();
});
afterAll(async () => {
  await people[Symbol.asyncDispose]();
  await file[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

function pidOf(name: string): number | undefined {
  return sotto.service.hosts().find((host) => host.name === name)?.pid;
}

function modelOf(role: Role): ModelStatus | undefined {
  return sotto.service.models.status().models.find((model) => model.role === role);
}

function kill(name: string): void {
  const pid = pidOf(name);
  if (pid === undefined) throw new Error(`${name} is not running`);
  process.kill(pid, "SIGKILL");
}

/** Every byte that the ledger counts belongs to a model that is there, or on its way. */
function isAccounted(): boolean {
  const { models, pools } = sotto.service.models.status();
  const bytes = models.reduce((sum, model) => sum + model.bytes, 0);
  const used = pools.reduce((sum, pool) => sum + pool.usedBytes, 0);
  return used <= bytes && models.every(({ role, state }) => role !== "voice" || state === "ready");
}

async function open(options: { readonly sotto?: boolean } = {}): Promise<RealtimeSocket> {
  const client = await RealtimeSocket.open(sotto.socketUrl, sotto.token, options);
  client.send({ type: "session.update", session: { type: "realtime", max_output_tokens: 6 } });
  return client;
}

function ask(client: RealtimeSocket, text: string): void {
  const content = [{ type: "input_text", text }];
  client.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  client.send({ type: "response.create" });
}

const said = (client: RealtimeSocket): string[] =>
  client.of("response.output_audio_transcript.done").map(({ transcript }) => transcript);
const done = async (client: RealtimeSocket, count: number): Promise<void> =>
  until(() => client.count("response.done") >= count, giveUpMs);

describe("a bigger model behind the voice", () => {
  beforeAll(async () => {
    sotto = await startService({ home, director: director() });
  });
  afterAll(() => sotto[Symbol.asyncDispose]());

  test("asked for by voice: the voice bridges, answers others meanwhile, and the director tells its answer", async () => {
    await using client = await open({ sotto: true });
    await using other = await open();
    const voicePid = pidOf("voice");
    expect(modelOf("director")?.state).toBe("absent");
    client.say(await people.line("ask the director about memory"));
    await done(client, 1);
    ask(other, "who are you");
    await done(other, 1);
    await done(client, 2);
    expect(client.of("conversation.item.input_audio_transcription.completed")[0]?.transcript).toMatch(
      /^ask the director/,
    );
    const [bridge = "", answer = ""] = said(client);
    expect(bridge).toMatch(/^Give me about .*; I am bringing up the director\.$/);
    expect(answer).not.toBe("");
    expect(answer).not.toMatch(/not available|is lost/);
    expect(said(other)[0]).toMatch(/starter voice/i);
    expect(client.of("response.done").map(({ response }) => response.status)).not.toContain("failed");
    expect(client.audioBytes).toBeGreaterThan(48_000);
    // Whoever asked for it is told what happens; a client of another make is not.
    expect(client.of("sotto.slot").some(({ swap }) => swap?.role === "director" && swap.expected_ms > 0)).toBe(true);
    expect(client.of("sotto.slot").at(-1)?.swap).toBeNull();
    const states = client
      .of("sotto.residency")
      .flatMap(({ models }) => models.filter(({ role }) => role === "director").map(({ state }) => state));
    expect(states).toEqual(expect.arrayContaining(["absent", "starting", "ready"]));
    expect(other.events.filter(({ type }) => type.startsWith("sotto."))).toEqual([]);
    expect(pidOf("voice")).toBe(voicePid);
    expect(isAccounted()).toBe(true);
  });

  test("is there at once when it is asked again", async () => {
    await using client = await open();
    ask(client, "ask the director about memory");
    await done(client, 1);
    expect(said(client)).toHaveLength(1);
    expect(said(client)[0]).not.toMatch(/bringing up|not available/);
  });

  test("killed while it answers: the user is told, and gets an answer all the same", async () => {
    await using client = await open();
    const voicePid = pidOf("voice");
    client.send({ type: "session.update", session: { type: "realtime", max_output_tokens: 4_000 } });
    ask(client, "ask the director about memory");
    await until(() => (modelOf("director")?.leases ?? 0) > 0, giveUpMs);
    kill("director");
    const heard = (): string =>
      client
        .of("response.output_audio_transcript.delta")
        .map(({ delta }) => delta)
        .join("");
    await until(() => /One moment|is lost/.test(heard()), giveUpMs);
    // It begins anew, and has much to say.
    client.send({ type: "response.cancel" });
    await done(client, 1);
    await until(() => modelOf("director")?.leases === 0, giveUpMs);
    expect(pidOf("voice")).toBe(voicePid);
    expect(isAccounted()).toBe(true);
  });

  test("killed while it is loaded: the load is tried again, and nothing is lost", async () => {
    await using client = await open();
    await using other = await open();
    const voicePid = pidOf("voice");
    if (pidOf("director") !== undefined) kill("director");
    await until(() => modelOf("director")?.state !== "ready" && modelOf("director")?.state !== "leaving", giveUpMs);
    ask(client, "ask the director about memory");
    await until(() => modelOf("director")?.state === "starting" && pidOf("director") !== undefined, giveUpMs);
    kill("director");
    ask(other, "who are you");
    await done(other, 1);
    expect(said(other)[0]).toMatch(/starter voice/i);
    await until(() => said(client).length >= 2, giveUpMs);
    expect(said(client).join(" ")).not.toMatch(/not available/);
    expect(modelOf("director")?.state).toBe("ready");
    expect(pidOf("voice")).toBe(voicePid);
    expect(isAccounted()).toBe(true);
  });

  test("the voice killed while the director is loaded: the voice is back, and the director comes", async () => {
    await using client = await open();
    kill("director");
    await until(() => modelOf("director")?.state !== "ready" && modelOf("director")?.state !== "leaving", giveUpMs);
    ask(client, "ask the director about memory");
    await until(() => modelOf("director")?.state === "starting", giveUpMs);
    kill("voice");
    await until(() => modelOf("voice")?.state === "ready" && modelOf("director")?.state === "ready", giveUpMs);
    await done(client, 2);
    ask(client, "who are you");
    await done(client, 3);
    expect(said(client).at(-1)).toMatch(/starter voice/i);
    expect(isAccounted()).toBe(true);
  });
});

describe("when the director cannot be had, the voice answers and says why:", () => {
  async function answerOf(settings: Parameters<typeof startService>[0]): Promise<string> {
    sotto = await startService(settings);
    try {
      await using client = await open();
      ask(client, "ask the director about memory");
      await done(client, 1);
      ask(client, "who are you");
      await done(client, 2);
      expect(said(client)[1]).toMatch(/starter voice/i);
      return said(client)[0] ?? "";
    } finally {
      await sotto[Symbol.asyncDispose]();
    }
  }

  test("a slot that is too small, with numbers", async () => {
    const answer = await answerOf({ director: director(), memory: { slotBytes: "50MB" } });
    expect(answer).toMatch(/^The director is not available: .*needs 0\.\d GB.*--slot-bytes.*no more than 50 MB/);
  });

  test("a file that is not there", async () => {
    const answer = await answerOf({ director: { model: "/nowhere/large.gguf" } });
    expect(answer).toMatch(/^The director is not available: .*large/);
  });

  test("none is configured", async () => {
    expect(await answerOf({ director: { model: "off" } })).toMatch(/^The director is not available/);
  });
});
