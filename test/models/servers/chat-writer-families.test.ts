import { describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { ModelError } from "../../../models/errors.ts";
import type { ReplyPart, ReplyRequest } from "../../../models/roles.ts";
import { ChatTemplate } from "../../../models/servers/chat-template.ts";
import { ChatWriter } from "../../../models/servers/chat-writer.ts";
import { ScriptedCompletion } from "../../../models/servers/scripted.ts";
import type { ChatFormat, Completion, GenerateRequest } from "../../../models/servers/server.ts";
import { families } from "../../support/chat-templates.ts";

const light = {
  name: "light",
  description: "Switches a light",
  parameters: { type: "object", properties: { on: { type: "boolean" } }, required: ["on"] },
};
const time = { name: "time", description: "Tells the time", parameters: { type: "object", properties: {} } };
const request: ReplyRequest = {
  conversation: "a",
  messages: [{ from: "user", text: "light on please" }],
  tools: [light, time],
  toolChoice: "auto",
  maxTokens: 200,
};

async function formatOf(family: keyof typeof families): Promise<ChatFormat> {
  const { template, eos, bos = "" }: { template: string; eos: string; bos?: string } = families[family];
  const read = await ChatTemplate.read(template, { bos, eos });
  return { style: read.style, prompt: async (asked) => read.prompt(asked) };
}

async function answer(
  chat: ChatFormat,
  more: Partial<ReplyRequest>,
  output: string,
  thinking = false,
): Promise<{ said: string; asked: GenerateRequest; prompt: string }> {
  const asked: GenerateRequest[] = [];
  const scripted = new ScriptedCompletion((of) => {
    asked.push(of);
    return [...output].map((text) => ({ text }));
  }, systemClock);
  const completion: Completion = { generate: scripted.generate.bind(scripted), chat };
  const parts: ReplyPart[] = [];
  const writer = new ChatWriter({ completion, thinking });
  for await (const part of writer.reply({ ...request, ...more }, new AbortController().signal)) parts.push(part);
  const said = parts
    .map((part) =>
      part.type === "text" ? part.text : part.type === "call" ? `[${part.name} ${part.argumentsJson}]` : "",
    )
    .join("");
  const [only] = asked;
  if (only === undefined) throw new Error("Nothing was asked");
  return { said, asked: only, prompt: only.prompt.map(({ text }) => text).join("") };
}

describe("a chat model with a template of its own", () => {
  test.each([
    ["llama3", "Sure. ", '{"name": "light", "parameters": {"on": true}}'],
    ["mistral", "Sure.", '[TOOL_CALLS][{"name": "light", "arguments": {"on": true}}]'],
    ["mistralArgs", "Sure.", '[TOOL_CALLS]light[ARGS]{"on": true}'],
    ["qwen3", "Sure.", '<tool_call>\n{"name": "light", "arguments": {"on": true}}\n</tool_call>'],
    [
      "qwenCoder",
      "Sure.",
      "<tool_call>\n<function=light>\n<parameter=on>\ntrue\n</parameter>\n</function>\n</tool_call>",
    ],
    [
      "harmony",
      "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Sure.",
      '<|channel|>commentary to=functions.light <|constrain|>json<|message|>{"on": true}',
    ],
  ] as const)("%s speaks, and calls functions its own way", async (family, words, call) => {
    const chat = await formatOf(family);
    expect((await answer(chat, {}, words)).said).toBe("Sure.");
    const { said, asked } = await answer(chat, {}, call);
    expect(said).toBe('[light {"on":true}]');
    expect(asked.stop).toEqual(chat.style.stop);
  });

  test.each([
    ["llama3", "<|end_header_id|>\n\n", '{"name": "light", "parameters": {"on": true}}'],
    ["mistral", "[TOOL_CALLS]", '[{"name": "light", "arguments": {"on": true}}]'],
    ["mistralArgs", "[TOOL_CALLS]light[ARGS]", '{"on": true}'],
    ["qwen3", "</think>\n\n<tool_call>\n", '{"name": "light", "arguments": {"on": true}}'],
    [
      "harmony",
      "<|start|>assistant<|channel|>commentary to=functions.light <|constrain|>json<|message|>",
      '{"on": true}',
    ],
  ] as const)("%s is led into the call that it must make, without thinking first", async (family, opening, rest) => {
    const { said, asked, prompt } = await answer(await formatOf(family), { toolChoice: { name: "light" } }, rest, true);
    expect(said).toBe('[light {"on":true}]');
    expect(prompt.endsWith(opening)).toBe(true);
    expect(asked).toMatchObject({ temperature: 0, jsonSchema: expect.anything() });
    // Each is held to the names that it has learnt.
    const key = /"(arguments|parameters)":/.exec(rest)?.[1] ?? "on";
    expect(JSON.stringify(asked.jsonSchema)).toContain(
      `"required":[${rest.includes("name") ? '"name",' : ""}"${key}"]`,
    );
  });

  test.each([
    ["mistralArgs", "[TOOL_CALLS]", '[{"name": "time", "arguments": {}}]'],
    ["harmony", "<|channel|>commentary <|constrain|>json<|message|>", '{"name": "time", "arguments": {}}'],
  ] as const)("%s chooses by itself which of several it calls", async (family, opening, rest) => {
    const { said, prompt } = await answer(await formatOf(family), { toolChoice: "required" }, rest);
    expect(said).toBe("[time {}]");
    expect(prompt.endsWith(opening)).toBe(true);
  });

  test("says nothing of what it thinks, whoever opened its thoughts", async () => {
    const thinker = await formatOf("thinker");
    expect((await answer(thinker, {}, "Let me see.</think>\n\nIt is on.", true)).said).toBe("It is on.");
    expect((await answer(thinker, {}, "It is on.")).said).toBe("It is on.");
    expect((await answer(await formatOf("qwen3"), {}, "<think>Let me see.</think>It is on.", true)).said).toBe(
      "It is on.",
    );
  });

  test.each(["gemma", "phi"] as const)(
    "%s, of which nobody knows how it would call, answers without, and says so when it must",
    async (family) => {
      const chat = await formatOf(family);
      const { said, prompt } = await answer(chat, {}, "Sure.");
      expect(said).toBe("Sure.");
      expect(prompt).not.toContain("Switches");
      const forced = answer(chat, { toolChoice: "required" }, "Sure.");
      await expect(forced).rejects.toMatchObject({
        code: "unsupported",
        message: expect.stringContaining("ollama:<model>"),
      });
    },
  );

  test("whose template gives up in the middle is talked to in ChatML", async () => {
    const style = { calls: "hermes" as const, stop: ["<|x|>"] };
    const prompt: ChatFormat["prompt"] = async () => {
      throw new ModelError("unsupported", "too long");
    };
    const { said, asked, prompt: text } = await answer({ style, prompt }, {}, "Sure.");
    expect(said).toBe("Sure.");
    expect(text.endsWith("<|im_start|>user\nlight on please<|im_end|>\n<|im_start|>assistant\n")).toBe(true);
    expect(asked.stop).toContain("<|im_end|>");
    const lost: ChatFormat["prompt"] = async () => {
      throw new ModelError("host-exited", "gone");
    };
    await expect(answer({ style, prompt: lost }, {}, "")).rejects.toMatchObject({ code: "host-exited" });
  });
});
