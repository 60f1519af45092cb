import { expect, test } from "vitest";
import type { ReplyPart } from "../../models/roles.ts";
import { messagesOf } from "../../pipeline/conversation/messages.ts";
import { World } from "../support/world.ts";

const numbers = (count: number): string => Array.from({ length: count }, (_, n) => `w${n + 1}`).join(" ");
const say = (text: string): ReplyPart[] => [{ type: "text", text }];
const update = (session: Record<string, unknown>): Record<string, unknown> => ({
  type: "session.update",
  session: { type: "realtime", ...session },
});
const detect = (turnDetection: Record<string, unknown> | null): Record<string, unknown> =>
  update({ audio: { input: { turn_detection: turnDetection } } });
const remembered = (world: World): string[] =>
  messagesOf("", world.session.conversation.items).map((message) =>
    "text" in message ? `${message.from}: ${message.text}` : message.from,
  );
const turns = [
  "input_audio_buffer.speech_started",
  "input_audio_buffer.speech_stopped",
  "input_audio_buffer.committed",
];
const responses = ["response.created", "response.done"];

test("a written answer out of band, beside a spoken one that it does not touch", async () => {
  await using world = new World({
    heard: ["tell me a story"],
    answer: async function* ({ conversation }, clock, signal) {
      if (!conversation.endsWith("/aside")) yield* say(`${numbers(20)}.`);
      else {
        await clock.sleep(200, signal);
        yield* say("A story.");
      }
    },
  });
  await world.speak(640, 640);
  world.send({
    type: "response.create",
    response: { conversation: "none", output_modalities: ["text"], instructions: "What is it about?", input: [] },
  });
  await world.wait(3_000);
  expect(world.trace([...responses, "response.output_text.done", "response.output_audio.done"])).toMatchInlineSnapshot(`
    [
      "response.created @1152",
      "response.created @1280",
      "response.output_text.done @1480",
      "response.done @1480",
      "response.output_audio.done @2732",
      "response.done @2732",
    ]
  `);
  expect(remembered(world)).toEqual(["user: tell me a story", `assistant: ${numbers(20)}.`]);
});

test("a spoken answer out of band does not confuse what was heard of the other", async () => {
  await using world = new World({
    heard: ["tell me a story", "who are you"],
    answer: async function* ({ conversation, messages }, clock, signal) {
      if (conversation.endsWith("/aside")) {
        for (let n = 0; n < 20; n += 1) {
          yield* say("beep. ");
          await clock.sleep(60, signal);
        }
      } else if (messages.length === 1) yield* say(`${numbers(40)}.`);
      else yield* say("I am Sotto.");
    },
  });
  await world.speak(640, 640);
  world.send({ type: "response.create", response: { conversation: "none", input: [] } });
  await world.wait(640);
  await world.speak(960, 1_500);
  const { messages } = world.writer.requests.at(-1) ?? { messages: [] };
  expect(messages[1]).toMatchObject({ from: "assistant", text: expect.stringMatching(/^w1 w2 .* w1[012]$/) });
});

test("a function of the client: called, answered, spoken", async () => {
  await using world = new World({
    heard: ["switch on the lamp"],
    answer: ({ messages }) =>
      messages.at(-1)?.from === "result"
        ? say("The lamp is on.")
        : [...say("One second. "), { type: "call", name: "lamp", argumentsJson: '{"on":true}' }],
  });
  world.send(update({ tools: [{ type: "function", name: "lamp", description: "", parameters: {} }] }));
  await world.speak(640, 640);
  await world.wait(960);
  const called = world.events.flatMap(({ event }) =>
    event.type === "response.function_call_arguments.done" ? [event] : [],
  );
  expect(called).toMatchObject([{ name: "lamp", arguments: '{"on":true}' }]);
  world.send({
    type: "conversation.item.create",
    item: { type: "function_call_output", call_id: called[0]?.call_id, output: '{"ok":true}' },
  });
  world.send({ type: "response.create" });
  await world.wait(960);
  expect(world.trace([...responses, "response.output_item.added", "response.output_item.done"])).toMatchInlineSnapshot(`
    [
      "response.created @1152",
      "response.output_item.added @1152",
      "response.output_item.done @1152",
      "response.output_item.added @1152",
      "response.output_item.done @1152",
      "response.done @1152",
      "response.created @2240",
      "response.output_item.added @2240",
      "response.output_item.done @2240",
      "response.done @2240",
    ]
  `);
  expect(remembered(world)).toEqual([
    "user: switch on the lamp",
    "assistant: One second.",
    "call",
    "result",
    "assistant: The lamp is on.",
  ]);
});

test("idle_timeout_ms asks whether somebody is there, from the end of the last answer on", async () => {
  await using world = new World({ heard: ["hello"], answer: () => say("Hi there.") });
  world.send(detect({ type: "server_vad", idle_timeout_ms: 5_000 }));
  await world.wait(3_000);
  await world.speak(640, 640);
  await world.wait(12_000);
  const types = ["input_audio_buffer.timeout_triggered", ...responses];
  expect(world.trace(types)).toMatchInlineSnapshot(`
    [
      "response.created @4160",
      "response.done @4160",
      "input_audio_buffer.timeout_triggered @9184",
      "response.created @9184",
      "response.done @9184",
      "input_audio_buffer.timeout_triggered @14208",
      "response.created @14208",
      "response.done @14208",
    ]
  `);
  expect(remembered(world).slice(2)).toEqual(["assistant: Are you still there?", "assistant: Are you still there?"]);
});

test("idle_timeout_ms does not run while the recogniser is at work", async () => {
  await using world = new World({ heard: ["hello"], answer: () => say("Hi there."), sttMs: 7_000 });
  world.send(detect({ type: "server_vad", idle_timeout_ms: 5_000 }));
  await world.speak(640, 640);
  await world.wait(8_000);
  expect(world.times("input_audio_buffer.timeout_triggered")).toEqual([]);
  expect(remembered(world)).toEqual(["user: hello", "assistant: Hi there."]);
});

test("turn detection off in mid-utterance ends it, unanswered; on again, the next is answered", async () => {
  await using world = new World({ heard: ["hello", "who are you"], answer: () => say("I am Sotto.") });
  await world.speak(480, 0);
  world.send(detect(null));
  await world.speak(480, 640);
  expect(world.writer.requests).toHaveLength(0);
  world.send(detect({ type: "server_vad" }));
  await world.wait(640);
  await world.speak(640, 1_500);
  expect(world.trace([...turns, ...responses])).toMatchInlineSnapshot(`
    [
      "input_audio_buffer.speech_started @96",
      "input_audio_buffer.speech_stopped @480",
      "input_audio_buffer.committed @480",
      "input_audio_buffer.speech_started @2336",
      "input_audio_buffer.speech_stopped @3392",
      "input_audio_buffer.committed @3392",
      "response.created @3392",
      "response.done @3392",
    ]
  `);
  expect(remembered(world)).toEqual(["user: hello", "user: who are you", "assistant: I am Sotto."]);
});

test("input_audio_buffer.clear in mid-utterance forgets it; what follows is an utterance of its own", async () => {
  await using world = new World({ heard: ["forget this", "hello"], answer: () => say("Hi.") });
  await world.speak(640, 0);
  world.send({ type: "input_audio_buffer.clear" });
  await world.wait(1_600);
  expect(remembered(world)).toEqual([]);
  await world.speak(640, 1_500);
  expect(world.trace([...turns, "input_audio_buffer.cleared", ...responses])).toMatchInlineSnapshot(`
    [
      "input_audio_buffer.speech_started @96",
      "input_audio_buffer.speech_stopped @640",
      "input_audio_buffer.cleared @640",
      "input_audio_buffer.speech_started @2336",
      "input_audio_buffer.speech_stopped @3392",
      "input_audio_buffer.committed @3392",
      "response.created @3392",
      "response.done @3392",
    ]
  `);
  expect(remembered(world)).toEqual(["user: hello", "assistant: Hi."]);
});

test("a truncation after the answer was sent rewrites what is remembered", async () => {
  await using world = new World({ heard: ["tell me a story", "go on"], answer: () => say(`${numbers(10)}.`) });
  await world.speak(640, 640);
  await world.wait(2_000);
  const id = world.session.conversation.items.at(-1)?.item.id;
  world.send({ type: "conversation.item.truncate", item_id: id, content_index: 0, audio_end_ms: 500 });
  expect(world.times("conversation.item.truncated")).toEqual([world.clock.nowMs()]);
  world.send({ type: "conversation.item.retrieve", item_id: id });
  expect(world.events.at(-1)?.event).toMatchObject({
    item: { content: [{ type: "output_audio", transcript: expect.stringMatching(/^w1 .* w[56]$/) }] },
  });
  await world.speak(640, 1_000);
  expect(world.writer.requests[1]?.messages[1]).toMatchObject({ text: expect.stringMatching(/^w1 .* w[56]$/) });
});

test("a transcription session writes down and never answers", async () => {
  await using world = new World({
    heard: ["hello", { rejected: true }, { fails: true }, "bye"],
    answer: () => say("Hi."),
    request: { transcriptionOnly: true },
  });
  for (let n = 0; n < 4; n += 1) await world.speak(640, 1_000);
  world.send({ type: "response.create" });
  const results = world.events.flatMap(({ event }) => {
    if (event.type === "conversation.item.input_audio_transcription.completed") return [event.transcript];
    return event.type === "conversation.item.input_audio_transcription.failed" ? ["failed"] : [];
  });
  expect(results).toEqual(["hello", "", "failed", "bye"]);
  expect(world.events.at(-1)?.event).toMatchObject({ type: "error", error: { code: "response_create_not_supported" } });
  expect(world.trace(responses)).toEqual([]);
  expect(world.writer.requests).toEqual([]);
});
