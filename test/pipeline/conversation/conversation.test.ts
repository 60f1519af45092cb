import { describe, expect, test } from "vitest";
import { messagesOf } from "../../../pipeline/conversation/messages.ts";
import { ConversationDriver } from "../../support/conversation-driver.ts";

const types = (events: readonly { readonly type: string }[]): string[] => events.map((event) => event.type);

describe("a spoken turn", () => {
  test("sends the documented events in order", () => {
    const talk = new ConversationDriver();
    expect(types(talk.hear({ type: "speech-start", utterance: 1, atMs: 40 }))).toEqual([
      "input_audio_buffer.speech_started",
      "sotto.state",
    ]);
    talk.hear({ type: "partial", utterance: 1, text: "what" });
    talk.hear({ type: "partial", utterance: 1, text: "what time is it" });
    expect(
      types(talk.hear({ type: "utterance-end", utterance: 1, startMs: 40, endMs: 1_500, silenceMs: 500 })),
    ).toEqual([
      "input_audio_buffer.speech_stopped",
      "input_audio_buffer.committed",
      "conversation.item.added",
      "conversation.item.done",
      "sotto.state",
    ]);
    const answered = talk.hear({
      type: "transcript",
      utterance: 1,
      text: "what time is it",
      rejected: false,
      audioMs: 900,
    });
    expect(types(answered)).toEqual(["conversation.item.input_audio_transcription.completed", "response.created"]);
    const { replyId, job } = talk.lastReply;
    expect(job.content).toMatchObject({ type: "answer", messages: [{ from: "user", text: "what time is it" }] });
    expect(types(talk.reply(replyId, { type: "clause", shown: "Two o'clock.", spoken: true }))).toEqual([
      "response.output_item.added",
      "conversation.item.added",
      "response.content_part.added",
      "response.output_audio_transcript.delta",
    ]);
    talk.reply(replyId, { type: "audio", samples: new Int16Array(16_000), clauseSamples: null });
    expect(types(talk.end(replyId))).toEqual([
      "response.output_audio.done",
      "response.output_audio_transcript.done",
      "response.content_part.done",
      "response.output_item.done",
      "conversation.item.done",
      "response.done",
    ]);
    const deltas = talk.sent.flatMap((event) =>
      event.type === "conversation.item.input_audio_transcription.delta" ? [event.delta] : [],
    );
    expect(deltas).toEqual(["what", " time is it"]);
  });

  test("that nobody can write down is answered by asking again, and noise by nothing", () => {
    const talk = new ConversationDriver();
    talk.say(1, "", true);
    expect(talk.lastReply.job.content).toEqual({ type: "say", text: "Sorry, I did not catch that." });
    talk.end(talk.lastReply.replyId);
    const before = talk.effects.length;
    talk.say(2, "");
    expect(talk.effects.slice(before).some((effect) => effect.do === "start-reply")).toBe(false);
  });

  test("whose recogniser died gets an answer all the same", () => {
    const talk = new ConversationDriver();
    talk.hear({ type: "speech-start", utterance: 1, atMs: 0 });
    const events = talk.hear({ type: "transcript-error", utterance: 1, message: "The ears process ended", atMs: 700 });
    expect(types(events)).toContain("conversation.item.input_audio_transcription.failed");
    expect(talk.lastReply.job.content).toMatchObject({ type: "say" });
  });
});

describe("barge-in", () => {
  const speaking = (): { talk: ConversationDriver; replyId: string } => {
    const talk = new ConversationDriver();
    talk.say(1, "tell me a joke");
    const { replyId } = talk.lastReply;
    talk.speak(replyId, "Why did the chicken cross the road? ", 2_000);
    talk.speak(replyId, "To get to the other side.", 1_500);
    talk.nowMs = 1_000;
    return { talk, replyId };
  };

  test("a cough of 200 ms changes nothing", () => {
    const { talk } = speaking();
    const before = talk.sent.length;
    talk.hear({ type: "speech-start", utterance: 2, atMs: 5_000 });
    talk.hear({ type: "speech-progress", utterance: 2, speechMs: 200 });
    talk.hear({ type: "utterance-end", utterance: 2, startMs: 5_000, endMs: 5_700, silenceMs: 500 });
    talk.hear({ type: "transcript", utterance: 2, text: "yes", rejected: false, audioMs: 200 });
    expect(talk.sent.slice(before)).toEqual([]);
  });

  test("300 ms of speech cut the answer, and the history keeps what was heard", () => {
    const { talk, replyId } = speaking();
    talk.hear({ type: "speech-start", utterance: 2, atMs: 5_000 });
    const events = talk.hear({ type: "speech-progress", utterance: 2, speechMs: 320 });
    expect(types(events)).toEqual([
      "input_audio_buffer.speech_started",
      "response.output_audio.done",
      "response.output_audio_transcript.done",
      "response.content_part.done",
      "response.output_item.done",
      "conversation.item.done",
      "response.done",
      "sotto.state",
    ]);
    expect(talk.effects).toContainEqual({ do: "cancel-reply", replyId });
    const heard = messagesOf("", talk.state.items).at(-1);
    expect(heard?.from).toBe("assistant");
    expect(heard).toMatchObject({ text: expect.stringMatching(/^Why did the chicken( cross)?( the)?$/) });
  });

  test("the client's own count of played samples replaces the estimate", () => {
    const { talk } = speaking();
    const itemId = talk.state.playing?.itemId;
    talk.hear({ type: "speech-start", utterance: 2, atMs: 5_000 });
    talk.hear({ type: "speech-progress", utterance: 2, speechMs: 320 });
    talk.client({ type: "sotto.playback", item_id: itemId, played_samples: 24_000 * 2, playing: false });
    expect(messagesOf("", talk.state.items).at(-1)).toEqual({
      from: "assistant",
      text: "Why did the chicken cross the road?",
    });
  });

  test("a stock client says it with truncate, and a time beyond the end is no error", () => {
    const { talk } = speaking();
    const itemId = talk.state.playing?.itemId;
    talk.hear({ type: "speech-start", utterance: 2, atMs: 5_000 });
    talk.hear({ type: "speech-progress", utterance: 2, speechMs: 320 });
    const truncate = { type: "conversation.item.truncate", item_id: itemId, content_index: 0 };
    expect(types(talk.client({ ...truncate, audio_end_ms: 99_999 }))).toEqual(["conversation.item.truncated"]);
    expect(messagesOf("", talk.state.items).at(-1)).toMatchObject({ text: expect.stringContaining("other side.") });
    talk.client({ ...truncate, audio_end_ms: 0 });
    expect(messagesOf("", talk.state.items).at(-1)).toEqual({ from: "user", text: "tell me a joke" });
  });

  test("“stop” is obeyed however short it is, and answered by silence", () => {
    const { talk, replyId } = speaking();
    talk.hear({ type: "speech-start", utterance: 2, atMs: 5_000 });
    talk.hear({ type: "partial", utterance: 2, text: "stop" });
    expect(talk.effects).toContainEqual({ do: "cancel-reply", replyId });
    const before = talk.effects.length;
    talk.hear({ type: "utterance-end", utterance: 2, startMs: 5_000, endMs: 5_700, silenceMs: 500 });
    talk.hear({ type: "transcript", utterance: 2, text: "stop", rejected: false, audioMs: 250 });
    expect(talk.effects.slice(before).some((effect) => effect.do === "start-reply")).toBe(false);
  });

  test("“stop” is obeyed when only the final transcript knows it", () => {
    const { talk, replyId } = speaking();
    talk.hear({ type: "speech-start", utterance: 2, atMs: 5_000 });
    talk.hear({ type: "utterance-end", utterance: 2, startMs: 5_000, endMs: 5_700, silenceMs: 500 });
    talk.hear({ type: "transcript", utterance: 2, text: "stop", rejected: false, audioMs: 250 });
    expect(talk.effects).toContainEqual({ do: "cancel-reply", replyId });
  });

  test("with interrupt_response off the answer goes on, and the next one follows it", () => {
    const talk = new ConversationDriver();
    talk.client({
      type: "session.update",
      session: {
        type: "realtime",
        audio: { input: { turn_detection: { type: "server_vad", interrupt_response: false } } },
      },
    });
    talk.say(1, "tell me a joke");
    const first = talk.lastReply.replyId;
    talk.speak(first, "Why? ", 2_000);
    talk.say(2, "what time is it");
    expect(talk.effects.some((effect) => effect.do === "cancel-reply")).toBe(false);
    talk.end(first);
    expect(talk.lastReply.replyId).not.toBe(first);
    expect(talk.lastReply.job.content).toMatchObject({ type: "answer" });
  });

  test("a client that says it plays no more is not interrupted by the next words", () => {
    const { talk, replyId } = speaking();
    talk.end(replyId);
    talk.client({ type: "sotto.playback", item_id: talk.state.playing?.itemId, played_samples: 100, playing: false });
    expect(types(talk.hear({ type: "speech-start", utterance: 2, atMs: 5_000 }))).toContain(
      "input_audio_buffer.speech_started",
    );
  });

  test("what the cancelled answer still says changes nothing", () => {
    const { talk, replyId } = speaking();
    talk.client({ type: "response.cancel" });
    const before = talk.effects.length;
    talk.speak(replyId, "more", 100);
    talk.reply(replyId, { type: "call", name: "x", argumentsJson: "{}" });
    talk.end(replyId, "late");
    expect(talk.effects.slice(before)).toEqual([]);
  });
});
