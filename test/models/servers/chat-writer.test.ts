import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import type { ReplyEnd, ReplyPart, ReplyRequest } from "../../../models/roles.ts";
import { ChatWriter } from "../../../models/servers/chat-writer.ts";
import { EmbeddedServer } from "../../../models/servers/embedded.ts";
import { ScriptedCompletion } from "../../../models/servers/scripted.ts";
import type { GenerateRequest } from "../../../models/servers/server.ts";
import { writeTinyGguf } from "../../support/tiny-gguf.ts";

const light = {
  name: "light",
  description: "Switches a light",
  parameters: {
    type: "object",
    properties: { on: { type: "boolean" }, room: { enum: ["kitchen", "bath"] }, level: { type: "integer" } },
    required: ["on"],
  },
};
const time = { name: "time", description: "Tells the time", parameters: { type: "object", properties: {} } };
const request: ReplyRequest = {
  conversation: "a",
  messages: [{ from: "user", text: "light on please" }],
  tools: [light, time],
  toolChoice: "auto",
  maxTokens: 200,
};

async function answer(
  more: Partial<ReplyRequest>,
  output: string,
): Promise<{ parts: ReplyPart[]; asked: GenerateRequest[] }> {
  const asked: GenerateRequest[] = [];
  const completion = new ScriptedCompletion((of) => {
    asked.push(of);
    return [...output].map((text) => ({ text }));
  }, systemClock);
  const writer = new ChatWriter({ completion });
  const parts: ReplyPart[] = [];
  for await (const part of writer.reply({ ...request, ...more }, new AbortController().signal)) parts.push(part);
  return { parts, asked };
}

function said(parts: readonly ReplyPart[]): string {
  return parts
    .map((part) =>
      part.type === "text" ? part.text : part.type === "call" ? `[${part.name} ${part.argumentsJson}]` : "",
    )
    .join("");
}

describe("a chat model", () => {
  test("speaks while it writes, and calls functions", async () => {
    const call = '<tool_call>\n{"name": "light", "arguments": {"on": true}}\n</tool_call>';
    const { parts, asked } = await answer({}, `<think>easy</think>Sure.\n${call}`);
    expect(said(parts)).toBe('Sure.[light {"on":true}]');
    expect(parts.length).toBeGreaterThan(3);
    expect(asked).toMatchObject([{ sequence: "a", maxTokens: 200, temperature: 0.6 }]);
    const prompt = asked[0]?.prompt.map((piece) => piece.text).join("") ?? "";
    expect(prompt).toContain('"name":"light"');
    expect(prompt.endsWith("<|im_start|>user\nlight on please<|im_end|>\n<|im_start|>assistant\n")).toBe(true);
  });

  test("is stopped where it would go on as somebody else", async () => {
    expect(said((await answer({}, "Sure.<|im_end|>\n<|im_start|>user\nthanks")).parts)).toBe("Sure.");
  });

  test("neither sees nor calls functions when it must not", async () => {
    const { parts, asked } = await answer(
      { toolChoice: "none" },
      'Well.<tool_call>{"name":"time","arguments":{}}</tool_call>',
    );
    expect(said(parts)).toBe("Well.");
    expect(asked[0]?.prompt.some((piece) => piece.text.includes("Switches"))).toBe(false);
  });

  test.each([
    ["a call that nobody can read", "<tool_call>{</tool_call>"],
    ["a function that is not there", '<tool_call>{"name":"format_disk","arguments":{}}</tool_call>'],
  ])("that answers only with %s has failed; beside words it is left out", async (_, output) => {
    await expect(answer({}, output)).rejects.toMatchObject({ code: "engine-failed" });
    expect(said((await answer({}, `Well.${output}`)).parts)).toBe("Well.");
  });

  test("says last why it ended, and what it cost", async () => {
    const end = async (output: string, maxTokens: number): Promise<ReplyPart | undefined> =>
      (await answer({ maxTokens }, output)).parts.at(-1);
    const usage = { inputTokens: expect.any(Number), cachedTokens: 0, outputTokens: 5 };
    expect(await end("Sure.", 200)).toEqual({ type: "end", reason: "end", usage } satisfies ReplyEnd);
    expect(await end("Sure, I will.", 5)).toEqual({ type: "end", reason: "length", usage } satisfies ReplyEnd);
    expect(await end("Sure.<|im_end|>more", 200)).toMatchObject({ reason: "end", usage: { outputTokens: 15 } });
  });

  test("is refused a function to insist on that is not offered", async () => {
    await expect(answer({ toolChoice: { name: "door" } }, "")).rejects.toMatchObject({ code: "engine-failed" });
    await expect(answer({ toolChoice: "required", tools: [] }, "")).rejects.toMatchObject({ code: "engine-failed" });
  });

  test("calls what it must call, whatever the model would have liked to say", async () => {
    const path = await writeTinyGguf({ contextTokens: 2_048, seed: 7 });
    await using completion = new EmbeddedServer({
      name: "voice",
      modelPath: path,
      clock: systemClock,
      log: () => undefined,
    });
    await completion.ready();
    const writer = new ChatWriter({ completion });
    const ask = async (more: Partial<ReplyRequest>): Promise<ReplyPart[]> => {
      const parts: ReplyPart[] = [];
      for await (const part of writer.reply({ ...request, ...more }, new AbortController().signal)) parts.push(part);
      return parts;
    };
    for (const text of ["light on", "is it late", "a", "b", "c"]) {
      const messages = [{ from: "user", text }] as const;
      const [named, ...others] = await ask({ messages, toolChoice: { name: "light" } });
      expect(others).toMatchObject([{ type: "end" }]);
      expect(named).toMatchObject({
        type: "call",
        name: "light",
        argumentsJson: expect.stringMatching(/"on":(true|false)/),
      });
      const [any] = await ask({ messages, toolChoice: "required" });
      expect(any).toMatchObject({ type: "call", name: expect.stringMatching(/^(light|time)$/) });
    }
    await rm(dirname(path), { recursive: true });
  });
});
