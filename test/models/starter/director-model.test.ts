import { statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { packageFile } from "../../../models/host/entries.ts";
import { EmbeddedServer } from "../../../models/servers/embedded.ts";
import { DirectorWriter } from "../../../models/starter/director/director-writer.ts";
import { directorRefusal, topics } from "../../../models/starter/director/questions.ts";
import { jobRecordText, parseJobRecord } from "../../../models/starter/director/record.ts";
import { summaries } from "../../../models/starter/director/summary.ts";
import { randomRecord } from "../../../models/starter/make/director-exchange.ts";
import { seededRandom } from "../../../models/starter/phrase-book/sample.ts";
import { bookQuestions } from "../../bench/starter/director-cases.ts";

const modelPath = packageFile("models/starter/director.gguf");
let server: EmbeddedServer;

beforeAll(async () => {
  server = new EmbeddedServer({ name: "director", modelPath, clock: systemClock, log: () => undefined });
  await server.ready();
});
afterAll(() => server[Symbol.asyncDispose]());

async function answer(text: string, writer = new DirectorWriter({ completion: server })): Promise<string[]> {
  const request = {
    conversation: "test",
    messages: [{ from: "user", text }],
    tools: [],
    toolChoice: "none",
    maxTokens: 200,
  } as const;
  const texts: string[] = [];
  for await (const part of writer.reply(request, new AbortController().signal))
    if (part.type === "text") texts.push(part.text);
  return texts;
}

describe("the starter director", () => {
  test("is a model of about a megabyte", () => {
    expect(statSync(modelPath).size).toBeLessThan(1.5e6);
  });

  test.each([
    ["Ask the director about memory.", "memory"],
    ["what does the director think about swapping", "swap"],
    ["Why a bridge sentence?", "bridge"],
    ["Ask the director for a plan!", "plan"],
  ])("explains, word by word: %s", async (question, name) => {
    const texts = await answer(question);
    expect(texts.join("")).toBe(topics.find((topic) => topic.name === name)?.answer);
    expect(texts.length).toBeGreaterThan(10);
  });

  test("says every line that it is meant to know", { timeout: 120_000 }, async () => {
    for (const { subjects, answer: line } of topics)
      expect((await answer(`tell me about ${subjects[0] ?? ""}`)).join("")).toBe(line);
  });

  test("finds the right line by itself in nearly every question of its book", { timeout: 120_000 }, async () => {
    const alone = new DirectorWriter({ completion: server, matcher: null });
    const questions = bookQuestions("wordings", 1, seededRandom(8)).filter((_, index) => index % 8 === 0);
    let right = 0;
    let wrong = 0;
    for (const { text, line } of questions) {
      const said = (await answer(text, alone)).join("");
      if (said === line) right += 1;
      else if (said !== directorRefusal) wrong += 1;
    }
    expect(questions.length).toBeGreaterThan(150);
    expect(right / questions.length).toBeGreaterThan(0.85);
    expect(wrong / questions.length).toBeLessThan(0.05);
  });

  test.each([
    "ask the director who won the world cup",
    "what does the director think about garlic bread",
    "why is the sky blue",
    "asdf qwer zxcv",
  ])("admits that it does not know: %s", async (question) => {
    expect((await answer(question)).join("")).toBe(directorRefusal);
  });

  test("sums up any job in a true sentence", { timeout: 120_000 }, async () => {
    const random = seededRandom(4);
    for (let count = 0; count < 20; count++) {
      const record = randomRecord(random);
      const text = jobRecordText(record);
      expect(parseJobRecord(text)).toEqual(record);
      expect(summaries(record)).toContain((await answer(text)).join(""));
    }
  });
});
