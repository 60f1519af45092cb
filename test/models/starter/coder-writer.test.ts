import { describe, expect, test } from "vitest";
import type { ReplyPart } from "../../../models/roles.ts";
import { ScriptedCompletion, type ScriptedToken } from "../../../models/servers/scripted.ts";
import type { GenerateRequest } from "../../../models/servers/server.ts";
import { cannotAnswer, programAnswer } from "../../../models/starter/coder/answer.ts";
import { CoderWriter } from "../../../models/starter/coder/coder-writer.ts";
import { knownPrograms } from "../../../models/starter/coder/known-programs.ts";
import { programs } from "../../../models/starter/coder/programs/all.ts";
import { readTask } from "../../../models/starter/coder/task.ts";
import { cannot, taskIntents, taskSlots } from "../../../models/starter/coder/tasks.ts";
import { coderExchange } from "../../../models/starter/make/coder-exchange.ts";
import { createMatcher } from "../../../models/starter/phrase-book/matcher.ts";
import { normalise } from "../../../models/starter/phrase-book/normalise.ts";
import { pick, sampleIntent, seededRandom } from "../../../models/starter/phrase-book/sample.ts";
import { slotValues } from "../../../models/starter/phrase-book/slot-values.ts";
import { expandTemplate } from "../../../models/starter/phrase-book/template.ts";
import { work } from "../../../models/starter/phrase-book/work.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const tokens = (text: string, probability = 1): ScriptedToken[] =>
  (text.match(/\s*\S+\s*$|\s*\S+/g) ?? []).map((piece) => ({ text: piece, probability }));

function written(name: string, language = "python"): string {
  const program = programs.find((one) => one.name === name);
  const text = program?.texts.find((one) => one.language === language || one.language === "text");
  return program === undefined || text === undefined ? "" : programAnswer(program, text);
}

/** What the coder answers when its model writes this; `asked` is what the model was asked for. */
async function reply(
  script: string | readonly ScriptedToken[],
  task: string,
  maxTokens = 900,
): Promise<{ said: string; parts: ReplyPart[]; asked: GenerateRequest[] }> {
  const asked: GenerateRequest[] = [];
  const completion = new ScriptedCompletion((generate) => {
    asked.push(generate);
    return typeof script === "string" ? tokens(script) : script;
  }, new VirtualClock());
  const parts: ReplyPart[] = [];
  const request = {
    conversation: "a",
    messages: [
      { from: "system", text: "You write code." },
      { from: "user", text: task },
    ],
    tools: [],
    toolChoice: "none",
    maxTokens,
  } as const;
  for await (const part of new CoderWriter({ completion }).reply(request, new AbortController().signal))
    parts.push(part);
  return { said: parts.map((part) => (part.type === "text" ? part.text : "")).join(""), parts, asked };
}

const book = createMatcher(taskIntents, undefined, taskSlots);

/** The file's name as people write it, where the model has learnt another. */
const handedOver = (program: string): string => written(program).replace("fizz_buzz.py", "fizzbuzz.py");

describe("what the coder's model writes", () => {
  test("is handed over when it is a program that is known", async () => {
    const { said, parts } = await reply(written("fizz-buzz"), "some fizz, and a bit of buzz");
    expect(said).toBe(handedOver("fizz-buzz"));
    expect(said).toMatch(/^FILE: fizzbuzz\.py\n```python\nfor number in range[\s\S]*\n```\nDONE: .+\.$/);
    expect(parts.at(-1)).toMatchObject({ type: "end" });
  });

  test("goes into the file that the user named", async () => {
    const { said } = await reply(written("fizz-buzz"), "Create a fizz buzz script in Python called hello.py");
    expect(said).toBe(written("fizz-buzz").replace("fizz_buzz.py", "hello.py"));
  });

  test.each([
    ["one letter is wrong", written("fizz-buzz").replace("Buzz", "Bazz")],
    ["something is added", `${written("fizz-buzz")} rm`],
    ["it is a program of its own", "FILE: fizz_buzz.py\n```python\nprint(1)\n```\nDONE: It prints one."],
  ])("is put right when %s", async (_, text) => {
    expect((await reply(text, "some fizz, and a bit of buzz")).said).toBe(handedOver("fizz-buzz"));
  });

  test.each([
    ["is in a language that was not asked for", written("fizz-buzz", "javascript")],
    ["is no answer at all", "Sure! Here is a fizz buzz."],
    ["is empty", ""],
  ])("is not handed over when it %s", async (_, text) => {
    expect((await reply(text, "some fizz, and a bit of buzz")).said).toBe(cannotAnswer(cannot.unknown));
  });

  test("is not handed over when the model was not sure which program it should be", async () => {
    expect((await reply(tokens(written("fizz-buzz"), 0.5), "fnord")).said).toBe(cannotAnswer(cannot.unknown));
  });

  test.each(Object.values(cannot))("may be an honest no: %s", async (sentence) => {
    expect((await reply(cannotAnswer(sentence), "fnord")).said).toBe(cannotAnswer(sentence));
  });

  test("can only be a program in the language that was asked for, and in Python when none was", async () => {
    const grammar = async (task: string): Promise<string> => (await reply("", task)).asked[0]?.grammar ?? "";
    expect(await grammar("fnord")).toMatch(/quiz\.py.*README\.md/);
    expect(await grammar("fnord")).not.toMatch(/FILE: \w+\.(js|sh|html)\\n/);
    expect(await grammar("fnord in javascript")).toMatch(/fizz_buzz\.js.*README\.md/);
    expect(await grammar("fnord in bash")).not.toMatch(/FILE: \w+\.(py|js)\\n/);
  });

  test("is one program only when the words are in the book", async () => {
    const { asked } = await reply(written("quiz"), "write a quiz in python");
    expect(asked[0]?.grammar?.match(/FILE: /g)).toHaveLength(1);
    expect(asked[0]?.prompt.map(({ text }) => text).join("")).toBe(
      "<|im_start|>system\ncoder<|im_end|>\n<|im_start|>user\npython: write a quiz<|im_end|>\n<|im_start|>assistant\n",
    );
    expect((await reply("", "write a quiz in bash")).asked[0]?.grammar).toContain(cannot.elsewhere);
    expect((await reply("", "write a python script")).asked[0]?.grammar).toContain(cannot.vague);
  });

  test("is not asked for in a language that the coder does not know", async () => {
    const { said, asked } = await reply(written("fizz-buzz"), "write a fizz buzz in rust");
    expect(said).toMatch(/^CANNOT: I do not know that language\./);
    expect(asked).toEqual([]);
  });

  test("is nothing when there are no tokens to be had: only the prompt is computed", async () => {
    const { parts, asked } = await reply("x", "write a quiz", 0);
    expect(parts).toEqual([]);
    expect(asked).toMatchObject([{ maxTokens: 0 }]);
  });

  test("stops when its signal does", async () => {
    const controller = new AbortController();
    const completion = new ScriptedCompletion(() => tokens(written("quiz")), new VirtualClock());
    const request = {
      conversation: "a",
      messages: [{ from: "user", text: "write a quiz" }],
      tools: [],
      toolChoice: "none",
      maxTokens: 99,
    } as const;
    const all = async (): Promise<void> => {
      for await (const _ of new CoderWriter({ completion }).reply(request, controller.signal))
        controller.abort(new Error("enough"));
    };
    await expect(all()).rejects.toThrow("enough");
  });

  test("comes as it is written", async () => {
    const { parts } = await reply(written("quiz"), "write a quiz called trivia");
    const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
    expect(texts.length).toBeGreaterThan(20);
    expect(texts[0]).toMatch(/^FILE: trivia\.py\n/);
  });
});

describe("the programs that the coder knows", () => {
  test("each have a file of their own", () => {
    expect(new Set(knownPrograms.map(({ file }) => file)).size).toBe(knownPrograms.length);
  });

  test("are at least 36 in Python, 15 in JavaScript and 6 in Bash, and one can ask for each", () => {
    const count = (language: string): number => knownPrograms.filter((one) => one.language === language).length;
    expect(count("python")).toBeGreaterThanOrEqual(36);
    expect(count("javascript")).toBeGreaterThanOrEqual(15);
    expect(count("bash")).toBeGreaterThanOrEqual(6);
    const askable = taskIntents.map(({ name }) => name).filter((name) => name !== "vague");
    expect(new Set(askable)).toEqual(new Set(programs.map(({ name }) => name)));
  });

  test("are all that can be asked for aloud: the rest is refused honestly", () => {
    const asking = work.find(({ name }) => name === "write_program");
    const spoken = [...(asking?.wordings ?? []), ...(asking?.heldOut ?? [])].flatMap(expandTemplate);
    const named = spoken.filter((wording) => wording.includes("<program>"));
    expect(named.length).toBeGreaterThan(15);
    for (const program of slotValues["program"] ?? []) {
      for (const wording of named) {
        const { words } = readTask(wording.replace("<program>", program).replace("<language>", "python"));
        expect(
          programs.map(({ name }) => name),
          words,
        ).toContain(book.match(words)?.name);
      }
    }
    for (const wording of spoken.filter((one) => !one.includes("<program>")))
      expect(book.match(readTask(wording.replace("<language>", "python")).words)?.name, wording).toBe("vague");
  });

  test("are each asked for in words of their own", () => {
    const names = Object.entries(taskSlots).flatMap(([slot, values]) => (slot.startsWith("a-") ? values : []));
    const subjects = names.map(normalise);
    expect(subjects.filter((one, index) => subjects.indexOf(one) !== index)).toEqual([]);
    const random = seededRandom(6);
    const fill = (slot: string): string => pick(taskSlots[slot] ?? [], random);
    for (const intent of taskIntents) {
      for (const from of ["wordings", "heldOut", "typed"] as const) {
        for (let count = 0; count < 30; count++) {
          const text = normalise(sampleIntent(intent, random, { from: [from], politeShare: 0.2, fill }));
          const found = book.match(text);
          if (from !== "typed" || found !== null) expect(found?.name, text).toBe(intent.name);
        }
      }
    }
  });
});

describe("the coder's training text", () => {
  const random = seededRandom(12);
  const exchanges = Array.from({ length: 3000 }, () => coderExchange(random));

  test("holds no wording that is kept for measuring", () => {
    const trained = createMatcher(taskIntents, "heldOut", taskSlots);
    const tasks = exchanges.map(([task]) => task?.text.replace(/^\w+: /, "") ?? "");
    expect(tasks.filter((text) => book.match(text) !== null && trained.match(text) === null)).toEqual([]);
  });

  test("says no to a good part of it, and to nothing that the book knows in that language", () => {
    const refused = exchanges.filter(([, answer]) => answer?.text === cannotAnswer(cannot.unknown));
    expect(refused.length / exchanges.length).toBeGreaterThan(0.1);
    expect(refused.filter(([task]) => book.match(task?.text.replace(/^\w+: /, "") ?? "") !== null)).toEqual([]);
  });
});
