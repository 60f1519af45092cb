import { isTelling } from "./file-lines.ts";
import { indentOf, isLevel, type Shift, uniformShift } from "./indent.ts";
import { hasPrintedMarks, likeness, withPlainMarks, wordsIn } from "./look-alike.ts";
import { changedPlace, type Place, type Quote, type QuoteChange, quoteChanges } from "./place.ts";

/**
 * Places that have the quoted words but lie elsewhere: with another indent, the first line's own one forgotten, with other blank
 * lines, with quotes and dashes of another kind. Only what the model changed is changed.
 */
export function movedPlaces(file: readonly string[], quote: Quote): readonly Place[] {
  return alignedPlaces(file, quote, ({ others }) => others.length === 0);
}

/**
 * Places of which, besides, one line in four has other words, if the model does not change it. The first and the last line, every
 * line that goes and the neighbours of every change must be there.
 */
export function anchoredPlaces(file: readonly string[], quote: Quote): readonly Place[] {
  return alignedPlaces(file, quote, isNearEnough);
}

function alignedPlaces(
  file: readonly string[],
  quote: Quote,
  isEnough: (likeness: Comparison) => boolean,
): readonly Place[] {
  const changes = quoteChanges(quote);
  const fixed = fixedLines(changes);
  const quoted = notBlank(quote.search);
  const written = notBlank(file);
  const bare = written.map((i) => bareLine(file[i]));
  const wanted = quoted.map((i) => bareLine(quote.search[i]));
  const places: Place[] = [];
  for (let start = 0; quoted.length > 0 && start + quoted.length <= written.length; start += 1) {
    if (bare[start] !== wanted[0] || bare[start + wanted.length - 1] !== wanted.at(-1)) continue;
    const others = wanted.flatMap((line, i) => (line === bare[start + i] ? [] : [i]));
    if (!isEnough({ wanted, others, fixed, found: bare.slice(start, start + wanted.length) })) continue;
    const place = placeAt(file, { quote, changes, quoted, found: written.slice(start, start + quoted.length), others });
    if (place !== null) places.push(place);
  }
  return places;
}

interface Comparison {
  /** The quoted lines and those of the file, bare and without blank ones. */
  readonly wanted: readonly string[];
  readonly found: readonly string[];
  /** Which of them have other words. */
  readonly others: readonly number[];
  readonly fixed: ReadonlySet<number>;
}

interface Alignment {
  readonly quote: Quote;
  readonly changes: readonly QuoteChange[];
  /** Indices of the quoted lines that are not blank, and of the file's lines that they stand for. */
  readonly quoted: readonly number[];
  readonly found: readonly number[];
  /** Which of them have other words. */
  readonly others: readonly number[];
}

function placeAt(file: readonly string[], { quote, changes, quoted, found, others }: Alignment): Place | null {
  const pairs = quoted.flatMap((line, i) =>
    others.includes(i) ? [] : [{ file: file[found[i] ?? 0] ?? "", quoted: quote.search[line] ?? "" }],
  );
  const shifts = shiftsOf(pairs, quote);
  if (shifts === null) return null;
  const first = changes.findIndex(({ kind, line }) => kind !== "remove" && line.trim() !== "");
  const isPrinted = quote.search.some(hasPrintedMarks) && !found.some((at) => hasPrintedMarks(file[at] ?? ""));
  return changedPlace(file, {
    changes,
    aligned: quote.search.map((_, i) => found[quoted.indexOf(i)] ?? null),
    write: (line, index) => {
      const plain = isPrinted ? withPlainMarks(line) : line;
      if (plain.trim() === "") return plain.trim();
      return (index === first ? shifts.first : shifts.rest)(plain);
    },
  });
}

/** Models often begin to quote behind the first line's indent. */
function shiftsOf(
  pairs: readonly { readonly file: string; readonly quoted: string }[],
  { search, replace, unit }: Quote,
): { readonly first: Shift; readonly rest: Shift } | null {
  const written = [...search, ...replace].filter((line) => line.trim() !== "");
  const isShifted = pairs.some(({ file, quoted }) => indentOf(file) !== indentOf(quoted));
  if (isShifted && !isLevel(search, replace)) return null;
  const uniform = uniformShift({ pairs, written, unit });
  if (uniform !== null) return { first: uniform, rest: uniform };
  const [head, ...others] = pairs;
  if (head === undefined || indentOf(head.quoted) !== "") return null;
  const first = uniformShift({ pairs: [head], written, unit });
  const rest = uniformShift({ pairs: others, written, unit });
  return first === null || rest === null ? null : { first, rest };
}

function isNearEnough({ wanted, others, fixed, found }: Comparison): boolean {
  if (others.length > Math.floor(wanted.length / 4)) return false;
  if (others.some((i) => fixed.has(i))) return false;
  if (wanted.filter((line, i) => !others.includes(i) && isTelling(line)).length < 2) return false;
  return others.every((i) => likeness(wordsIn(wanted[i] ?? ""), wordsIn(found[i] ?? "")) >= 0.5);
}

/** Which quoted lines, blank ones not counted, must be in the file word for word: those that go, and the nearest around every change. */
function fixedLines(changes: readonly QuoteChange[]): ReadonlySet<number> {
  const fixed = new Set<number>();
  let before = 0;
  for (const { kind, line } of changes) {
    const isQuoted = kind !== "add" && line.trim() !== "";
    if (kind !== "keep") for (const near of [before - 1, before, before + (isQuoted ? 1 : 0)]) fixed.add(near);
    if (isQuoted) before += 1;
  }
  return fixed;
}

function notBlank(lines: readonly string[]): readonly number[] {
  return lines.flatMap((line, i) => (line.trim() === "" ? [] : [i]));
}

function bareLine(line: string | undefined): string {
  return withPlainMarks(line ?? "").trim();
}
