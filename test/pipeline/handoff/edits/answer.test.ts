import fc from "fast-check";
import { expect, test } from "vitest";
import { cannotAnswer, programAnswer } from "../../../../models/starter/coder/answer.ts";
import type { Action } from "../../../../pipeline/handoff/edits/action.ts";
import { parseAnswer } from "../../../../pipeline/handoff/edits/answer.ts";
import { editCorpus } from "../../../support/edit-corpus.ts";

const lines: readonly (readonly [string, readonly Action[]])[] = [
  ["LIST", [{ type: "list" }]],
  ["**LIST**", [{ type: "list" }]],
  ["- LIST: src", [{ type: "list" }]],
  ["SEARCH: parse", [{ type: "search", text: "parse" }]],
  ['SEARCH: "two words"', [{ type: "search", text: "two words" }]],
  ["SEARCH: `x[0]`", [{ type: "search", text: "x[0]" }]],
  ["READ: app.py", [{ type: "read", path: "app.py" }]],
  ["READ: ./src/app.py", [{ type: "read", path: "src/app.py" }]],
  ["**READ:** `app.py`", [{ type: "read", path: "app.py" }]],
  ["1. READ: __init__.py", [{ type: "read", path: "__init__.py" }]],
  ["READ：[app.py](app.py)", [{ type: "read", path: "app.py" }]],
  ["READ: pages/[slug].tsx", [{ type: "read", path: "pages/[slug].tsx" }]],
  ["READ: app.py 10-60", [{ type: "read", path: "app.py", fromLine: 10, toLine: 60 }]],
  ["READ: app.py 60 - 10", [{ type: "read", path: "app.py", fromLine: 10, toLine: 60 }]],
  ["READ: app.py:10-60", [{ type: "read", path: "app.py", fromLine: 10, toLine: 60 }]],
  ["READ: `app.py` (lines 10 to 60)", [{ type: "read", path: "app.py", fromLine: 10, toLine: 60 }]],
  ["READ: app.py, lines 10-60", [{ type: "read", path: "app.py", fromLine: 10, toLine: 60 }]],
  ["READ: app.py#L10-L60", [{ type: "read", path: "app.py", fromLine: 10, toLine: 60 }]],
  ["READ: app.py 0-5", [{ type: "read", path: "app.py", fromLine: 1, toLine: 5 }]],
  ["READ: app.py 10", [{ type: "read", path: "app.py", fromLine: 10 }]],
  [
    "READ: a.py, lib/b.py 3-4",
    [
      { type: "read", path: "a.py" },
      { type: "read", path: "lib/b.py", fromLine: 3, toLine: 4 },
    ],
  ],
  ["CHECK: `test`", [{ type: "check", name: "test" }]],
  ["DONE: It works.", [{ type: "done", summary: "It works." }]],
  ["DONE: It works,\nand it is tested.\n\nBye.", [{ type: "done", summary: "It works, and it is tested." }]],
  ["DONE", [{ type: "done", summary: "" }]],
  ["## DONE: It works.", [{ type: "done", summary: "It works." }]],
  ["CANNOT: There is no parser.", [{ type: "cannot", why: "There is no parser." }]],
  [
    "I looked around.\n\nREAD: a.py\nREAD: b.py\n",
    [
      { type: "read", path: "a.py" },
      { type: "read", path: "b.py" },
    ],
  ],
  ["Let me READ: the file", []],
  ["I am done: nothing is left. Files: none.", []],
  ["<think>READ: a.py</think>READ: b.py", [{ type: "read", path: "b.py" }]],
  ["", []],
];

for (const [text, actions] of lines) {
  test(`reads ${JSON.stringify(text)}`, () => {
    expect(parseAnswer(text)).toEqual({ actions, problems: [] });
  });
}

test("a word without what belongs behind it is told", () => {
  const { actions, problems } = parseAnswer("READ:\nSEARCH:\nCHECK:\nFILE:\nCANNOT:");
  expect(actions).toEqual([]);
  expect(problems).toHaveLength(5);
});

test("the starter's coder is read word for word", () => {
  const content = 'def main():\n    print("hi")\n\n\nmain()\n';
  const text = programAnswer({ done: "It says hi." }, { language: "python", file: "hi.py", content });
  expect(parseAnswer(text)).toEqual({
    actions: [
      { type: "whole-file", path: "hi.py", text: content },
      { type: "done", summary: "It says hi." },
    ],
    problems: [],
  });
  expect(parseAnswer(cannotAnswer("I know no such program.")).actions).toEqual([
    { type: "cannot", why: "I know no such program." },
  ]);
});

test("reading, editing, checking and finishing in one answer keep their order", () => {
  const text =
    "READ: a.py\nEDIT: a.py\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\nCHECK: test\nFILE: b.py\n```\nz\n```\nDONE: ok";
  expect(parseAnswer(text).actions.map(({ type }) => type)).toEqual(["read", "replace", "check", "whole-file", "done"]);
});

test("an answer cut anywhere holds no edit that the whole one does not hold", () => {
  for (const { name, answer } of editCorpus().filter(({ kind }) => kind !== "cut")) {
    const whole = editsOf(answer);
    for (let end = 0; end < answer.length; end += 1) {
      // Only whoever knows that it was cut can tell a block within a Markdown file from the end of the file.
      if (
        /^ *(?:`{3,}|~{3,})\s*$/.test(
          answer
            .slice(0, end)
            .split("\n")
            .findLast((line) => line !== "") ?? "",
        ) &&
        answer.includes(".md")
      )
        continue;
      for (const edit of editsOf(answer.slice(0, end))) {
        expect(
          whole.some((one) => one === edit || one.startsWith(edit.slice(0, -2))),
          `${name}, cut at ${end}: ${edit}`,
        ).toBe(true);
      }
    }
  }
});

test("whatever a model writes is read, quickly, and a path is never nothing", () => {
  const piece = fc.constantFrom(
    "FILE: ",
    "EDIT: a.py",
    "a.py",
    "```",
    "````md",
    "~~~",
    "```python a.py",
    "<<<<<<< SEARCH",
    "=======",
    ">>>>>>> REPLACE",
    "<think>",
    "</think>",
    "DONE:",
    "READ: ",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "x = 1",
    "  ",
    "**",
    "`",
    "\uFEFF",
    "\u0000",
    "// ...",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 60 }), (pieces) => {
      for (const action of parseAnswer(pieces.join("")).actions) {
        if ("path" in action) expect(action.path.trim()).not.toBe("");
        if (action.type === "replace") expect(action.blocks.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});

test("a model that writes the same mark for ever is read all the same", () => {
  for (const line of [
    "```",
    "```md a.md",
    "<<<<<<< SEARCH",
    "=======",
    "FILE: a.md\n```",
    "EDIT: a.py\n```",
    "<think>",
  ]) {
    const { actions } = parseAnswer(`${line}\n`.repeat(8_000));
    expect(actions.filter(({ type }) => type === "replace")).toEqual([]);
  }
});

function editsOf(answer: string): readonly string[] {
  return parseAnswer(answer).actions.flatMap((action) =>
    action.type === "whole-file" || action.type === "replace" ? [JSON.stringify(action)] : [],
  );
}
