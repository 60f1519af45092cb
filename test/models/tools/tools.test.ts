import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelStatus } from "../../../models/roles.ts";
import { capitals } from "../../../models/starter/phrase-book/countries.ts";
import { jokes } from "../../../models/tools/joke.ts";
import type { Tool } from "../../../models/tools/tool.ts";
import { createToolbox, createTools } from "../../../models/tools/toolbox.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const clock = new VirtualClock(new Date("2026-11-21T14:05:00"));
let status: readonly ModelStatus[] = [];
const options = { clock, status: () => status, memory: () => ({ freeBytes: 3.24e9, totalBytes: 16e9 }), firstJoke: 0 };
const tools = createTools(options);
const signal = new AbortController().signal;

function tool(name: string): Tool {
  const found = tools.find(({ spec }) => spec.name === name);
  if (found === undefined) throw new Error(`No tool ${name}`);
  return found;
}

/** The sentences that a call leads to. */
const asked = (name: string, args: unknown = {}): readonly string[] =>
  tool(name).sentences(tool(name).run(JSON.stringify(args)));

describe("the tools", () => {
  test("know the time and the day from the clock", () => {
    expect(asked("time")).toContain("It is 2:05 PM.");
    expect(asked("date")).toContain("Today is Saturday, November 21, 2026.");
  });

  test.each([
    [3, "plus", 4, "3 plus 4 is 7."],
    [3, "minus", 4, "3 minus 4 is -1."],
    [12, "times", 12, "12 times 12 is 144."],
    [7, "divided by", 2, "7 divided by 2 is 3.5."],
    [1, "divided by", 3, "1 divided by 3 is about 0.3333."],
    [0.1, "plus", 0.2, "0.1 plus 0.2 is 0.3."],
    [1, "divided by", 0, "Nothing can be divided by 0."],
  ])("compute %d %s %d", (a, operation, b, sentence) => {
    expect(asked("arithmetic", { a, operation, b })).toContain(sentence);
  });

  test("know every capital of the phrase book, in any case", () => {
    for (const [country, capital] of Object.entries(capitals)) {
      const sentences = asked("capital", { country: country.toUpperCase() });
      expect(sentences.length).toBeGreaterThan(0);
      for (const sentence of sentences) expect(sentence).toContain(capital);
    }
    expect(asked("capital", { country: "the Netherlands" })).toEqual(["I do not know the capital of that country."]);
    expect(asked("capital", { country: "Netherlands" })).toContain("The capital of the Netherlands is Amsterdam.");
    expect(asked("capital", { country: "constructor" })).toEqual(["I do not know the capital of that country."]);
  });

  test("spell a word letter by letter", () => {
    expect(asked("spell", { word: "rhythm" })).toContain("Rhythm is spelled R, H, Y, T, H, M.");
  });

  test("tell no joke twice before all were told", () => {
    const told = jokes.map(() => asked("joke")[0]);
    expect(new Set(told)).toEqual(new Set(jokes));
  });

  test("greet by name", () => {
    expect(asked("introduce", { name: "adam" })).toContain("Nice to meet you, Adam.");
  });

  test("say which models are loaded", () => {
    expect(asked("models")).toEqual(["No model is loaded."]);
    status = [
      { role: "voice", model: "starter", state: "ready", bytes: 1, pinned: true, leases: 0 },
      { role: "stt", model: "soundswallower", state: "ready", bytes: 1, pinned: true, leases: 0 },
      { role: "tts", model: "flite", state: "starting", bytes: 1, pinned: true, leases: 0 },
      { role: "coder", model: "x", state: "failed", bytes: 1, pinned: true, leases: 0 },
    ];
    expect(asked("models")).toEqual([
      "Loaded are the voice model starter and the recogniser soundswallower. Starting now: the speaker flite.",
    ]);
    status = [];
  });

  test("say how much memory is free", () => {
    expect(asked("memory")).toContain("3.2 GB of 16 GB of memory are free.");
  });

  test("admit that there is no coder and no director", () => {
    expect(asked("hand_off", { task: "x" }).join()).toMatch(/no coder yet/);
    expect(asked("ask_director", { question: "x" }).join()).toMatch(/no director yet/);
  });

  test.each(["apply", "reject", "undo", "cancel"])("%s changes nothing, and says so", (name) => {
    expect(asked(name).join()).toMatch(/no change|Nothing is running/);
  });
});

describe("any tool", () => {
  const names = tools.map(({ spec }) => spec.name);

  test("answers bad arguments with an error, and strange results with silence", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.oneof(fc.string(), fc.json()), (name, text) => {
        const output: unknown = JSON.parse(tool(name).run(text));
        expect(output).toBeTypeOf("object");
        expect(Array.isArray(tool(name).sentences(text))).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(tool("capital").run("{}")).toBe('{"error":"Wrong arguments for capital."}');
    expect(tool("capital").run("not json")).toBe('{"error":"Wrong arguments for capital."}');
    expect(tool("capital").sentences('{"capital":5}')).toEqual([]);
  });

  test("describes its arguments as a JSON schema of an object", () => {
    for (const { spec } of tools) {
      expect(spec.parameters, spec.name).toMatchObject({ type: "object" });
      expect(spec.parameters).not.toHaveProperty("$schema");
    }
  });
});

describe("the toolbox", () => {
  const toolbox = createToolbox(tools, null);

  test("runs a tool by its name", async () => {
    expect(await toolbox.run({ name: "capital", argumentsJson: '{"country":"Italy"}' }, signal)).toBe(
      '{"country":"Italy","capital":"Rome"}',
    );
  });

  test("answers for a tool that it has not got", async () => {
    expect(await toolbox.run({ name: "toString", argumentsJson: "{}" }, signal)).toBe(
      '{"error":"There is no tool called toString."}',
    );
  });

  test("runs nothing after an abort", async () => {
    await expect(
      toolbox.run({ name: "time", argumentsJson: "" }, AbortSignal.abort(new Error("enough"))),
    ).rejects.toThrow("enough");
  });
});
