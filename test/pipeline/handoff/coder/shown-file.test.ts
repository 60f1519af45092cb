import fc from "fast-check";
import { expect, test } from "vitest";
import { shortenedFile, shortenedText, shownFile } from "../../../../pipeline/handoff/coder/shown-file.ts";
import { estimateTokens } from "../../../../pipeline/handoff/coder/token-estimate.ts";

const ten = Array.from({ length: 10 }, (_, n) => `line ${n + 1}\n`).join("");

test.each([
  [{}, `a.txt (10 lines):\n\`\`\`\n${ten}\`\`\``],
  [{ fromLine: 2, toLine: 3 }, "a.txt, lines 2 to 3 of 10:\n```\nline 2\nline 3\n```"],
  [{ fromLine: 9 }, "a.txt, lines 9 to 10 of 10:\n```\nline 9\nline 10\n```"],
  [{ fromLine: 9, toLine: 400 }, "a.txt, lines 9 to 10 of 10:\n```\nline 9\nline 10\n```"],
  [{ fromLine: 5, toLine: 2 }, "a.txt, lines 5 to 5 of 10:\n```\nline 5\n```"],
  [{ fromLine: 11 }, "a.txt has only 10 lines."],
])("a file with %j", (range, expected) => {
  expect(shownFile({ path: "a.txt", text: ten }, range, 1_000)).toBe(expected);
});

test("an empty file is said to be so", () => {
  expect(shownFile({ path: "a.txt", text: "" }, {}, 1_000)).toBe("a.txt is empty.");
});

test("a file with fences in it is fenced by more", () => {
  const text = "# Use\n\n````\n```js\nx\n```\n````\n";
  expect(shownFile({ path: "a.md", text }, {}, 1_000)).toBe(`a.md (7 lines):\n\`\`\`\`\`\n${text}\`\`\`\`\``);
});

test("what does not fit is left out behind, with the way to see it", () => {
  const shown = shownFile({ path: "a.txt", text: ten.repeat(100) }, { fromLine: 101 }, 200);
  const [, last] = /lines 101 to (\d+) of 1000:/.exec(shown) ?? [];
  const next = Number(last) + 1;
  expect(shown).toContain(`Lines ${next} to 1000 are left out. READ: a.txt ${next}-1000 shows them.`);
  expect(estimateTokens(shown)).toBeLessThanOrEqual(200);
});

test("a shortened file is the ranges that were asked for, or what tells most of it", () => {
  const text = `def one():\n    return 1\n${ten}def two():\n    return 2\n`;
  const asked = [
    { path: "a.py", fromLine: 1, toLine: 2 },
    { path: "b.py", fromLine: 7, toLine: 9 },
  ];
  expect(shortenedFile({ path: "a.py", text }, asked, 300)).toBe(
    "a.py, lines 1 to 2 of 14:\n```\ndef one():\n    return 1\n```",
  );
  expect(shortenedFile({ path: "a.py", text }, [], 300)).toBe(
    "a.py has 14 lines. READ the ones that you need.\ndef one():\ndef two():",
  );
});

test("shortened text keeps both ends and never is more than it may", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 80 }), { maxLength: 200 }),
      fc.integer({ min: 20, max: 500 }),
      (lines, tokens) => {
        const text = lines.join("\n");
        const short = shortenedText(text, tokens);
        expect(estimateTokens(short)).toBeLessThanOrEqual(tokens);
        if (estimateTokens(text) <= tokens) expect(short).toBe(text);
        else expect(short).toContain("some lines are left out here");
      },
    ),
  );
});
