import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ReplyPart } from "../../../../models/roles.ts";
import type { LoadedModel, LossCause, ModelServer } from "../../../../models/servers/model-server.ts";
import type { OpenAiSettings } from "../../../../models/servers/openai/open-openai.ts";
import { FakeLlamaServer } from "../../../support/fake-llama-server.ts";
import { longText } from "../../../support/fake-openai-chat.ts";
import { until } from "../../../support/until.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";
import { all, chatsOf, load, longAnswer, never, open, textOf, toolCall } from "./spec.ts";

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

describe("what goes wrong", () => {
  test.each([
    ["dies in mid-answer", { type: "dies", after: 3 }],
    ["dies before its first word", { type: "dies", after: 0 }],
    ["ends in the middle of an event", { type: "truncated", after: 3 }],
  ] as const)("a server that %s", async (_, fault) => {
    const { writer } = await loaded();
    fake.chat.faults.push(fault);
    const heard: ReplyPart[] = [];
    const reply = async (): Promise<void> => {
      for await (const part of writer.reply(longAnswer, never)) heard.push(part);
    };
    await expect(reply()).rejects.toMatchObject({ code: expect.stringMatching(/engine-failed|server-down/) });
    expect(heard.length).toBeLessThanOrEqual(fault.after);
    expect(textOf(await all(writer.reply(longAnswer, never)))).toBe(longText);
    expect(losses).toEqual([]);
  });

  test("an error in the middle of the stream", async () => {
    const { writer } = await loaded();
    fake.chat.faults.push({ type: "error-event", after: 2, message: "CUDA error: out of memory" });
    await expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({ code: "no-memory" });
  });

  test("a busy server is asked again, when it says so", async () => {
    const { writer } = await loaded();
    const busy = { type: "status", body: { error: { message: "Loading model" } } } as const;
    fake.chat.faults.push({ ...busy, status: 503 }, { ...busy, status: 429, retryAfter: "0" });
    expect(textOf(await all(writer.reply(longAnswer, never)))).toBe(longText);
    expect(chats()).toHaveLength(3);
  });

  test("a server that stays busy, or asks for too much patience, is given up", async () => {
    const { writer } = await loaded();
    fake.chat.faults.push({ type: "status", status: 429, body: {}, retryAfter: "3600" });
    await expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({ code: "busy" });
    expect(chats()).toHaveLength(1);
  });

  test("waiting for a busy server can be given up", async () => {
    const { writer } = await loaded({ patienceMs: 1_000_000 });
    fake.chat.faults.push({ type: "status", status: 503, body: {}, retryAfter: "900" });
    const controller = new AbortController();
    const reply = expect(all(writer.reply(longAnswer, controller.signal))).rejects.toThrow("enough");
    await until(() => chats().length === 1);
    controller.abort(new Error("enough"));
    await reply;
  });

  test("a server that says nothing at all is given up", async () => {
    const clock = new VirtualClock();
    const { writer } = await loaded({ clock, silenceMs: 60_000, watchMs: 1_000_000_000 });
    fake.chat.faults.push({ type: "silent" });
    const reply = expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({
      code: "server-down",
      message: expect.stringMatching(/said nothing for 60 s/),
    });
    await until(() => chats().length === 1);
    await clock.advance(59_000);
    await clock.advance(61_000);
    await reply;
  });

  test("a reader who takes time is not mistaken for a silent server", async () => {
    const clock = new VirtualClock();
    const { writer } = await loaded({ clock, silenceMs: 60_000, watchMs: 1_000_000_000 });
    let parts = 0;
    for await (const _ of writer.reply(longAnswer, never)) {
      if (parts === 0) await clock.advance(100_000);
      parts += 1;
    }
    // The last one says what it cost.
    expect(parts).toBe(15);
  });

  test("a server that goes down in mid-answer is reported without waiting for the next look", async () => {
    const { writer } = await loaded({ watchMs: 1_000_000 });
    fake.chat.tokenMs = 10;
    const reply = async (): Promise<void> => {
      for await (const _ of writer.reply(longAnswer, never)) void fake.http.stop();
    };
    await expect(reply()).rejects.toMatchObject({ code: expect.stringMatching(/engine-failed|server-down/) });
    await until(() => losses.length > 0);
    expect(losses).toEqual(["server-down"]);
  });
});

test("a model that was started anew meanwhile is lost, which passes by itself, and nothing is sent to it", async () => {
  const { writer } = await loaded();
  fake.contextTokens = 8_192;
  await until(() => losses.length > 0);
  expect(losses).toEqual(["reloaded"]);
  await expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({ code: "host-exited" });
  expect(chats()).toEqual([]);
});

describe("stopping", () => {
  test("an abort hangs up, and the server stops computing", async () => {
    const { writer } = await loaded();
    fake.chat.waitsAfter = 2;
    const controller = new AbortController();
    const reply = async (): Promise<void> => {
      for await (const _ of writer.reply(longAnswer, controller.signal)) controller.abort(new Error("stop"));
    };
    await expect(reply()).rejects.toThrow("stop");
    await until(() => fake.chat.hungUp === 1);
  });

  test("so does a reader who just leaves", async () => {
    const { writer } = await loaded();
    fake.chat.waitsAfter = 2;
    for await (const _ of writer.reply(longAnswer, never)) break;
    await until(() => fake.chat.hungUp === 1);
  });

  test("a pause hangs up, and the answer goes on where it was", async () => {
    const model = await loaded();
    fake.chat.waitsAfter = 3;
    let text = "";
    for await (const part of model.writer.reply(longAnswer, never)) {
      text += part.type === "text" ? part.text : "";
      if (text !== "One two three") continue;
      model.pause();
      await until(() => fake.chat.hungUp === 1);
      expect(fake.chat.active).toBe(0);
      fake.chat.waitsAfter = undefined;
      model.resume();
    }
    expect(text).toBe(longText);
    const [first, second] = chats();
    expect(second).toMatchObject({ continue_final_message: true, add_generation_prompt: false, max_tokens: 61 });
    const messages = Array.isArray(first?.["messages"]) ? first["messages"] : [];
    expect(second?.["messages"]).toEqual([...messages, { role: "assistant", content: "One two three" }]);
  });

  test("half a call is not hung up on, and waits until the model may go on", async () => {
    const model = await loaded();
    fake.chat.script = [
      { tool_calls: [{ index: 0, function: { name: "weather", arguments: "" } }] },
      { content: "Let me look." },
      { tool_calls: [{ index: 0, function: { arguments: '{"city":"Paris"}' } }] },
    ];
    fake.chat.waitsAfter = 2;
    const heard: ReplyPart[] = [];
    const reading = (async () => {
      for await (const part of model.writer.reply(toolCall.request, never)) heard.push(part);
    })();
    await until(() => heard.length === 1);
    model.pause();
    fake.chat.waitsAfter = undefined;
    await until(() => fake.chat.active === 0);
    expect(heard).toHaveLength(1);
    model.resume();
    await reading;
    expect(heard.map(({ type }) => type)).toEqual(["text", "call", "end"]);
  });

  test("a model that is paused before its first word is asked again, all of it", async () => {
    const model = await loaded();
    fake.chat.waitsAfter = 0;
    const reading = all(model.writer.reply(longAnswer, never));
    await until(() => fake.chat.active === 1);
    model.pause();
    await until(() => fake.chat.hungUp === 1);
    fake.chat.waitsAfter = undefined;
    model.resume();
    expect(textOf(await reading)).toBe(longText);
    expect(chats()[1]).toEqual(chats()[0]);
  });
});
