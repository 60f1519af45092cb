import { describe, expect, test } from "vitest";
import type { Recording } from "../../../pipeline/recordings.ts";
import { ConversationDriver } from "../../support/conversation-driver.ts";

/** So many milliseconds of 24 kHz PCM, in base64. */
const sound = (ms: number): string => Buffer.alloc(48 * ms).toString("base64");

function message(...content: readonly Record<string, unknown>[]): Record<string, unknown> {
  return {
    type: "conversation.item.create",
    event_id: "mine",
    item: { id: "given", type: "message", role: "user", content },
  };
}

const recordingsOf = (talk: ConversationDriver): Recording[] =>
  talk.effects.flatMap((effect) => (effect.do === "transcribe" ? [effect.recording] : []));

describe("sound that a client puts into the conversation", () => {
  test("goes to the recogniser, and only its words are kept", () => {
    const talk = new ConversationDriver();
    talk.client({ type: "session.update", session: { type: "realtime", audio: { input: { transcription: null } } } });
    const sent = talk.client(message({ type: "input_audio", audio: sound(200) }));
    const heardNothing = { item: { id: "given", content: [{ type: "input_audio", transcript: null }] } };
    expect(sent).toMatchObject([
      { type: "conversation.item.added", ...heardNothing },
      { type: "conversation.item.done", ...heardNothing },
    ]);
    expect(JSON.stringify(sent)).not.toContain('"audio":');
    expect(recordingsOf(talk)).toMatchObject([{ utterance: -1, format: "audio/pcm", bytes: { length: 9_600 } }]);
    const completed = talk.hear({ type: "transcript", utterance: -1, text: "hello", rejected: false, audioMs: 200 });
    expect(completed).toEqual([]);
    const [retrieved] = talk.client({ type: "conversation.item.retrieve", item_id: "given" });
    expect(retrieved).toMatchObject({ item: { content: [{ type: "input_audio", transcript: "hello" }] } });
  });

  test("is waited for by the answer to it, and starts none by itself", () => {
    const talk = new ConversationDriver();
    talk.client(message({ type: "input_audio", audio: sound(200) }));
    talk.client({ type: "response.create" });
    expect(() => talk.lastReply).toThrow();
    talk.hear({ type: "transcript", utterance: -1, text: "who are you", rejected: false, audioMs: 200 });
    expect(talk.lastReply.job.content).toMatchObject({ messages: [{ from: "user", text: "who are you" }] });
    expect(talk.effects.filter((effect) => effect.do === "start-reply")).toHaveLength(1);
  });

  test("of several parts becomes words part by part, which are told when they are wanted", () => {
    const talk = new ConversationDriver();
    talk.client(
      message(
        { type: "input_audio", audio: sound(200) },
        { type: "input_text", text: "and" },
        { type: "input_audio", audio: sound(300), transcript: "known" },
        { type: "input_audio", audio: sound(400) },
      ),
    );
    const words = (utterance: number, text: string) =>
      talk.hear({ type: "transcript", utterance, text, rejected: false, audioMs: 400 });
    expect(recordingsOf(talk).map(({ bytes }) => bytes.length)).toEqual([9_600, 19_200]);
    const at = (index: number, transcript: string) => ({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "given",
      content_index: index,
      transcript,
    });
    expect(words(-2, "the other")).toMatchObject([at(3, "the other")]);
    expect(words(-1, "the one")).toMatchObject([at(0, "the one")]);
    talk.client({ type: "response.create" });
    expect(talk.lastReply.job.content).toMatchObject({ messages: [{ text: "the oneandknownthe other" }] });
  });

  test("that cannot be transcribed is told, and the answer comes without it", () => {
    const talk = new ConversationDriver();
    talk.client(message({ type: "input_audio", audio: sound(200) }));
    talk.client({ type: "response.create" });
    const sent = talk.hear({ type: "transcript-error", utterance: -1, message: "No ears", atMs: 0 });
    expect(sent).toMatchObject([
      { type: "conversation.item.input_audio_transcription.failed", item_id: "given", error: { message: "No ears" } },
    ]);
    expect(talk.lastReply.job.content).toMatchObject({ messages: [] });
  });

  test.each([
    ["half a sample", Buffer.alloc(9_601).toString("base64"), "audio/pcm", /odd number of bytes/],
    ["next to nothing", sound(99), "audio/pcm", /at least 100ms/],
    ["nothing", "", "audio/pcm", /at least 100ms/],
    ["too long", Buffer.alloc(8 * 300_001).toString("base64"), "audio/pcmu", /at most 300 s/],
  ])("is refused when it is %s", (_, audio, type, why) => {
    const talk = new ConversationDriver();
    talk.client({ type: "session.update", session: { type: "realtime", audio: { input: { format: { type } } } } });
    expect(talk.client(message({ type: "input_text", text: "this" }, { type: "input_audio", audio }))).toMatchObject([
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          code: "invalid_value",
          param: "item.content[1].audio",
          message: expect.stringMatching(why),
          event_id: "mine",
        },
      },
    ]);
    expect(recordingsOf(talk)).toEqual([]);
    expect(talk.state.items).toEqual([]);
    expect(talk.state.awaited).toEqual([]);
  });

  test("waits in a short queue", () => {
    const talk = new ConversationDriver();
    const part = { type: "input_audio", audio: sound(100) };
    const give = () =>
      talk.client({
        ...message(part, part, part),
        item: { type: "message", role: "user", content: [part, part, part] },
      });
    give();
    give();
    expect(give()).toMatchObject([{ type: "error", error: { code: "rate_limit_exceeded", event_id: "mine" } }]);
    expect(recordingsOf(talk)).toHaveLength(6);
    talk.hear({ type: "transcript", utterance: -1, text: "one", rejected: false, audioMs: 100 });
    give();
    expect(recordingsOf(talk).map(({ utterance }) => utterance)).toEqual([-1, -2, -3, -4, -5, -6, -7, -8, -9]);
  });
});

test("a conversation that is full takes no more, says so, and keeps what it has", () => {
  const talk = new ConversationDriver();
  const say = (id: string) => ({
    type: "conversation.item.create",
    event_id: id,
    item: { id, type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] },
  });
  for (let index = 0; index < 10_000; index += 1) talk.client(say(`item_${index}`));
  expect(talk.client(say("more"))).toMatchObject([
    {
      type: "error",
      error: {
        code: "conversation_full",
        message: "A conversation holds no more than 10000 items. Delete some, or open a new session.",
        event_id: "more",
      },
    },
  ]);
  expect(talk.client({ type: "conversation.item.retrieve", item_id: "item_0" })).toMatchObject([
    { item: { id: "item_0" } },
  ]);
  // What is said is heard all the same.
  talk.hear({ type: "speech-start", utterance: 1, atMs: 0 });
  talk.hear({ type: "utterance-end", utterance: 1, startMs: 0, endMs: 900, silenceMs: 500 });
  talk.hear({ type: "transcript", utterance: 1, text: "good evening", rejected: false, audioMs: 900 });
  expect(talk.lastReply.job.content).toMatchObject({
    messages: expect.arrayContaining([{ from: "user", text: "good evening" }]),
  });
  talk.client({ type: "conversation.item.delete", item_id: "item_0" });
  talk.client({ type: "conversation.item.delete", item_id: "item_1" });
  expect(talk.client(say("more"))).toMatchObject([
    { type: "conversation.item.added" },
    { type: "conversation.item.done" },
  ]);
});
