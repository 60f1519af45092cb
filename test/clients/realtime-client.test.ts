import { expect, test } from "vitest";
import { type ClientNotice, RealtimeClient } from "../../clients/realtime-client.ts";
import { defaultWishes } from "../../clients/session-wishes.ts";
import { parseClientEvent } from "../../pipeline/realtime/client-event-parser.ts";
import { encodePlaybackFrame } from "../../pipeline/realtime/playback-frame.ts";
import { scriptedSockets } from "../support/scripted-socket.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const gone = { httpStatus: null, code: 1006, reason: "" };
const updated = JSON.stringify({ type: "session.updated", session: { id: "sess_1" } });

function setUp() {
  const clock = new VirtualClock();
  const notices: ClientNotice[] = [];
  const { sockets, openSocket } = scriptedSockets();
  const client = new RealtimeClient({
    url: "ws://127.0.0.1/v1/realtime",
    token: "key",
    openSocket,
    clock: { nowMs: () => clock.nowMs(), sleep: (ms, signal) => clock.sleep(ms, signal) },
    wishes: defaultWishes,
    onNotice: (notice) => notices.push(notice),
  });
  client.start();
  const socket = (index: number) => {
    const found = sockets[index];
    if (!found) throw new Error(`No socket ${index}`);
    return found;
  };
  const connect = (index: number, protocol = "sotto.v1") => {
    socket(index).listener.open(protocol);
    socket(index).listener.text(updated);
  };
  return { client, clock, notices, sockets, socket, connect };
}

test("it offers both protocols, sends its settings, and audio only once they are in force", () => {
  const { client, socket } = setUp();
  expect(socket(0).request).toEqual({
    url: "ws://127.0.0.1/v1/realtime",
    token: "key",
    protocols: ["realtime", "sotto.v1"],
  });
  client.sendAudio(new Uint8Array([1, 0]));
  socket(0).listener.open("sotto.v1");
  const [settings] = socket(0).texts;
  expect(parseClientEvent(settings ?? "")).toMatchObject({
    ok: true,
    event: {
      type: "session.update",
      session: { audio: { input: { transcription: {}, turn_detection: { type: "semantic_vad" } } } },
    },
  });
  expect(socket(0).bytes).toEqual([]);
  socket(0).listener.text(updated);
  expect(socket(0).bytes).toEqual([new Uint8Array([1, 0])]);
});

test("two seconds of speech survive a lost connection, the newest of them, and go out first", async () => {
  const { client, clock, notices, socket, connect } = setUp();
  connect(0);
  socket(0).listener.close(gone);
  for (let i = 0; i < 150; i += 1) client.sendAudio(new Uint8Array(960).fill(i));
  await clock.advance(250);
  connect(1);
  client.sendAudio(new Uint8Array(960).fill(200));
  const sent = socket(1).bytes.map((chunk) => chunk[0]);
  expect(sent).toEqual([...Array.from({ length: 100 }, (_, i) => i + 50), 200]);
  expect(notices.flatMap((notice) => (notice.type === "link" ? [notice.link.status] : []))).toEqual([
    ...["connecting", "greeting", "ready", "waiting", "connecting", "greeting", "ready"],
  ]);
});

test("on a line too slow for speech, old speech is dropped instead of piling up", () => {
  const { client, socket, connect } = setUp();
  connect(0);
  socket(0).waitingBytes = 60_000;
  for (let i = 0; i < 200; i += 1) client.sendAudio(new Uint8Array(960).fill(i));
  expect(socket(0).bytes).toEqual([]);
  socket(0).waitingBytes = 0;
  client.sendAudio(new Uint8Array(960).fill(250));
  expect(socket(0).bytes.map((chunk) => chunk[0])).toEqual([...Array.from({ length: 100 }, (_, i) => i + 100), 250]);
});

test("binary frames become audio of the item that was announced", () => {
  const { notices, socket, connect } = setUp();
  connect(0);
  const started = {
    type: "sotto.audio.started",
    stream: 7,
    response_id: "r",
    item_id: "i",
    content_index: 0,
    rate: 24_000,
  };
  socket(0).listener.bytes(encodePlaybackFrame({ stream: 7, firstSample: 0, bytes: new Uint8Array([1, 0, 2, 0]) }));
  socket(0).listener.text(JSON.stringify(started));
  socket(0).listener.bytes(encodePlaybackFrame({ stream: 7, firstSample: 0, bytes: new Uint8Array([1, 0, 255, 255]) }));
  expect(notices.filter((notice) => notice.type === "audio")).toEqual([
    { type: "audio", responseId: "r", itemId: "i", samples: Int16Array.of(1, -1) },
  ]);
});

test("a service without our extension gets base64, and truncations instead of acknowledgements", () => {
  const { client, notices, socket, connect } = setUp();
  connect(0, "realtime");
  client.sendAudio(new Uint8Array([1, 0, 2, 0]));
  client.acknowledge({ itemId: "i", playedSamples: 2_400, playing: false });
  client.truncate("i", 2_400);
  const delta = {
    type: "response.output_audio.delta",
    response_id: "r",
    item_id: "i",
    content_index: 0,
    delta: "AQD//w==",
  };
  socket(0).listener.text(JSON.stringify(delta));
  expect(socket(0).bytes).toEqual([]);
  expect(
    socket(0)
      .texts.slice(1)
      .map((text): unknown => JSON.parse(text)),
  ).toEqual([
    { type: "input_audio_buffer.append", audio: "AQACAA==" },
    { type: "conversation.item.truncate", item_id: "i", content_index: 0, audio_end_ms: 100 },
  ]);
  expect(notices.at(-1)).toEqual({ type: "audio", responseId: "r", itemId: "i", samples: Int16Array.of(1, -1) });
});

test("a restart forgets the old socket, whatever it still says", () => {
  const { client, notices, sockets, socket, connect } = setUp();
  connect(0);
  client.restart();
  expect(socket(0).closed).toBe(true);
  expect(sockets.length).toBe(2);
  connect(1);
  const before = notices.length;
  socket(0).listener.text(JSON.stringify({ type: "sotto.state", state: "thinking" }));
  socket(0).listener.close(gone);
  expect(notices.length).toBe(before);
  expect(client.link.status).toBe("ready");
});

test("a socket on which nothing comes is given up, once, and its end is no second one", async () => {
  const { clock, notices, sockets, socket, connect } = setUp();
  await clock.advance(4_999);
  expect(socket(0).closed).toBe(false);
  await clock.advance(1);
  expect(socket(0).closed).toBe(true);
  socket(0).listener.close(gone);
  await clock.advance(250);
  expect(sockets.length).toBe(2);
  connect(1);
  await clock.advance(60_000);
  expect(notices.flatMap((notice) => (notice.type === "link" ? [notice.link.status] : []))).toEqual([
    ...["connecting", "waiting", "connecting", "greeting", "ready"],
  ]);
});

test("what is no event is passed over, and after closing nothing is told any more", () => {
  const { client, notices, socket, connect } = setUp();
  connect(0);
  const before = notices.length;
  for (const text of ["", "{", "null", "[]", '{"type":"new.event"}', '{"type":"sotto.state","state":"flying"}'])
    socket(0).listener.text(text);
  socket(0).listener.bytes(new Uint8Array(3));
  expect(notices.length).toBe(before);
  client.close();
  socket(0).listener.close(gone);
  expect(notices.length).toBe(before);
  expect(socket(0).closed).toBe(true);
});

test("something written is an item and a request for an answer", () => {
  const { client, socket, connect } = setUp();
  expect(client.say("too early")).toBe(false);
  connect(0);
  expect(client.say("hello")).toBe(true);
  const events = socket(0).texts.slice(1).map(parseClientEvent);
  expect(events).toMatchObject([
    {
      ok: true,
      event: {
        type: "conversation.item.create",
        item: { role: "user", content: [{ type: "input_text", text: "hello" }] },
      },
    },
    { ok: true, event: { type: "response.create" } },
  ]);
});
