import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { pcm24k } from "../../pipeline/realtime/audio-format.ts";
import { realtimeError } from "../../pipeline/realtime/errors.ts";
import { decodePlaybackFrame } from "../../pipeline/realtime/playback-frame.ts";
import { build } from "../../pipeline/realtime/server-events.ts";
import type { SessionOutput } from "../../pipeline/session-port.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const place = { responseId: "resp_1", itemId: "item_1", outputIndex: 0, contentIndex: 0 };

function only(server: TestServer) {
  const [session] = server.sessions;
  if (session === undefined) throw new Error("no session was opened");
  return session;
}

describe("what a client sends", () => {
  test("audio comes as bytes, whichever way it was sent", async () => {
    await using server = await startTestServer();
    const client = await server.connect({ protocols: ["sotto.v1"] });
    await client.ask({ type: "input_audio_buffer.append", audio: Buffer.alloc(960).toString("base64") });
    client.socket.send(Buffer.alloc(480));
    await client.received(3);
    expect(only(server).audioBytes).toBe(1_440);
  });

  test.each([
    ["malformed JSON", "{oops", { code: "invalid_json" }],
    [
      "an unknown type",
      '{"type":"response.creat","event_id":"e"}',
      { code: "invalid_value", param: "type", event_id: "e" },
    ],
    [
      "a wrong field",
      '{"type":"conversation.item.delete","item_id":5,"event_id":"e"}',
      { code: "invalid_type", param: "item_id", event_id: "e" },
    ],
    ["null", '{"type":"session.update","session":null}', { code: "invalid_type", param: "session" }],
    [
      "bad base64",
      '{"type":"input_audio_buffer.append","audio":"%%%%","event_id":"e"}',
      { code: "invalid_value", param: "audio", event_id: "e" },
    ],
    [
      "odd bytes",
      '{"type":"input_audio_buffer.append","audio":"AAAA","event_id":"e"}',
      { code: "invalid_value", param: "audio", event_id: "e" },
    ],
    ["sound as text", Buffer.alloc(64, 0x80).toString("latin1"), { code: "invalid_json" }],
  ])("%s is answered with one error, and the session goes on", async (_what, text, error) => {
    await using server = await startTestServer();
    const client = await server.connect();
    await client.received(1);
    const answer = await client.ask(text);
    expect(answer).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", message: expect.any(String), ...error },
    });
    expect(await client.ask({ type: "response.create", event_id: "next" })).toMatchObject({ item_id: "next" });
    expect(client.events).toHaveLength(3);
    expect(only(server)).toMatchObject({ audioBytes: 0, closes: [] });
  });

  test("binary is sound only for those who agreed on it", async () => {
    await using server = await startTestServer();
    const stock = await server.connect({ protocols: ["realtime"] });
    await stock.received(1);
    stock.socket.send(Buffer.alloc(64));
    expect((await stock.received(2)).at(-1)).toMatchObject({
      type: "error",
      error: { code: "unexpected_binary_frame" },
    });
    const ours = await server.connect({ protocols: ["realtime", "sotto.v1"] });
    await ours.received(1);
    ours.socket.send(Buffer.alloc(65));
    expect((await ours.received(2)).at(-1)).toMatchObject({ type: "error", error: { code: "invalid_value" } });
    expect(await ours.ask({ type: "response.create", event_id: "next" })).toMatchObject({ item_id: "next" });
  });

  test("an odd number of bytes is whole in G.711", async () => {
    await using server = await startTestServer();
    const client = await server.connect();
    await client.received(1);
    only(server).inputFormat = { type: "audio/pcmu" };
    await client.ask({ type: "input_audio_buffer.append", audio: "AAAA" });
    expect(only(server).audioBytes).toBe(3);
  });

  test("a mistake in the session costs one answer", async () => {
    await using server = await startTestServer({
      openSession: ({ output }) => ({
        inputFormat: pcm24k,
        receive: (event) => {
          if (event.event_id === "trap") throw new Error("a bug");
          output.send(build.audioCleared());
        },
        audio: () => {},
        close: () => {},
      }),
    });
    const client = await server.connect();
    expect(await client.ask({ type: "response.create", event_id: "trap" })).toMatchObject({
      type: "error",
      error: { type: "server_error", code: "server_error" },
    });
    expect(await client.ask({ type: "response.create" })).toMatchObject({ type: "input_audio_buffer.cleared" });
    expect(server.lines.join()).toContain("a bug");
  });

  test("a session that cannot open closes that socket", async () => {
    await using server = await startTestServer({
      openSession: () => {
        throw new Error("no engine");
      },
    });
    const client = await server.connect();
    expect(await client.closed).toMatchObject({ code: 1011 });
    expect(client.events).toMatchObject([{ type: "error", error: { type: "server_error" } }]);
  });
});

describe("what a session says", () => {
  async function speaking(protocols: readonly string[], say: (output: SessionOutput) => void, count: number) {
    await using server = await startTestServer();
    const client = await server.connect({ protocols });
    await client.received(1);
    say(only(server).request.output);
    await client.received(1 + count);
    return client;
  }
  const sound = { ...place, stream: 7, firstSample: 480, bytes: new Uint8Array([9, 1, 2, 3, 4]).subarray(1) };

  test("every event has an id of its own", async () => {
    const client = await speaking([], (output) => [1, 2, 3].map(() => output.send(build.audioCleared())), 3);
    expect(new Set(client.events.map(({ event_id }) => event_id)).size).toBe(4);
  });

  test("sound is a delta for stock clients and a binary frame for ours", async () => {
    const stock = await speaking(["realtime"], (output) => output.sendAudio(sound), 1);
    expect(stock.events[1]).toMatchObject({
      type: "response.output_audio.delta",
      response_id: "resp_1",
      item_id: "item_1",
      output_index: 0,
      content_index: 0,
      delta: "AQIDBA==",
    });
    const ours = await speaking(["sotto.v1"], (output) => output.sendAudio(sound), 1);
    const [frame] = ours.binary;
    expect(frame && decodePlaybackFrame(frame)).toEqual({
      stream: 7,
      firstSample: 480,
      bytes: Buffer.from([1, 2, 3, 4]),
    });
  });

  test("our own events reach only those who know them", async () => {
    const say = (output: SessionOutput): void => {
      output.send(build.state("thinking"));
      output.send(build.error(realtimeError("server_error", "last")));
    };
    expect((await speaking(["realtime"], say, 1)).events.map(({ type }) => type)).toEqual(["session.created", "error"]);
    expect((await speaking(["sotto.v1"], say, 2)).events.map(({ type }) => type)).toEqual([
      "session.created",
      "sotto.state",
      "error",
    ]);
  });

  test("ending a session closes the socket once, with the reason", async () => {
    await using server = await startTestServer();
    const client = await server.connect();
    await client.received(1);
    only(server).request.output.end("said goodbye");
    only(server).request.output.end("twice");
    expect(await client.closed).toEqual({ code: 1000, reason: "said goodbye" });
    expect(only(server).closes).toEqual(["session-ended"]);
    only(server).request.output.send(build.audioCleared());
    expect(client.events).toHaveLength(1);
  });
});

describe("a client that is gone", () => {
  test("says so itself", async () => {
    await using server = await startTestServer();
    const client = await server.connect();
    await client.received(1);
    client.socket.close();
    await client.closed;
    while (server.server.sessions > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(only(server).closes).toEqual(["client-closed"]);
  });

  test("or no longer answers, and is dropped after two heartbeats", async () => {
    const clock = new VirtualClock();
    await using server = await startTestServer({ clock, settings: { heartbeatMs: 15_000, idleTimeoutMs: 3_600_000 } });
    const [gone, alive] = await Promise.all([server.connect(), server.connect()]);
    await Promise.all([gone.received(1), alive.received(1)]);
    // As when a laptop is shut: the connection stands, and nobody reads it.
    gone.socket.pause();
    for (let beats = 0; beats < 3; beats += 1) {
      const pinged = once(alive.socket, "ping");
      await clock.advance(15_000);
      await pinged;
      await alive.ask({ type: "response.cancel" });
    }
    expect(server.sessions.map(({ closes }) => closes)).toContainEqual(["client-silent"]);
    expect(server.sessions.map(({ closes }) => closes)).toContainEqual([]);
    await clock.advance(2_000);
    while (server.server.sessions > 1) await new Promise((resolve) => setImmediate(resolve));
  });

  test("but not one that answers: it keeps its conversation, however long nothing is said", async () => {
    const clock = new VirtualClock();
    await using server = await startTestServer({ clock, settings: { heartbeatMs: 100_000, idleTimeoutMs: 300_000 } });
    const client = await server.connect();
    await client.received(1);
    for (let beat = 0; beat < 100; beat += 1) {
      const heard = Promise.race([once(client.socket, "ping"), client.closed]);
      await clock.advance(100_000);
      await heard;
      // Our answer has left when this is through.
      await new Promise((resolve) => client.socket.ping(resolve));
      await Promise.race([once(client.socket, "pong"), client.closed]);
    }
    expect(only(server).closes).toEqual([]);
    await client.ask({ type: "response.cancel" });
  });
});
