import { statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { packageFile } from "../../../models/host/entries.ts";
import type { Message, ReplyPart } from "../../../models/roles.ts";
import { EmbeddedServer } from "../../../models/servers/embedded.ts";
import { intents } from "../../../models/starter/phrase-book/book.ts";
import { refusal } from "../../../models/starter/phrase-book/out-of-domain.ts";
import { drawValue, sampleTemplate, seededRandom } from "../../../models/starter/phrase-book/sample.ts";
import { StarterWriter } from "../../../models/starter/writer.ts";
import { createTools } from "../../../models/tools/toolbox.ts";
import { bookCases } from "../../bench/starter/cases.ts";
import { judge } from "../../bench/starter/judge.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const modelPath = packageFile("models/starter/voice.gguf");
const memory = () => ({ freeBytes: 3.2e9, totalBytes: 16e9 });
const tools = createTools({ clock: new VirtualClock(), status: () => [], memory, firstJoke: 0 });
let server: EmbeddedServer;

beforeAll(async () => {
  server = new EmbeddedServer({ name: "voice", modelPath, clock: systemClock, log: () => undefined });
  await server.ready();
});
afterAll(() => server[Symbol.asyncDispose]());

async function reply(writer: StarterWriter, messages: readonly Message[], conversation = "test"): Promise<ReplyPart[]> {
  const parts: ReplyPart[] = [];
  const request = {
    conversation,
    messages,
    tools: tools.map(({ spec }) => spec),
    toolChoice: "auto",
    maxTokens: 100,
  } as const;
  for await (const part of writer.reply(request, new AbortController().signal)) parts.push(part);
  return parts;
}

/** Answers as a session would: calls are run, and their results are said. */
async function turn(messages: Message[], text: string): Promise<string> {
  const writer = new StarterWriter({ completion: server, tools });
  messages.push({ from: "user", text });
  for (let id = 0; id < 3; id++) {
    const parts = await reply(writer, messages);
    const call = parts.find((part) => part.type === "call");
    const said = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    if (call === undefined) {
      messages.push({ from: "assistant", text: said });
      return said;
    }
    const { name, argumentsJson } = call;
    const output = tools.find(({ spec }) => spec.name === name)?.run(argumentsJson) ?? "";
    messages.push({ from: "call", id: `${id}`, name, argumentsJson }, { from: "result", id: `${id}`, name, output });
  }
  return "";
}

describe("the starter voice", () => {
  test("is a model of a few megabytes", () => {
    expect(statSync(modelPath).size).toBeLessThan(4e6);
  });

  test("holds a conversation", async () => {
    const messages: Message[] = [];
    expect(await turn(messages, "Hello!")).toBe("Hello! What can I do for you?");
    expect(await turn(messages, "What's the capital of Australia?")).toMatch(
      /^(The capital of Australia is Canberra|Canberra is the capital of Australia)\.$/,
    );
    expect(await turn(messages, "what time is it")).toMatch(/2:05 PM/);
    expect(await turn(messages, "What is 17 + 25?")).toMatch(/17 plus 25 (is|makes) 42\./);
    expect(await turn(messages, "say that again")).toMatch(/17 plus 25 (is|makes) 42\./);
    expect(await turn(messages, "how do you spell rhythm")).toMatch(/R, H, Y, T, H, M\.$/);
    expect(await turn(messages, "how much memory is free")).toMatch(/3\.2 GB.*16 GB|16 GB.*3\.2 GB/);
    expect(await turn(messages, "create a fizz buzz script in python")).toMatch(/no coder yet/);
    expect(await turn(messages, "thank you very much")).toBe("You are welcome.");
    expect(await turn(messages, "goodbye")).toMatch(/^Goodbye!/);
  });

  test("finds the right answer by itself in nineteen of twenty sentences of the phrase book", async () => {
    const alone = new StarterWriter({ completion: server, tools, matcher: null });
    const cases = bookCases("wordings", 1, seededRandom(4)).filter((_, index) => index % 3 === 0);
    const verdicts = await Promise.all(
      cases.map(async (one, index) =>
        judge(one, await reply(alone, [{ from: "user", text: one.text }], `case ${index % 8}`)),
      ),
    );
    expect(cases.length).toBeGreaterThan(100);
    expect(
      verdicts.filter((verdict) => verdict === "right" || verdict === "asked first").length / cases.length,
    ).toBeGreaterThan(0.95);
    expect(verdicts.filter((verdict) => verdict === "wrong").length / cases.length).toBeLessThan(0.03);
  });

  test.each([
    "Why is the sky blue?",
    "Who wrote Hamlet?",
    "How do I bake bread?",
    "What is photosynthesis?",
    "asdf qwer zxcv",
  ])("admits that it does not know: %s", async (text) => {
    expect(await turn([], text)).toBe(refusal);
  });

  test("says every line that it is meant to know", async () => {
    const writer = new StarterWriter({ completion: server, tools });
    const random = seededRandom(2);
    for (const { answer, wordings } of intents) {
      if (!("say" in answer)) continue;
      const text = sampleTemplate(wordings[0] ?? "", random, (slot) => drawValue(slot, random, "any"));
      const parts = await reply(writer, [{ from: "user", text }]);
      expect(parts.map((part) => (part.type === "text" ? part.text : "")).join("")).toBe(answer.say);
    }
  });
});
