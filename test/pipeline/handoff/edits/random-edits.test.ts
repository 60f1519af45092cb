import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEdit } from "../../../../pipeline/handoff/edits/apply-edit.ts";

/** What models do to lines that they quote, and to the new ones with them. */
const drifts = {
  none: (lines) => lines,
  "spaces behind": (lines) => lines.map((line, i) => (i % 2 === 0 ? `${line}  ` : line)),
  "indent too deep": (lines) => lines.map((line) => (line === "" ? "" : `    ${line}`)),
  "indent forgotten": (lines, quoted) => lines.map((line) => line.slice(leastIndent(quoted))),
  "tabs for spaces": (lines) => lines.map((line) => "\t".repeat(indentOf(line) / 2) + line.slice(indentOf(line))),
  "blank lines left out": (lines) => lines.filter((line) => line !== ""),
  "first indent lost": ([first = "", ...others]) => [first.trim(), ...others],
  "printed quotes": (lines) => lines.map((line) => line.replaceAll('"', "”")),
} satisfies Record<string, (lines: readonly string[], quoted: readonly string[]) => readonly string[]>;

const driftNames = [
  "none",
  "spaces behind",
  "indent too deep",
  "indent forgotten",
  "tabs for spaces",
  "blank lines left out",
  "first indent lost",
  "printed quotes",
] as const;

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function leastIndent(lines: readonly string[]): number {
  return Math.min(...lines.filter((line) => line !== "").map(indentOf));
}

interface RandomEdit {
  readonly file: readonly string[];
  readonly from: number;
  readonly count: number;
  /** Which of the quoted lines changes, and how. */
  readonly at: number;
  readonly how: "change" | "insert" | "delete";
  readonly drift: (typeof driftNames)[number];
  readonly end: "\n" | "\r\n";
  readonly isCut: boolean;
}

/** @param words how many lines a file can be made of: few of them make many lines that are the same */
function randomEdit(words: number): fc.Arbitrary<RandomEdit> {
  const line = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: words }));
  return fc.record({
    file: fc
      .array(line, { minLength: 3, maxLength: 30 })
      .map((lines) => lines.map(([indent, n]) => (n === 0 ? "" : `${"  ".repeat(indent)}call_${n}("it is ${n}")`))),
    from: fc.nat(27),
    count: fc.integer({ min: 1, max: 6 }),
    at: fc.nat(5),
    how: fc.constantFrom("change", "insert", "delete"),
    drift: fc.constantFrom(...driftNames),
    end: fc.constantFrom("\n", "\r\n"),
    isCut: fc.boolean(),
  });
}

/** The file before and after, and what the model says; null where the edit makes no sense. */
function played({ file, from, count, at, how, drift, end, isCut }: RandomEdit) {
  const quoted = file.slice(from, from + count);
  const line = quoted[at];
  const isEdge = quoted[0] === "" || quoted.at(-1) === "";
  if (line === undefined || line === "" || isEdge || (at === 0 && how === "delete")) return null;
  if (how === "delete" && count > 1 && quoted.length === 1) return null;
  // Of a single line nobody can tell whether only the first indent was lost.
  if (drift === "first indent lost" && quoted.filter((one) => one !== "").length < 2) return null;
  const changed = { change: [`${line} + 1`], insert: [line, `${line} + 2`], delete: [] }[how];
  const wanted = quoted.toSpliced(at, 1, ...changed);
  const text = (lines: readonly string[]): string => lines.join(end) + (isCut || lines.length === 0 ? "" : end);
  const [search, replace] = [drifts[drift](quoted, quoted), drifts[drift](wanted, quoted)];
  const bare = search.map((one) => one.trimEnd());
  // A quote that is word for word that of another place means the other place.
  const isOther =
    file.some((_, i) => i !== from && bare.every((one, n) => file[i + n] === one)) &&
    bare.join("\n") !== quoted.join("\n");
  return {
    old: text(file),
    wanted: text(file.toSpliced(from, quoted.length, ...wanted)),
    blocks: [{ search: ended(search), replace: ended(replace) }],
    isLevel: leastIndent(quoted) === leastIndent(wanted),
    isOther,
    // A model that leaves blank lines out does not say on which side of them its new line is.
    shown: (whole: string) => (drift === "blank lines left out" ? whole.replaceAll(/^\r?\n/gm, "") : whole),
  };
}

test("an edit of a file whose lines are all different is done, however it was quoted", () => {
  let done = 0;
  fc.assert(
    fc.property(randomEdit(1_000_000), (edit) => {
      const play = played(edit);
      fc.pre(play?.isLevel === true && new Set(edit.file.map((line) => line.trim())).size === edit.file.length);
      if (play === null) return;
      const outcome = applyEdit({ type: "replace", path: "a.py", blocks: play.blocks }, play.old);
      expect(outcome.ok ? play.shown(outcome.text) : outcome.why).toBe(play.shown(play.wanted));
      done += 1;
    }),
    { numRuns: 600 },
  );
  expect(done).toBe(600);
});

test("an edit of a file with many lines that are the same is done in the right place, or refused", () => {
  const counts = { done: 0, refused: 0 };
  fc.assert(
    fc.property(randomEdit(6), (edit) => {
      const play = played(edit);
      fc.pre(play !== null && !play.isOther);
      if (play === null) return;
      const outcome = applyEdit({ type: "replace", path: "a.py", blocks: play.blocks }, play.old);
      if (outcome.ok) expect(play.shown(outcome.text)).toBe(play.shown(play.wanted));
      counts[outcome.ok ? "done" : "refused"] += 1;
    }),
    { numRuns: 1_500 },
  );
  expect(counts.done).toBeGreaterThan(400);
  expect(counts.refused).toBeGreaterThan(40);
});

test("whatever is quoted, lines outside of one stretch stay as they are", () => {
  const line = fc.constantFrom("", "{", "}", "  }", "a()", "  a()", "\ta()", "b = 1", "=======", "…", "“x”");
  const lines = fc.array(line, { maxLength: 8 }).map((all) => all.map((one) => `${one}\n`).join(""));
  fc.assert(
    fc.property(lines, lines, lines, (old, search, replace) => {
      const outcome = applyEdit({ type: "replace", path: "a.txt", blocks: [{ search, replace }] }, old);
      if (!outcome.ok || old === "") return;
      const [before, after] = [old.split("\n"), outcome.text.split("\n")];
      const longest = search.split("\n").length + 2 * before.length - 2;
      let head = 0;
      while (head < before.length && before[head] === after[head]) head += 1;
      let tail = 0;
      while (tail < before.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
      expect(before.length - head - tail).toBeLessThanOrEqual(longest);
      const words = (text: string): string => text.replaceAll(/\s/g, "");
      const gone = before.slice(head, before.length - tail).map(words);
      for (const one of gone) expect(search.split("\n").map(words).map(plain)).toContain(plain(one));
    }),
    { numRuns: 600 },
  );
});

function ended(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function plain(text: string): string {
  return text.replaceAll(/[“”]/g, '"').replaceAll("…", "...");
}
