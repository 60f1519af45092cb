import { statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { packageFile } from "../../../models/host/entries.ts";
import { EmbeddedServer } from "../../../models/servers/embedded.ts";
import { CoderWriter } from "../../../models/starter/coder/coder-writer.ts";
import { programs } from "../../../models/starter/coder/programs/all.ts";
import { taskSlots } from "../../../models/starter/coder/tasks.ts";

const modelPath = packageFile("models/starter/coder.gguf");
let server: EmbeddedServer;

beforeAll(async () => {
  server = new EmbeddedServer({ name: "coder", modelPath, clock: systemClock, log: () => undefined });
  await server.ready();
});
afterAll(() => server[Symbol.asyncDispose]());

async function answer(text: string, writer = new CoderWriter({ completion: server })): Promise<string> {
  const request = {
    conversation: "test",
    messages: [{ from: "user", text }],
    tools: [],
    toolChoice: "none",
    maxTokens: 1000,
  } as const;
  let said = "";
  for await (const part of writer.reply(request, new AbortController().signal))
    if (part.type === "text") said += part.text;
  return said;
}

const everyText = programs.flatMap(({ name, done, texts }) => texts.map((text) => ({ name, done, ...text })));

describe("the starter coder", () => {
  test("is a model of about a megabyte", () => {
    expect(statSync(modelPath).size).toBeLessThan(2e6);
  });

  test.each(everyText)(
    "writes $file by heart",
    { timeout: 60_000 },
    async ({ name, language, file, content, done }) => {
      const subject = taskSlots[`a-${name}`]?.[0] ?? "";
      const task = language === "text" ? `write a ${subject}` : `write a ${subject} in ${language}`;
      const shown = file.replace("fizz_buzz", "fizzbuzz");
      expect(await answer(task)).toBe(`FILE: ${shown}\n\`\`\`${language}\n${content}\`\`\`\nDONE: ${done}`);
    },
  );

  test("puts it into the file that it is told", async () => {
    expect(await answer("Create a fizz buzz script in Python called hello.py")).toMatch(/^FILE: hello\.py\n/);
    expect(await answer("a dice roller in a file named roll dot j s")).toMatch(/^FILE: roll\.js\n```javascript\n/);
  });

  test("finds the right program by itself", { timeout: 120_000 }, async () => {
    const alone = new CoderWriter({ completion: server, matcher: null });
    const wrong: string[] = [];
    for (const { name, texts } of programs) {
      for (const subject of taskSlots[`a-${name}`] ?? []) {
        const task = `could you please write a small ${subject} program for me`;
        if (!(await answer(task, alone)).startsWith(`FILE: ${texts[0]?.file ?? ""}\n`)) wrong.push(task);
      }
    }
    expect(wrong.length, wrong.join("\n")).toBeLessThan(15);
  });

  test.each([
    "write a chess engine",
    "make a weather app",
    "fix the bug in the parser module",
    "add tests for the login module",
    "write a fizz buzz in rust",
    "what is the meaning of life",
  ])("says no to what it does not know: %s", async (task) => {
    expect(await answer(task)).toMatch(/^CANNOT: [A-Z][^\n]*\.$/);
  });
});
