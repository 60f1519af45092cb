import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ReplyRequest } from "../../../../models/roles.ts";
import type { LoadedModel, LossCause, ModelServer } from "../../../../models/servers/model-server.ts";
import type { ChatUsage } from "../../../../models/servers/openai/chat-answer.ts";
import type { OpenAiSettings } from "../../../../models/servers/openai/open-openai.ts";
import { FakeLlamaServer } from "../../../support/fake-llama-server.ts";
import { longText } from "../../../support/fake-openai-chat.ts";
import { all, asked, chatsOf, load, longAnswer, never, open, textOf, toolCall, weather } from "./spec.ts";

let fake: FakeLlamaServer;
let server: ModelServer;
let losses: LossCause[];
beforeEach(async () => {
  fake = await FakeLlamaServer.start();
  losses = [];
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
});

async function loaded(settings: Partial<OpenAiSettings> = {}): Promise<LoadedModel> {
  server = await open(fake.http.url, settings);
  return await load(server, { model: fake.model, losses });
}

const chats = (): readonly Record<string, unknown>[] => chatsOf(fake.http);

describe("what is sent", () => {
  test("messages take turns: calls join the words that they came with", async () => {
    const { writer } = await loaded();
    const messages: ReplyRequest["messages"] = [
      { from: "system", text: "Be brief." },
      { from: "user", text: "How is Paris?" },
      { from: "assistant", text: "Let me see." },
      { from: "call", id: "1", name: "weather", argumentsJson: '{"city":"Paris"}' },
      { from: "call", id: "2", name: "weather", argumentsJson: '{"city":"Lyon"}' },
      { from: "result", id: "1", name: "weather", output: "sun" },
      { from: "result", id: "2", name: "weather", output: "rain" },
      { from: "user", text: "Thanks." },
    ];
    await all(writer.reply({ ...longAnswer, messages }, never));
    const call = (id: string, city: string): unknown => ({
      id,
      type: "function",
      function: { name: "weather", arguments: `{"city":"${city}"}` },
    });
    expect(chats()[0]?.["messages"]).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "How is Paris?" },
      { role: "assistant", content: "Let me see.", tool_calls: [call("1", "Paris"), call("2", "Lyon")] },
      { role: "tool", tool_call_id: "1", content: "sun" },
      { role: "tool", tool_call_id: "2", content: "rain" },
      { role: "user", content: "Thanks." },
    ]);
  });

  test("a tool that is insisted on is the only one offered", async () => {
    const { writer } = await loaded();
    const other = { ...weather, name: "other" };
    await all(writer.reply(asked("Go.", { tools: [other, weather], toolChoice: { name: "weather" } }), never));
    expect(chats()[0]).toMatchObject({
      tool_choice: "required",
      temperature: 0,
      tools: [{ function: { name: "weather" } }],
    });
    await all(writer.reply(asked("Go.", { tools: [weather], toolChoice: "none" }), never));
    expect(chats()[1]).not.toHaveProperty("tools");
    await expect(all(writer.reply(asked("Go.", { toolChoice: { name: "nothing" } }), never))).rejects.toThrow(
      /nothing/,
    );
  });

  test("the key, and the fields that only this server knows", async () => {
    const { writer } = await loaded({
      apiKey: "secret",
      extraBody: { chat_template_kwargs: { enable_thinking: false } },
    });
    await all(writer.reply(longAnswer, never));
    const chat = fake.http.bodies.find(({ path }) => path === "/v1/chat/completions");
    expect(chat?.headers.authorization).toBe("Bearer secret");
    expect(chat?.body).toMatchObject({
      max_tokens: 64,
      stream: true,
      chat_template_kwargs: { enable_thinking: false },
    });
  });
});

describe("what is heard", () => {
  test("the words, and what they cost", async () => {
    const usages: ChatUsage[] = [];
    const { writer } = await loaded({ onUsage: (_, usage) => usages.push(usage) });
    expect(textOf(await all(writer.reply(longAnswer, never)))).toBe(longText);
    expect(usages).toEqual([{ promptTokens: 7, cachedTokens: 3, generatedTokens: 14 }]);
  });

  test("thoughts are left out, however they come", async () => {
    const { writer } = await loaded();
    fake.chat.script = [
      { reasoning_content: "Hm." },
      { reasoning: "Hm, hm." },
      { content: "<thi" },
      { content: "nk>secret</think>Yes" },
      { content: ", of course." },
    ];
    expect(textOf(await all(writer.reply(longAnswer, never)))).toBe("Yes, of course.");
  });

  test("a call in the words of a model whose server does not know them", async () => {
    const { writer } = await loaded();
    fake.chat.script = [
      { content: "Let me look. <tool_" },
      { content: 'call>{"name":"weather","arguments":{"city":"Paris"}}</tool_call>' },
    ];
    expect(await all(writer.reply(toolCall.request, never))).toEqual([
      { type: "text", text: "Let me look." },
      { type: "call", name: "weather", argumentsJson: '{"city":"Paris"}' },
    ]);
  });

  test("two calls at once, with and without their index", async () => {
    const { writer } = await loaded();
    fake.chat.script = [
      { tool_calls: [{ function: { name: "weather", arguments: '{"city":' } }] },
      { tool_calls: [{ function: { arguments: '"A"}' } }] },
      { tool_calls: [{ index: 1, function: { name: "weather", arguments: '{"city":"B"}' } }] },
    ];
    const parts = await all(writer.reply(toolCall.request, never));
    expect(parts.map((part) => (part.type === "call" ? part.argumentsJson : ""))).toEqual([
      '{"city":"A"}',
      '{"city":"B"}',
    ]);
  });

  test.each([
    [
      "a call that is not offered",
      [{ tool_calls: [{ index: 0, function: { name: "launch", arguments: "{}" } }] }],
      /launch, which is not offered/,
    ],
    [
      "a call that is no JSON",
      [{ tool_calls: [{ index: 0, function: { name: "weather", arguments: "{oops" } }] }],
      /not JSON/,
    ],
  ])("%s is an error when it is all that came", async (_, script, message) => {
    const { writer } = await loaded();
    fake.chat.script = script;
    await expect(all(writer.reply(toolCall.request, never))).rejects.toMatchObject({
      code: "engine-failed",
      message: expect.stringMatching(message),
    });
  });

  test("words are an error when a call was insisted on", async () => {
    const { writer } = await loaded();
    fake.chat.script = [{ content: "I would rather talk." }];
    const reply = all(writer.reply({ ...toolCall.request, toolChoice: "required" }, never));
    await expect(reply).rejects.toMatchObject({ code: "engine-failed", message: expect.stringMatching(/called none/) });
  });
});
