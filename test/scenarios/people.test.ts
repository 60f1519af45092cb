import g711 from "alawmulaw";
import { expect, test } from "vitest";
import type { ReplyPart } from "../../models/roles.ts";
import { createToolbox, createTools } from "../../models/tools/toolbox.ts";
import { messagesOf } from "../../pipeline/conversation/messages.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { World } from "../support/world.ts";

const numbers = (count: number): string => Array.from({ length: count }, (_, n) => `w${n + 1}`).join(" ");
const say = (text: string): ReplyPart[] => [{ type: "text", text }];
const remembered = (world: World): string[] =>
  messagesOf("", world.session.conversation.items).map((message) =>
    "text" in message ? `${message.from}: ${message.text}` : message.from,
  );
const turns = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"];
const responses = ["response.created", "response.done"];

test("who goes on talking while the recogniser is still at the first sentence is not talked over", async () => {
  await using world = new World({
    heard: ["what is the capital", "of france I mean"],
    answer: () => say(`${numbers(20)}.`),
    sttMs: 900,
  });
  await world.speak(640, 640);
  await world.speak(1_600, 0);
  expect(world.audio).toEqual([]);
  await world.wait(4_000);
  expect(world.trace([...turns, ...responses])).toMatchInlineSnapshot(`
    [
      "input_audio_buffer.speech_started @96",
      "input_audio_buffer.speech_stopped @1152",
      "input_audio_buffer.speech_started @1376",
      "input_audio_buffer.speech_stopped @3392",
      "response.created @3940",
      "response.done @5520",
    ]
  `);
  expect(remembered(world).slice(0, 2)).toEqual(["user: what is the capital", "user: of france I mean"]);
  expect(world.writer.requests).toHaveLength(1);
});

test("a noise while the recogniser is at work does not cost the answer", async () => {
  await using world = new World({ heard: ["what time is it", ""], answer: () => say("It is noon."), sttMs: 900 });
  await world.speak(640, 640);
  await world.speak(480, 4_000);
  expect(remembered(world)).toEqual(["user: what time is it", "assistant: It is noon."]);
});

test("two utterances, both still unknown when the second ends, get one answer that knows both", async () => {
  await using world = new World({ heard: ["one", "two"], answer: () => say("Both."), sttMs: 2_500 });
  await world.speak(640, 640);
  await world.speak(640, 640);
  await world.wait(6_000);
  expect(remembered(world)).toEqual(["user: one", "user: two", "assistant: Both."]);
});

test("“stop” is obeyed at its partial transcript, before it would count as an interruption, and answered by silence", async () => {
  await using world = new World({ heard: ["tell me a story", "stop"], answer: () => say(`${numbers(40)}.`) });
  await world.speak(640, 640);
  await world.wait(640);
  const spokenMs = world.clock.nowMs();
  await world.speak(256, 2_000);
  const [doneMs = 0] = world.times("response.done");
  expect(doneMs - spokenMs).toBeLessThan(300);
  expect(world.audio.filter(({ atMs }) => atMs > doneMs)).toEqual([]);
  expect(world.writer.requests).toHaveLength(1);
  expect(world.times("response.created")).toHaveLength(1);
});

test("hand_off is honest about what is not yet installed", async () => {
  const name = "hand_off";
  const tools = createTools({
    clock: new VirtualClock(),
    status: () => [],
    memory: () => ({ freeBytes: 0, totalBytes: 0 }),
    firstJoke: 0,
  });
  const toolbox = createToolbox(tools, null);
  await using world = new World({
    heard: ["ask somebody who knows"],
    toolbox,
    answer: ({ messages }) => {
      const last = messages.at(-1);
      if (last?.from !== "result") return [{ type: "call", name, argumentsJson: '{"question":"why","task":"why"}' }];
      return say(last.output === '{"installed":false}' ? "Not yet installed." : last.output);
    },
  });
  await world.speak(640, 1_500);
  expect(toolbox.specs.map((spec) => spec.name)).toContain(name);
  expect(remembered(world).at(-1)).toBe("assistant: Not yet installed.");
});

test("a client that leaves in the middle of an answer leaves nothing behind", async () => {
  await using world = new World({
    heard: ["tell me a story"],
    ttsMs: 50,
    answer: async function* (_request, clock, signal) {
      for (let n = 0; n < 100; n += 1) {
        yield* say(`word ${n}. `);
        await clock.sleep(100, signal);
      }
    },
  });
  await world.speak(640, 640);
  await world.wait(960);
  expect(world.audio.length).toBeGreaterThan(0);
  const sent = world.sent.length;
  world.session.close("client-closed");
  await world.clock.advance(0);
  expect(world.clock.sleepers).toBe(0);
  expect(world.openStreams).toBe(0);
  await world.clock.advance(5_000);
  expect(world.sent).toHaveLength(sent);
});

test.each(["audio/pcmu", "audio/pcma"] as const)("%s in and out, 8 kHz, one byte a sample", async (type) => {
  const format = { type };
  await using world = new World({ heard: ["hello"], answer: () => say(`${numbers(10)}.`) });
  world.send({
    type: "session.update",
    session: { type: "realtime", audio: { input: { format }, output: { format } } },
  });
  expect(world.session.inputFormat).toEqual(format);
  const codec = type === "audio/pcmu" ? g711.mulaw : g711.alaw;
  const loud = Int16Array.from({ length: 256 }, (_, n) => (n % 8 < 4 ? 8_000 : -8_000));
  const frame = (samples: Int16Array): Promise<void> => {
    world.session.audio(codec.encode(samples));
    return world.clock.advance(32);
  };
  for (let n = 0; n < 20; n += 1) await frame(loud);
  for (let n = 0; n < 80; n += 1) await frame(new Int16Array(256));
  expect(remembered(world)).toEqual(["user: hello", `assistant: ${numbers(10)}.`]);
  const bytes = world.audio.reduce((sum, { part }) => sum + part.bytes.length, 0);
  // Ten words of 100 ms; the resampler's filter adds less than a millisecond.
  expect(Math.abs(bytes - 8_000)).toBeLessThanOrEqual(8);
  const samples = world.audio.flatMap(({ part }) => [...codec.decode(part.bytes)]);
  expect(Math.abs((samples[4_000] ?? 0) - 1_000)).toBeLessThan(60);
  // Places are counted in samples, which here are bytes.
  let next = 0;
  for (const { part } of world.audio) {
    expect(part.firstSample).toBe(next);
    next += part.bytes.length;
  }
});
