import { expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import type { ReplyPart } from "../../models/roles.ts";
import { messagesOf } from "../../pipeline/conversation/messages.ts";
import { World } from "../support/world.ts";

const numbers = (count: number): string => Array.from({ length: count }, (_, n) => `w${n + 1}`).join(" ");
const say = (text: string): ReplyPart[] => [{ type: "text", text }];

test("a turn from the first frame to the last sound", async () => {
  await using world = new World({
    heard: ["what time is it"],
    answer: () => say("It is five past two."),
    sttMs: 20,
    ttsMs: 30,
  });
  await world.speak(960, 640);
  await world.wait(1_280);
  expect(world.trace()).toMatchInlineSnapshot(`
    [
      "session.created @0",
      "sotto.hello @0",
      "sotto.residency @0",
      "sotto.slot @0",
      "sotto.coding @0",
      "input_audio_buffer.speech_started @96",
      "sotto.state @96",
      "conversation.item.input_audio_transcription.delta @256",
      "conversation.item.input_audio_transcription.delta @512",
      "input_audio_buffer.speech_stopped @1472",
      "input_audio_buffer.committed @1472",
      "conversation.item.added @1472",
      "conversation.item.done @1472",
      "sotto.state @1472",
      "conversation.item.input_audio_transcription.completed @1472",
      "response.created @1472",
      "response.output_item.added @1472",
      "conversation.item.added @1472",
      "response.content_part.added @1472",
      "response.output_audio_transcript.delta @1472",
      "sotto.audio.started @1502",
      "sotto.state @1502",
      "response.output_audio.done @1582",
      "response.output_audio_transcript.done @1582",
      "response.content_part.done @1582",
      "response.output_item.done @1582",
      "conversation.item.done @1582",
      "response.done @1582",
    ]
  `);
});

test("the first clause is spoken before the sentence is finished", async () => {
  await using world = new World({
    heard: ["tell me a story"],
    answer: async function* (_request, clock, signal) {
      yield* say("Once upon a time, ");
      await clock.sleep(5_000, signal);
      yield* say("there was a mouse.");
    },
  });
  await world.speak(640, 640);
  await world.wait(1_000);
  expect(world.audio.length).toBeGreaterThan(0);
  expect(world.times("response.done")).toEqual([]);
  await world.wait(6_000);
  expect(world.times("response.done")).toHaveLength(1);
});

test("sound is handed out at the pace of playing, a little ahead", async () => {
  await using world = new World({
    heard: ["count"],
    answer: () =>
      say("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen."),
  });
  await world.speak(640, 640);
  await world.wait(3_000);
  const firstMs = world.audio[0]?.atMs ?? 0;
  for (const { atMs, part } of world.audio) {
    const aheadMs = part.firstSample / 24 - (atMs - firstMs);
    expect(aheadMs).toBeLessThanOrEqual(420);
    expect(aheadMs).toBeGreaterThanOrEqual(-40);
  }
  const samples = world.audio.map(({ part }) => part.firstSample);
  expect(samples).toEqual(samples.toSorted((a, b) => a - b));
});

test("talking over it cuts it after 300 ms of speech, and the next answer knows what was heard", async () => {
  await using world = new World({
    heard: ["tell me a story", "who are you"],
    answer: ({ messages }) => say(messages.length === 1 ? `${numbers(30)}.` : "I am Sotto."),
  });
  await world.speak(640, 640);
  await world.wait(640);
  const startedMs = world.clock.nowMs();
  await world.speak(960, 900);
  const cutMs = world.events.find(({ event }) => event.type === "response.done")?.atMs ?? 0;
  expect(cutMs - startedMs).toBeGreaterThanOrEqual(300);
  expect(cutMs - startedMs).toBeLessThanOrEqual(400);
  expect(world.audio.filter(({ atMs }) => atMs > cutMs && atMs < startedMs + 960)).toEqual([]);
  const { messages } = world.writer.requests[1] ?? { messages: [] };
  expect(messages.map(({ from }) => from)).toEqual(["user", "assistant", "user"]);
  expect(messages[1]).toMatchObject({ text: expect.stringMatching(/^w1 w2 .* w1[012]$/) });
});

test("after the last sound was sent, but before it was heard, it can still be interrupted", async () => {
  await using world = new World({
    heard: ["tell me a story", "who are you"],
    answer: ({ messages }) => say(messages.length === 1 ? `${numbers(12)}.` : "I am Sotto."),
  });
  await world.speak(640, 640);
  await world.wait(640);
  await world.speak(960, 900);
  expect(world.events.find(({ event }) => event.type === "response.done")?.event).toMatchObject({
    response: { status: "completed" },
  });
  const { messages } = world.writer.requests[1] ?? { messages: [] };
  expect(messages[1]).toMatchObject({ text: expect.stringMatching(/^w1 .* w1[01]$/) });
});

test("a cough does not interrupt", async () => {
  await using world = new World({ heard: ["tell me a story", "hm"], answer: () => say(`${numbers(30)}.`) });
  await world.speak(640, 640);
  await world.wait(320);
  await world.speak(192, 4_000);
  expect(world.times("response.done")).toHaveLength(1);
  expect(world.events.find(({ event }) => event.type === "response.done")?.event).toMatchObject({
    response: { status: "completed" },
  });
  expect(world.times("input_audio_buffer.speech_started")).toHaveLength(1);
});

test("a pause inside the sentence does not end the turn, and its end does", async () => {
  await using world = new World({ heard: ["what is the capital of france"], answer: () => say("Paris.") });
  await world.speak(640, 320);
  await world.speak(640, 640);
  await world.wait(500);
  expect(world.times("input_audio_buffer.speech_started")).toHaveLength(1);
  expect(world.times("input_audio_buffer.committed")).toHaveLength(1);
  expect(world.writer.requests).toHaveLength(1);
});

test("our own functions run here and the model speaks their result", async () => {
  await using world = new World({
    heard: ["what time is it"],
    toolbox: { specs: [{ name: "time", description: "", parameters: {} }], run: async () => '{"time":"14:05"}' },
    answer: ({ messages }) =>
      messages.at(-1)?.from === "result"
        ? say("Five past two.")
        : [{ type: "call", name: "time", argumentsJson: "{}" }],
  });
  await world.speak(640, 640);
  await world.wait(1_500);
  expect(world.writer.requests[1]?.messages.at(-1)).toMatchObject({ from: "result", output: '{"time":"14:05"}' });
  expect(messagesOf("", world.session.conversation.items).at(-1)).toEqual({
    from: "assistant",
    text: "Five past two.",
  });
  expect(world.trace()).not.toContain("function_call");
});

test("when the voice's process dies it says “one moment” and answers after the restart", async () => {
  let asked = 0;
  await using world = new World({
    heard: ["hello"],
    answer: () => {
      asked += 1;
      if (asked > 1) return say("Hello there.");
      world.crash("voice");
      throw new ModelError("host-exited", "The voice process ended");
    },
  });
  await world.speak(640, 640);
  await world.wait(1_000);
  world.restart("voice");
  await world.wait(3_000);
  expect(messagesOf("", world.session.conversation.items).at(-1)).toEqual({
    from: "assistant",
    text: "One moment. Hello there.",
  });
});

test("when the voice's server dies and stays away, that is said, and the answer is a failed one", async () => {
  const why = "Nobody answers at the server's address";
  await using world = new World({
    heard: ["hello", "hello"],
    answer: () => {
      throw new ModelError("server-down", `${why}.`);
    },
  });
  for (const turn of [1, 2]) {
    await world.speak(640, 640);
    await world.wait(15_000);
    expect(messagesOf("", world.session.conversation.items).at(-1)).toEqual({
      from: "assistant",
      text: `One moment. \nSorry, I cannot answer now: ${why}.`,
    });
    const done = world.events.flatMap(({ event }) => (event.type === "response.done" ? [event.response] : []));
    expect(done).toHaveLength(turn);
    expect(done.at(-1)?.status).toBe("failed");
  }
});

test("a recogniser that dies costs one utterance, not the session", async () => {
  await using world = new World({ heard: [{ fails: true }, "hello"], answer: () => say("Hi.") });
  await world.speak(640, 640);
  await world.wait(3_000);
  expect(world.times("conversation.item.input_audio_transcription.failed")).toHaveLength(1);
  await world.speak(640, 640);
  await world.wait(1_500);
  expect(messagesOf("", world.session.conversation.items).at(-1)).toEqual({ from: "assistant", text: "Hi." });
});

test("push to talk: commit, then response.create", async () => {
  await using world = new World({ heard: ["hello"], answer: () => say("Hi."), sttMs: 50 });
  world.send({ type: "session.update", session: { type: "realtime", audio: { input: { turn_detection: null } } } });
  await world.speak(640, 0);
  world.send({ type: "input_audio_buffer.commit" });
  world.send({ type: "response.create" });
  await world.wait(1_500);
  expect(world.trace().filter((line) => !line.includes("delta"))).toMatchInlineSnapshot(`
    [
      "session.created @0",
      "sotto.hello @0",
      "sotto.residency @0",
      "sotto.slot @0",
      "sotto.coding @0",
      "session.updated @0",
      "response.created @640",
      "sotto.state @640",
      "input_audio_buffer.committed @640",
      "conversation.item.added @640",
      "conversation.item.done @640",
      "conversation.item.input_audio_transcription.completed @690",
      "response.output_item.added @690",
      "conversation.item.added @690",
      "response.content_part.added @690",
      "sotto.audio.started @690",
      "sotto.state @690",
      "response.output_audio.done @690",
      "response.output_audio_transcript.done @690",
      "response.content_part.done @690",
      "response.output_item.done @690",
      "conversation.item.done @690",
      "response.done @690",
    ]
  `);
});
