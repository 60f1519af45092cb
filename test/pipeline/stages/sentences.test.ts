import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Clause, clauses, usualLimits } from "../../../pipeline/stages/sentences.ts";

async function* stream(pieces: readonly string[]): AsyncGenerator<string, void, void> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}
async function cut(pieces: readonly string[]): Promise<readonly Clause[]> {
  const all: Clause[] = [];
  for await (const clause of clauses(stream(pieces), new AbortController().signal)) all.push(clause);
  return all;
}
const shown = async (text: string): Promise<readonly string[]> => (await cut([text])).map((clause) => clause.shown);

/** The clauses that are out before the text ends. */
async function early(text: string): Promise<readonly string[]> {
  const out: string[] = [];
  const source = async function* (): AsyncGenerator<string, void, void> {
    for (const piece of text) yield await Promise.resolve(piece);
    throw new Error("end");
  };
  try {
    for await (const clause of clauses(source(), new AbortController().signal)) out.push(clause.shown);
  } catch {}
  return out;
}

describe("the first clause", () => {
  test("ends at the first pause", async () => {
    expect(await shown("It is ten past two, and the sun is shining.")).toEqual([
      "It is ten past two,",
      " and the sun is shining.",
    ]);
    expect((await shown("Here is the thing: it works."))[0]).toBe("Here is the thing:");
    expect((await shown("Paris is lovely — in spring it is."))[0]).toBe("Paris is lovely —");
  });

  test("is not as short as a single word before a comma", async () => {
    expect(await shown("Yes, it is.")).toEqual(["Yes, it is."]);
  });

  test("is a short sentence when there is one", async () => {
    expect(await shown("Sure. I will do that at once for you, my friend.")).toEqual([
      "Sure.",
      " I will do that at once for you, my friend.",
    ]);
  });

  test("without a pause is cut between words, rather before a small one", async () => {
    expect((await shown("Nobody ever expected those elephants to dance so wonderfully."))[0]).toBe(
      "Nobody ever expected those elephants",
    );
    expect((await shown("The seven very large elephants walked across Canberra slowly."))[0]).toBe(
      "The seven very large elephants walked",
    );
  });

  test("is out as soon as the space behind its mark is there", async () => {
    expect(await early("Good morning. ")).toEqual(["Good morning."]);
    expect(await early("Good morning.")).toEqual([]);
    expect(await early("What a day it is! \n")).toEqual(["What a day it is!"]);
    expect(await early("Well, then,\n")).toEqual(["Well, then,"]);
  });
});

describe("later clauses", () => {
  test("are sentences", async () => {
    const text = "Fine. First we look at it, then we think. Is that so? Yes! “Good.” (Really.) End";
    expect(await shown(text)).toEqual([
      "Fine.",
      " First we look at it, then we think.",
      " Is that so?",
      " Yes!",
      " “Good.”",
      " (Really.)",
      " End",
    ]);
  });

  test("do not end inside numbers, abbreviations, names, files and addresses", async () => {
    for (const sentence of [
      "It weighs 3.5 kilograms, 1,000.25 at most.",
      "Some fruit, e.g. apples, i.e. the round ones, vs. bananas.",
      "Ask Mr. Smith or Dr. J. R. Jones about it.",
      "Open parser.test.ts and src/main.ts now.",
      "Look at https://example.com/a.b?x=1. and so on!",
      "Call `a. b` twice.",
      "It opens at 9 a.m. on Mondays.",
    ]) {
      const [first, ...others] = await shown(`Okay. ${sentence} Next.`);
      expect(first).toBe("Okay.");
      expect(others.join("|").split("|").at(-1), sentence).toBe(" Next.");
      if (!sentence.includes("https")) expect(others, sentence).toHaveLength(2);
    }
  });

  test("that are too long are cut at a pause", async () => {
    const long = `${"many words follow each other ".repeat(4)}here, ${"and some more of them come ".repeat(4)}end.`;
    const [, second] = await shown(`Okay. ${long}`);
    expect(second?.endsWith("here,")).toBe(true);
  });

  test("end with their line: list items and headings are said one by one", async () => {
    expect(await shown("Okay.\n# Title\n- one\n- two\n1. three\n\nDone")).toEqual([
      "Okay.",
      "\n# Title",
      "\n- one",
      "\n- two",
      "\n1. three",
      "\n\nDone",
    ]);
  });
});

describe("code", () => {
  test("is one silent clause between spoken ones", async () => {
    const code = "\n```ts\nconst a = 1. ;\n\nlet b, c;\n```";
    expect(await cut([`Here it is:${code}\nThat was it.`])).toEqual([
      { shown: "Here it is:", spoken: true },
      { shown: code, spoken: false },
      { shown: "\nThat was it.", spoken: true },
    ]);
  });

  test("is recognised in the middle of a line, in one line, with tildes, and unfinished", async () => {
    for (const [text, silent] of [
      ["Look: ```js\nx = 1\n``` Done.", "```js\nx = 1\n```"],
      ["Look here: ```x = 1``` Done.", "```x = 1```"],
      ["Look:\n~~~\nx = 1\n~~~\nDone.", "~~~\nx = 1\n~~~"],
      ["Look:\n```\nx = 1. And so on", "```\nx = 1. And so on"],
      ["Look:\n~ * ```\nx = 1. And\n``` Done.", "~ * ```\nx = 1. And\n```"],
      ["。```js\nx = 1\n``` Done.", "。```js\nx = 1\n```"],
      ["````md\n```\ninner\n```\n````\nDone.", "````md\n```\ninner\n```\n````"],
    ]) {
      const quiet = (await cut([text ?? ""])).filter((clause) => !clause.spoken).map((clause) => clause.shown.trim());
      expect(quiet, text).toEqual([silent]);
      expect(await cut((text ?? "").split("")), text).toEqual(await cut([text ?? ""]));
    }
  });
});

describe("for any answer", () => {
  const word = fc.oneof(
    fc.stringMatching(/^[a-z]{1,12}[.,;:!?]{0,2}$/),
    fc.constantFrom(
      "e.g.",
      "3.5",
      "Mr.",
      "file.ts",
      "https://a.b/c.d",
      "`a b`",
      "[a b](c d)",
      "🎉",
      "—",
      "你好。",
      "\n",
      "\n\n",
      "- x",
    ),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.stringMatching(/^[a-z]{150,400}$/),
  );
  const prose = fc.array(word, { maxLength: 60 }).map((words) => words.join(" "));
  const fenced = fc.stringMatching(/^[a-z ;.,\n]{0,80}$/).map((body) => `\n\`\`\`js\nCODE ${body}\n\`\`\`\n`);
  const answer = fc
    .array(fc.oneof({ weight: 4, arbitrary: prose }, { weight: 1, arbitrary: fenced }), { maxLength: 5 })
    .map((parts) => parts.join(""));
  const pieces = (text: string, cuts: readonly number[]): readonly string[] => {
    const places = [...new Set(cuts.map((at) => at % (text.length + 1)))].sort((a, b) => a - b);
    return [0, ...places].map((at, i) => text.slice(at, places[i] ?? text.length));
  };
  const cuts = fc.array(fc.nat(), { maxLength: 40 });

  test("the clauses together are the answer, and the same however it came in", async () => {
    await fc.assert(
      fc.asyncProperty(answer, cuts, async (text, places) => {
        const whole = await cut([text]);
        expect(whole.map((clause) => clause.shown).join("")).toBe(text);
        expect(await cut(pieces(text, places))).toEqual(whole);
        expect(await cut(text.split(""))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test("no spoken clause is longer than its limit, the first one short unless it is one long word", async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (text) => {
        const spoken = (await cut([text])).filter((clause) => clause.spoken);
        for (const { shown: words } of spoken) expect(words.length).toBeLessThanOrEqual(usualLimits.laterChars + 1);
        const first = spoken[0]?.shown ?? "";
        if (first.length > usualLimits.firstChars + 1) expect(first.trim()).not.toMatch(/[\p{L}\p{N}]\s+\S/u);
      }),
      { numRuns: 300 },
    );
  });

  test("code in a block is never spoken", async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (text) => {
        for (const clause of await cut([text])) if (clause.spoken) expect(clause.shown).not.toContain("CODE");
      }),
      { numRuns: 300 },
    );
  });
});
