import { expect, test } from "vitest";
import { coderTools, readCall } from "../../../../pipeline/handoff/coder/coder-tools.ts";
import { textForm, textRules, toolForm, toolRules } from "../../../../pipeline/handoff/coder/prompt.ts";
import { parseAnswer } from "../../../../pipeline/handoff/edits/answer.ts";
import { applyEdit } from "../../../../pipeline/handoff/edits/apply-edit.ts";

test("what is taught by example is what is understood", () => {
  const { actions, problems } = parseAnswer(textRules(["test", "lint"]));
  expect(problems).toEqual([]);
  expect(actions).toEqual([
    { type: "list" },
    { type: "search", text: "parse_date" },
    { type: "read", path: "src/dates.py" },
    { type: "read", path: "src/dates.py", fromLine: 40, toLine: 90 },
    { type: "whole-file", path: "src/hello.py", text: 'print("Hello")\n' },
    expect.objectContaining({ type: "replace", path: "src/dates.py" }),
    { type: "check", name: "test" },
    { type: "done", summary: "One sentence that says what you changed." },
    { type: "cannot", why: "One sentence that says why." },
  ]);
  const edit = actions.find((action) => action.type === "replace");
  if (edit === undefined) throw new Error("There is no edit in it");
  expect(applyEdit(edit, "import os\n\ndef today():\n    return None\n")).toEqual({
    ok: true,
    text: "import os\n\ndef today():\n    return date.today()\n",
  });
});

test("without checks nothing is said of them", () => {
  expect(textRules([])).not.toMatch(/check/i);
  expect(toolRules([])).not.toMatch(/check/i);
  expect(coderTools([]).map(({ name }) => name)).not.toContain("run_check");
});

test("the reminders name only what there is", () => {
  for (const word of ["LIST", "SEARCH:", "READ:", "FILE:", "EDIT:", "DONE:", "CANNOT:"]) {
    expect(textForm).toContain(word);
    expect(textRules([])).toContain(word);
  }
  const names = coderTools([]).map(({ name }) => name);
  for (const name of toolForm.match(/[a-z]+_[a-z]+/g) ?? []) expect(names).toContain(name);
  for (const name of toolRules([]).match(/[a-z]+_[a-z]+/g) ?? []) expect(names).toContain(name);
});

test("every function is understood when it is called as it is described", () => {
  const values: Readonly<Record<string, unknown>> = { string: "x\n", integer: 3 };
  for (const { name, parameters } of coderTools(["test"])) {
    const described = Object.entries(parameters["properties"] ?? {});
    const args = Object.fromEntries(described.map(([key, { type }]) => [key, values[type]]));
    expect(readCall({ name, argumentsJson: JSON.stringify(args) })).toMatchObject({ ok: true });
  }
});

test.each([
  ["read_file", '{"path":"a","from_line":null,"to_line":""}', { type: "read", path: "a" }],
  ["read_file", '{"path":"a","from_line":"3","to_line":4.0}', { type: "read", path: "a", fromLine: 3, toLine: 4 }],
  ["list_files", "", { type: "list" }],
  ["write_file", '{"path":"a","text":"x\\r\\ny"}', { type: "whole-file", path: "a", text: "x\ny\n" }],
  [
    "edit_file",
    '{"path":"a","search":"x","replace":""}',
    { type: "replace", path: "a", blocks: [{ search: "x\n", replace: "" }] },
  ],
])("%s with %s", (name, argumentsJson, action) => {
  expect(readCall({ name, argumentsJson })).toEqual({ ok: true, action });
});

test.each([
  ["read_file", '{"path":""}', /"path"/],
  ["read_file", '{"path":"a","from_line":0}', /"from_line"/],
  ["edit_file", '{"path":"a","search":"","replace":"x"}', /"search"/],
  ["write_file", '{"path":"a"}', /"text"/],
  ["write_file", "not json", /write_file/],
  ["rm", "{}", /There is no function "rm"/],
])("%s with %s is answered with what is wrong", (name, argumentsJson, problem) => {
  expect(readCall({ name, argumentsJson })).toEqual({ ok: false, problem: expect.stringMatching(problem) });
});
