import { describe, expect, test } from "vitest";
import { messagesOf } from "../../../pipeline/conversation/messages.ts";
import { ConversationDriver } from "../../support/conversation-driver.ts";

const types = (events: readonly { readonly type: string }[]): string[] => events.map((event) => event.type);

describe("push to talk", () => {
  test("response.create right after commit waits for the words", () => {
    const talk = new ConversationDriver();
    talk.client({ type: "session.update", session: { type: "realtime", audio: { input: { turn_detection: null } } } });
    talk.client({ type: "input_audio_buffer.commit" });
    expect(types(talk.client({ type: "response.create" }))).toEqual(["response.created", "sotto.state"]);
    expect(() => talk.lastReply).toThrow();
    talk.hear({ type: "utterance-end", utterance: 1, startMs: 0, endMs: 900, silenceMs: 0 });
    talk.hear({ type: "transcript", utterance: 1, text: "hello", rejected: false, audioMs: 900 });
    expect(talk.lastReply.job.content).toMatchObject({ messages: [{ from: "user", text: "hello" }] });
  });

  test("the answer waits for the words of every commit before it", () => {
    const talk = new ConversationDriver();
    talk.client({ type: "session.update", session: { type: "realtime", audio: { input: { turn_detection: null } } } });
    talk.client({ type: "input_audio_buffer.commit" });
    talk.hear({ type: "utterance-end", utterance: 1, startMs: 0, endMs: 900, silenceMs: 0 });
    talk.client({ type: "input_audio_buffer.commit" });
    talk.hear({ type: "utterance-end", utterance: 2, startMs: 900, endMs: 1_900, silenceMs: 0 });
    talk.client({ type: "response.create" });
    talk.hear({ type: "transcript", utterance: 1, text: "hello", rejected: false, audioMs: 900 });
    expect(() => talk.lastReply).toThrow();
    talk.hear({ type: "transcript", utterance: 2, text: "who are you", rejected: false, audioMs: 900 });
    expect(talk.lastReply.job.content).toMatchObject({ messages: [{ text: "hello" }, { text: "who are you" }] });
  });

  test("response.create while the words of a turn are awaited is the answer to that turn", () => {
    const talk = new ConversationDriver();
    talk.hear({ type: "speech-start", utterance: 1, atMs: 0 });
    talk.hear({ type: "utterance-end", utterance: 1, startMs: 0, endMs: 900, silenceMs: 500 });
    talk.client({ type: "response.create" });
    talk.hear({ type: "transcript", utterance: 1, text: "hello", rejected: false, audioMs: 400 });
    const { replyId } = talk.lastReply;
    talk.end(replyId);
    expect(talk.effects.filter((effect) => effect.do === "start-reply")).toHaveLength(1);
    expect(talk.lastReply.job.content).toMatchObject({ messages: [{ from: "user", text: "hello" }] });
  });

  test("an empty commit is an error and the waiting answer starts", () => {
    const talk = new ConversationDriver();
    talk.client({ type: "session.update", session: { type: "realtime", audio: { input: { turn_detection: null } } } });
    talk.client({ type: "input_audio_buffer.commit", event_id: "mine" });
    talk.client({ type: "response.create" });
    const [error] = talk.hear({ type: "commit-empty", eventId: "mine" });
    expect(error).toMatchObject({
      type: "error",
      error: { code: "input_audio_buffer_commit_empty", event_id: "mine" },
    });
    expect(talk.lastReply.job.content.type).toBe("answer");
  });
});

describe("the client's requests", () => {
  test("text items, functions and their results reach the model", () => {
    const talk = new ConversationDriver();
    const tool = { type: "function", name: "lamp", description: "", parameters: { type: "object", properties: {} } };
    talk.client({ type: "session.update", session: { type: "realtime", instructions: "Be kind.", tools: [tool] } });
    talk.client({
      type: "conversation.item.create",
      item: { type: "message", role: "user", content: [{ type: "input_text", text: "lamp on" }] },
    });
    talk.client({ type: "response.create" });
    const { replyId } = talk.lastReply;
    const events = talk.reply(replyId, { type: "call", name: "lamp", argumentsJson: '{"on":true}' });
    const call = events.find((event) => event.type === "response.output_item.done")?.item;
    if (call?.type !== "function_call") throw new Error("no call");
    expect(events[0]).toMatchObject({ type: "response.output_item.added", item: { status: "in_progress" } });
    expect(call).toMatchObject({ status: "completed", arguments: '{"on":true}' });
    talk.end(replyId);
    talk.client({
      type: "conversation.item.create",
      item: { type: "function_call_output", call_id: call.call_id, output: "ok" },
    });
    talk.client({ type: "response.create" });
    expect(talk.lastReply.job.content).toMatchObject({
      messages: [
        { from: "system", text: "Be kind." },
        { from: "user", text: "lamp on" },
        { from: "call", name: "lamp" },
        { from: "result", name: "lamp", output: "ok" },
      ],
      tools: [{ name: "lamp" }],
    });
  });

  test("an answer out of band neither blocks nor is remembered", () => {
    const talk = new ConversationDriver();
    talk.say(1, "hello");
    const main = talk.lastReply.replyId;
    const [created] = talk.client({
      type: "response.create",
      response: { conversation: "none", output_modalities: ["text"], input: [], metadata: { topic: "mood" } },
    });
    expect(created).toMatchObject({ response: { metadata: { topic: "mood" } } });
    const aside = talk.lastReply.replyId;
    expect(aside).not.toBe(main);
    expect(talk.lastReply.job.content).toMatchObject({ messages: [] });
    talk.reply(aside, { type: "text", text: "cheerful" });
    expect(types(talk.end(aside))).toEqual([
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.done",
    ]);
    expect(messagesOf("", talk.state.items)).toEqual([{ from: "user", text: "hello" }]);
    expect(talk.state.replies.map((reply) => reply.id)).toEqual([main]);
  });

  test.each([
    [{ type: "response.cancel", event_id: "e" }, "response_cancel_not_active"],
    [{ type: "conversation.item.retrieve", event_id: "e", item_id: "no" }, "item_retrieve_invalid_item_id"],
    [{ type: "conversation.item.delete", event_id: "e", item_id: "no" }, "item_delete_invalid_item_id"],
    [
      { type: "conversation.item.truncate", event_id: "e", item_id: "no", content_index: 0, audio_end_ms: 1 },
      "item_truncate_invalid_item_id",
    ],
    [
      { type: "response.create", event_id: "e", response: { input: [{ type: "item_reference", id: "no" }] } },
      "item_reference_invalid_item_id",
    ],
    [
      {
        type: "conversation.item.create",
        event_id: "e",
        previous_item_id: "no",
        item: { type: "message", role: "user", content: [{ type: "input_text", text: "x" }] },
      },
      "item_create_invalid_previous_item_id",
    ],
  ])("%j is refused by name", (message, code) => {
    const talk = new ConversationDriver();
    expect(talk.client(message)).toEqual([
      expect.objectContaining({ error: expect.objectContaining({ code, event_id: "e" }) }),
    ]);
  });

  test("a function that is not among the tools of the answer cannot be chosen; the session's choice then does not count", () => {
    const talk = new ConversationDriver();
    const tool_choice = { type: "function", name: "lamp" };
    const tools = [{ type: "function", name: "lamp" }];
    const before = talk.state;
    expect(talk.client({ type: "response.create", event_id: "mine", response: { tool_choice } })).toMatchObject([
      { type: "error", error: { code: "invalid_value", param: "response.tool_choice", event_id: "mine" } },
    ]);
    expect(talk.state).toEqual(before);
    talk.client({ type: "session.update", session: { type: "realtime", tools, tool_choice } });
    talk.client({ type: "response.create", response: { conversation: "none", tools: [] } });
    expect(talk.lastReply.job.content).toMatchObject({ tools: [], toolChoice: "auto" });
    talk.client({ type: "response.create", response: { conversation: "none", tool_choice } });
    expect(talk.lastReply.job.content).toMatchObject({ toolChoice: { name: "lamp" } });
  });

  test("a second response.create while one runs is refused by name", () => {
    const talk = new ConversationDriver();
    talk.client({ type: "response.create" });
    const [error] = talk.client({ type: "response.create", event_id: "second" });
    expect(error).toMatchObject({ error: { code: "conversation_already_has_active_response", event_id: "second" } });
  });
});
