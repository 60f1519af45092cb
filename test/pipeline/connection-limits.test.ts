import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { FrameQueue } from "../../pipeline/frame-queue.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const place = { responseId: "resp_1", itemId: "item_1", outputIndex: 0, contentIndex: 0, stream: 1, firstSample: 0 };
const megabyte = new Uint8Array(1024 * 1024);

/** The other client of each test: what happens to the first is none of its business. */
async function bystander(server: TestServer) {
  const client = await server.connect();
  await client.received(1);
  return async () => {
    const before = client.events.length;
    expect(await client.ask({ type: "response.cancel", event_id: `ask ${before}` })).toMatchObject({
      item_id: `ask ${before}`,
    });
    expect(client.events).toHaveLength(before + 1);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  };
}

describe("a frame", () => {
  test("of just under 16 MiB is read", async () => {
    await using server = await startTestServer();
    const client = await server.connect();
    await client.received(1);
    const audio = "A".repeat(15 * 1024 * 1024);
    await client.ask({ type: "input_audio_buffer.append", audio });
    expect(server.sessions[0]?.audioBytes).toBe((audio.length / 4) * 3);
  });

  test("of more than 16 MiB closes that socket and no other", async () => {
    await using server = await startTestServer({ clock: new VirtualClock() });
    const undisturbed = await bystander(server);
    const client = await server.connect();
    await client.received(1);
    client.send({ type: "input_audio_buffer.append", audio: "A".repeat(16 * 1024 * 1024) });
    expect(await client.closed).toMatchObject({ code: 1009 });
    expect(server.sessions.map(({ closes }) => closes)).toContainEqual(["frame-too-large"]);
    await undisturbed();
  });

  test("that breaks the WebSocket protocol closes that socket and no other", async () => {
    await using server = await startTestServer();
    const undisturbed = await bystander(server);
    for (const bytes of [
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
      Buffer.from([0x81, 0x84, 0, 0, 0, 0, 0xff, 0xfe, 0xfd, 0xfc]),
    ]) {
      const client = await server.connect();
      await client.received(1);
      const raw: unknown = Reflect.get(client.socket, "_socket");
      if (typeof raw !== "object" || raw === null || !("write" in raw) || typeof raw.write !== "function")
        throw new Error("no raw socket");
      raw.write(bytes);
      expect([1002, 1007]).toContain((await client.closed).code);
      await undisturbed();
    }
    expect(server.sessions.map(({ closes }) => closes)).toEqual([[], ["protocol-error"], ["protocol-error"]]);
  });
});

describe("a client that does not read", () => {
  test("is dropped when too much waits for it, and nobody else notices", async () => {
    const clock = new VirtualClock();
    await using server = await startTestServer({
      clock,
      settings: { maxBufferedBytes: 4 * 1024 * 1024, idleTimeoutMs: 86_400_000 },
    });
    const undisturbed = await bystander(server);
    const slow = await server.connect({ protocols: ["sotto.v1"] });
    await slow.received(1);
    slow.socket.pause();
    const session = server.sessions[1];
    let sent = 0;
    // The kernel takes some megabytes before anything waits with us.
    while (session?.closes.length === 0 && sent < 256) {
      session.request.output.sendAudio({ ...place, bytes: megabyte });
      sent += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(session?.closes).toEqual(["client-slow"]);
    expect(server.lines.join()).toMatch(/closed: client-slow \(more than 4194304 bytes wait unread\)/);
    await undisturbed();
    await clock.advance(2_000);
    while (server.server.sessions > 1) await new Promise((resolve) => setImmediate(resolve));
    await undisturbed();
  });

  test("but wakes up in time, learns why", async () => {
    await using server = await startTestServer({
      clock: new VirtualClock(),
      settings: { maxBufferedBytes: 1024 * 1024 },
    });
    const slow = await server.connect({ protocols: ["sotto.v1"] });
    await slow.received(1);
    slow.socket.pause();
    for (let sent = 0; sent < 16; sent += 1)
      server.sessions[0]?.request.output.sendAudio({ ...place, bytes: megabyte });
    slow.socket.resume();
    expect(await slow.closed).toEqual({ code: 1013, reason: "more than 1048576 bytes wait unread" });
  });
});

describe("a flood", () => {
  test("of 1,000 events is answered completely and in order, and others are served in between", async () => {
    await using server = await startTestServer();
    const other = await server.connect();
    const flooding = await server.connect();
    await Promise.all([other.received(1), flooding.received(1)]);
    for (let index = 0; index < 1_000; index += 1) flooding.send({ type: "response.cancel", event_id: `${index}` });
    other.send({ type: "response.cancel", event_id: "other" });
    await flooding.received(1_001);
    await other.received(2);
    const ids = flooding.events.slice(1).map((event) => event["item_id"]);
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, index) => `${index}`));
  });

  test("is taken a few frames a turn of the event loop, the first ones at once", async () => {
    const taken: number[] = [];
    const calls: string[] = [];
    const queue = new FrameQueue((frame) => taken.push(frame.bytes.readUInt32LE()), {
      pause: () => calls.push("pause"),
      resume: () => calls.push("resume"),
    });
    for (let index = 0; index < 1_000; index += 1) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(index);
      queue.push({ bytes, isBinary: true });
    }
    expect(taken).toHaveLength(16);
    expect(calls).toEqual(["pause"]);
    let most = 0;
    while (taken.length < 1_000) {
      const before = taken.length;
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, taken.length - before);
    }
    expect(most).toBe(16);
    expect(taken).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
    expect(calls).toEqual(["pause", "resume"]);
  });

  test("is forgotten when its sender leaves", async () => {
    await using server = await startTestServer();
    const undisturbed = await bystander(server);
    const client = await server.connect();
    await client.received(1);
    for (let index = 0; index < 5_000; index += 1) client.send({ type: "response.cancel" });
    client.socket.terminate();
    await once(client.socket, "close");
    while (server.server.sessions > 1) await new Promise((resolve) => setImmediate(resolve));
    const handled = server.sessions[1]?.events.length;
    await undisturbed();
    expect(server.sessions[1]?.events.length).toBe(handled);
    expect(server.sessions[1]?.closes).toEqual(["client-closed"]);
  });
});
