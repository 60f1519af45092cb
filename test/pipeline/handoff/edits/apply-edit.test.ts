import { expect, test } from "vitest";
import type { EditAction } from "../../../../pipeline/handoff/edits/action.ts";
import { applyEdit, mostWholeFileLines } from "../../../../pipeline/handoff/edits/apply-edit.ts";

const path = "a.py";
const numbered = (count: number): string => Array.from({ length: count }, (_, i) => `value_${i} = ${i}\n`).join("");
const replace = (search: string, by: string): EditAction => ({
  type: "replace",
  path,
  blocks: [{ search, replace: by }],
});

test("a file may be written whole up to the limit, and not one line above", () => {
  const rewrite = (count: number) =>
    applyEdit({ type: "whole-file", path, text: `${numbered(count)}last = 1\n` }, numbered(count));
  expect(rewrite(mostWholeFileLines)).toEqual({ ok: true, text: `${numbered(mostWholeFileLines)}last = 1\n` });
  expect(rewrite(mostWholeFileLines + 1)).toMatchObject({ ok: false, why: expect.stringContaining("use EDIT") });
});

test("in a file of mixed line ends every line that stays keeps its own", () => {
  const old = "a = 1\r\nb = 2\nc = 3\r\nd = 4\r\n";
  const wanted = { ok: true, text: "a = 1\r\nb = 2\nx = 9\r\nd = 4\r\n" };
  expect(applyEdit({ type: "whole-file", path, text: "a = 1\nb = 2\nx = 9\nd = 4\n" }, old)).toEqual(wanted);
  expect(applyEdit(replace("c = 3\n", "x = 9\n"), old)).toEqual(wanted);
});

test("the lines of a tool call may lack their last line end, or end as on Windows", () => {
  expect(applyEdit(replace("b = 2", "b = 3"), "a = 1\nb = 2\n")).toEqual({ ok: true, text: "a = 1\nb = 3\n" });
  expect(applyEdit(replace("a = 1\r\nb = 2\r\n", "c = 3"), "a = 1\nb = 2\n")).toEqual({ ok: true, text: "c = 3\n" });
});

test("a part of a line is no place: the line that it ends may be another one", () => {
  expect(applyEdit(replace("x = 1", "x = 2"), "max = 1\n")).toMatchObject({ ok: false });
});

test("a file may be emptied, and filled again", () => {
  expect(applyEdit(replace("a = 1\n", ""), "a = 1\n")).toEqual({ ok: true, text: "" });
  expect(applyEdit({ type: "whole-file", path, text: "a = 1\n" }, "")).toEqual({ ok: true, text: "a = 1\n" });
});

test("a refusal shows the closest lines of a large file by their numbers", () => {
  const outcome = applyEdit(replace("value_7000 = seven\nvalue_7001 = eight\n", "x\n"), numbered(9_000));
  expect(outcome).toMatchObject({
    ok: false,
    why: expect.stringContaining("7001| value_7000 = 7000\n7002| value_7001"),
  });
});
