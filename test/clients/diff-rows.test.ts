import { createTwoFilesPatch } from "diff";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DiffLine, type DiffRow, diffRows, stackedRows } from "../../clients/diff-rows.ts";

/** Lines that look like parts of a patch, among ordinary ones. */
const line = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "b",
    "c",
    "  a",
    "-",
    "+",
    "--- a/x",
    "+++ b/x",
    "@@ -1,2 +1,2 @@",
    "\\ No newline at end of file",
    "diff --git a/x b/x",
    "Index: x",
    "a\r",
    "\u2028",
  ),
  fc.string({ unit: fc.constantFrom("x", " ", "\t", "\r", "-", "+", "<", "é", "\u202e"), maxLength: 5 }),
);
/** Text of a file that ends in a line break or not. */
const text = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
  .map(([lines, ended]) => lines.join("\n") + (ended ? "\n" : ""));

function patchOf(before: string, after: string, context: number): string {
  return createTwoFilesPatch("a/x", "b/x", before, after, "", "", { context });
}

function side(rows: readonly DiffRow[], name: "old" | "new"): readonly DiffLine[] {
  return rows.flatMap((row) => (row.kind === "same" || row.kind === "change" ? (row[name] ?? []) : []));
}

function joined(lines: readonly DiffLine[]): string {
  return lines.map(({ text: words, unterminated }) => (unterminated ? words : `${words}\n`)).join("");
}

test("one side's rows, put together, are the file before; the other's, the file after", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after);
      const rows = diffRows(patchOf(before, after, 1_000));
      for (const all of [rows, stackedRows(rows)]) {
        expect(joined(side(all, "new"))).toBe(after);
        expect(joined(side(rows, "old"))).toBe(before);
      }
    }),
    { numRuns: 500 },
  );
});

test("with little around the changes, every line still has its number, and what is left out is counted", () => {
  fc.assert(
    fc.property(text, text, fc.nat({ max: 3 }), (before, after, context) => {
      fc.pre(before !== after);
      const rows = diffRows(patchOf(before, after, context));
      const old = before.split("\n");
      const changed = after.split("\n");
      for (const { number, text: words } of side(rows, "old")) expect(words).toBe(old[number - 1]);
      for (const { number, text: words } of side(rows, "new")) expect(words).toBe(changed[number - 1]);
      let next = 1;
      for (const row of rows) {
        if (row.kind === "gap") next += row.lines;
        else if (row.kind !== "raw" && row.old !== null) expect(row.old.number).toBe(next++);
      }
      for (const row of rows) if (row.kind === "same") expect(row.old.text).toBe(row.new.text);
    }),
    { numRuns: 500 },
  );
});

test("what was replaced stands beside what took its place, and above it where there is no room", () => {
  const rows = diffRows(patchOf("one\ntwo\nthree\n", "one\n2\n2b\nthree\n", 3));
  const words = (all: readonly DiffRow[]) =>
    all.map((row) => (row.kind === "gap" || row.kind === "raw" ? row.kind : [row.old?.text, row.new?.text]));
  expect(words(rows)).toEqual([
    ["one", "one"],
    ["two", "2"],
    [undefined, "2b"],
    ["three", "three"],
  ]);
  expect(words(stackedRows(diffRows(patchOf("1\n2\nx\n3\n", "a\nb\nx\nc\n", 3))))).toEqual([
    ["1", undefined],
    ["2", undefined],
    [undefined, "a"],
    [undefined, "b"],
    ["x", "x"],
    ["3", undefined],
    [undefined, "c"],
  ]);
});

test("a new file has nothing before, a deleted one nothing after", () => {
  expect(side(diffRows(patchOf("", "a\nb\n", 3)), "old")).toEqual([]);
  expect(side(diffRows(patchOf("a\nb\n", "", 3)), "new")).toEqual([]);
});

test.each([
  ["no patch at all", "Binary files differ"],
  ["a hunk that counts wrong", "--- a\n+++ b\n@@ -1,1 +1,1 @@\n-a\n+b\n+c"],
  ["a second file hidden in it", "--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n--- c\n+++ d\n@@ -1 +1 @@\n-c\n+d"],
])("of %s every line is shown as it is", (_, patch) => {
  expect(diffRows(patch)).toEqual(patch.split("\n").map((words) => ({ kind: "raw", text: words })));
});
