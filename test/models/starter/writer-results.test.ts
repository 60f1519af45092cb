import { describe, expect, test } from "vitest";
import type { Message, ReplyContent, ReplyPart, ReplyRequest, ToolSpec } from "../../../models/roles.ts";
import { ScriptedCompletion } from "../../../models/servers/scripted.ts";
import type { GenerateRequest } from "../../../models/servers/server.ts";
import { StarterWriter } from "../../../models/starter/writer.ts";
import { createTools } from "../../../models/tools/toolbox.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const memory = () => ({ freeBytes: 3.2e9, totalBytes: 16e9 });
const tools = createTools({ clock: new VirtualClock(), status: () => [], memory, firstJoke: 0 });

async function reply(
  written: string,
  messages: readonly Message[],
  more: Partial<ReplyRequest> = {},
): Promise<{ parts: ReplyContent[]; asked: GenerateRequest[] }> {
  const asked: GenerateRequest[] = [];
  const completion = new ScriptedCompletion((generate) => {
    asked.push(generate);
    return (written.match(/\s?\S+/g) ?? []).map((text) => ({ text, probability: 0.9 }));
  }, new VirtualClock());
  const wanted = {
    conversation: "a",
    messages,
    tools: tools.map(({ spec }) => spec),
    toolChoice: "auto",
    maxTokens: 100,
    ...more,
  } as const;
  const parts: ReplyContent[] = [];
  for await (const part of new StarterWriter({ completion, tools }).reply(wanted, new AbortController().signal))
    if (part.type !== "end") parts.push(part);
  return { parts, asked };
}

const said = (parts: readonly ReplyPart[]): string =>
  parts.map((part) => (part.type === "text" ? part.text : "")).join("");

function result(name: string, output: string): readonly Message[] {
  return [
    { from: "user", text: "what is the capital of italy" },
    { from: "call", id: "1", name, argumentsJson: "{}" },
    { from: "result", id: "1", name, output },
  ];
}

const italy = '{"country":"Italy","capital":"Rome"}';

describe("a tool's result", () => {
  test("is said in the way that the model prefers", async () => {
    expect(said((await reply("Rome is the capital of Italy.", result("capital", italy))).parts)).toBe(
      "Rome is the capital of Italy.",
    );
    expect(said((await reply("The capital of Italy is Rome.", result("capital", italy))).parts)).toBe(
      "The capital of Italy is Rome.",
    );
  });

  test.each(["Paris is the capital of Italy.", "Rome is the capital of France.", "", "nonsense"])(
    "is said truthfully when the model writes %j",
    async (written) => {
      expect(said((await reply(written, result("capital", italy))).parts)).toMatch(
        /^(The capital of Italy is Rome|Rome is the capital of Italy)\.$/,
      );
    },
  );

  test("that is an error is said as it is", async () => {
    expect(said((await reply("", result("arithmetic", '{"error":"Nothing can be divided by 0."}'))).parts)).toBe(
      "Nothing can be divided by 0.",
    );
  });

  test.each([
    ["get_light", '{"light":"on","room":"kitchen"}', "light: on, room: kitchen."],
    ["get_light", '"It is on."', "It is on."],
    ["get_light", "plain words", "plain words."],
    ["get_light", "null", "Done."],
    ["capital", '{"unexpected":1}', "unexpected: 1."],
  ])("of a tool it does not know (%s, %s) is said plainly", async (name, output, expected) => {
    expect(said((await reply("", result(name, output))).parts)).toBe(expected);
  });
});

describe("a call that the client insists on", () => {
  const light: ToolSpec = {
    name: "set_light",
    description: "Switches a light.",
    parameters: {
      type: "object",
      properties: {
        room: { type: "string" },
        on: { type: "boolean" },
        level: { type: "integer" },
        mood: { enum: ["warm", "cold"] },
        note: { type: "string" },
      },
      required: ["room", "on", "level", "mood"],
    },
  };
  const messages: readonly Message[] = [{ from: "user", text: "Light the kitchen at forty" }];
  const forced = { tools: [light], toolChoice: { name: "set_light" } } as const;

  test("has arguments that follow the schema and come from the user's words", async () => {
    const { parts, asked } = await reply('{"room":"kitchen"}', messages, forced);
    expect(parts).toEqual([{ type: "call", name: "set_light", argumentsJson: '{"room":"kitchen"}' }]);
    expect(asked[0]?.jsonSchema).toMatchObject({
      properties: {
        room: { enum: ["Light the kitchen at forty", "Light", "the", "kitchen", "at", "forty"] },
        level: { enum: [40] },
        on: { enum: [true, false] },
      },
      required: ["room", "on", "level", "mood"],
    });
  });

  test("is valid even when the model writes none", async () => {
    const { parts } = await reply('{"room":"kit', messages, forced);
    expect(parts).toEqual([
      {
        type: "call",
        name: "set_light",
        argumentsJson: JSON.stringify({ room: "Light the kitchen at forty", on: true, level: 40, mood: "warm" }),
      },
    ]);
  });

  test("is one of ours with our own arguments", async () => {
    const asked: readonly Message[] = [{ from: "user", text: "and the capital of Peru" }];
    const { parts } = await reply("", asked, { toolChoice: { name: "capital" } });
    expect(parts).toEqual([{ type: "call", name: "capital", argumentsJson: '{"country":"Peru"}' }]);
  });

  test("is the tool nearest to the user's words when any will do", async () => {
    const heat: ToolSpec = {
      name: "set_heating",
      description: "Switches the heating.",
      parameters: { type: "object", properties: {} },
    };
    const { parts } = await reply("{}", messages, { tools: [heat, light], toolChoice: "required" });
    expect(parts).toMatchObject([{ type: "call", name: "set_light" }]);
  });

  test("of a tool that is not offered is an error", async () => {
    await expect(reply("", messages, { tools: [], toolChoice: { name: "set_light" } })).rejects.toThrow(
      "does not offer",
    );
  });
});

test("a reply that nobody asked for is a greeting", async () => {
  const greeting = "Hello! What can I do for you?";
  expect(said((await reply(greeting, [{ from: "system", text: "Be kind." }])).parts)).toBe(greeting);
});
