import type { EditOutcome, ReplaceBlock, Replacement } from "./action.ts";
import { anchoredPlaces, movedPlaces } from "./anchored.ts";
import { closestLines, numbered } from "./closest.ts";
import { elidedLine } from "./elision.ts";
import { type FileLine, fileLines, fileText, isTelling, usualEnd, writtenLines } from "./file-lines.ts";
import { commonWidth, indentOf } from "./indent.ts";
import { changedPlace, type Place, type Quote, quoteChanges } from "./place.ts";

/**
 * Does all blocks, one after the other, or none. A block must mean one place of the file: first its lines are looked for as they
 * are, then without spaces behind them, then moved, then by its anchors; the first of these that finds any decides.
 * The file keeps its line ends, its byte order mark and a missing last line end.
 */
export function replaceIn(path: string, oldText: string, blocks: readonly ReplaceBlock[]): EditOutcome {
  const old = fileLines(oldText);
  let { lines } = old;
  const end = usualEnd(lines);
  for (const [index, block] of blocks.entries()) {
    const name = blocks.length === 1 ? "The SEARCH block" : `SEARCH block ${index + 1} of ${blocks.length}`;
    const found = findBlock(path, { lines, old: old.lines }, block);
    if (!found.ok) return { ok: false, why: `${name} ${found.why}${blocks.length > 1 ? "\nNo block was done." : ""}` };
    lines = withPlace(lines, found.place, end);
  }
  return { ok: true, text: fileText({ mark: old.mark, lines }) };
}

type Found = { readonly ok: true; readonly place: Place } | { readonly ok: false; readonly why: string };

/** Of all readings of an ambiguous block the longest one that is in the file is meant: nobody quotes marks by chance. */
function findBlock(path: string, versions: Versions, block: ReplaceBlock): Found {
  const { lines } = versions;
  const file = lines.map(({ text }) => text);
  const readings = (block.readings ?? [block])
    .map((reading) => quoteOf(reading, file))
    .toSorted((one, other) => other.search.length - one.search.length);
  for (const quote of readings) {
    const places = placesOf(file, quote);
    const [place] = places;
    if (place === undefined) continue;
    const meant = places.length === 1 ? place : placeOfOld(versions, quote, places);
    if (meant === null) return { ok: false, why: manyPlaces(path, file, places) };
    const elided = elidedLine(path, quote.replace, file);
    if (elided !== null)
      return { ok: false, why: `leaves lines out in REPLACE ("${elided}"): write every line that shall be there.` };
    return { ok: true, place: meant };
  }
  return { ok: false, why: nowhere(path, file, readings.at(-1)) };
}

/** Before and after the blocks that were done already; what they left alone is the same object in both. */
interface Versions {
  readonly old: readonly FileLine[];
  readonly lines: readonly FileLine[];
}

/** The model saw the old file: lines that were there once are meant even if its own earlier blocks wrote the same again. */
function placeOfOld({ old, lines }: Versions, quote: Quote, places: readonly Place[]): Place | null {
  const [before, ...others] = placesOf(
    old.map(({ text }) => text),
    quote,
  );
  if (before === undefined || others.length > 0) return null;
  const isUntouched = ({ from, to }: Place): boolean =>
    to - from === before.to - before.from && lines.slice(from, to).every((line, i) => line === old[before.from + i]);
  return places.find(isUntouched) ?? null;
}

function quoteOf({ search, replace }: Replacement, file: readonly string[]): Quote {
  const indents = file.filter((line) => line.trim() !== "").map(indentOf);
  return {
    search: writtenLines(search),
    replace: writtenLines(replace),
    unit: commonWidth(indents.filter((indent) => /^ *$/.test(indent))),
  };
}

function placesOf(file: readonly string[], quote: Quote): readonly Place[] {
  if (quote.search.every((line) => line.trim() === "")) return [];
  for (const step of [exactPlaces, trimmedPlaces, movedPlaces, anchoredPlaces]) {
    const places = step(file, quote);
    if (places.length > 0) return places;
  }
  return [];
}

function exactPlaces(file: readonly string[], { search, replace }: Quote): readonly Place[] {
  return startsOf(file, search, (line, quoted) => line === quoted).map((from) => ({
    from,
    to: from + search.length,
    lines: replace,
  }));
}

function trimmedPlaces(file: readonly string[], quote: Quote): readonly Place[] {
  const changes = quoteChanges(quote);
  return startsOf(file, quote.search, (line, quoted) => line.trimEnd() === quoted.trimEnd()).flatMap((from) => {
    const aligned = quote.search.map((_, i) => from + i);
    const place = changedPlace(file, { changes, aligned, write: (line) => line });
    return place === null ? [] : [place];
  });
}

function startsOf(
  file: readonly string[],
  search: readonly string[],
  isSame: (line: string, quoted: string) => boolean,
): readonly number[] {
  return file.flatMap((_, from) =>
    from + search.length <= file.length && search.every((quoted, i) => isSame(file[from + i] ?? "", quoted))
      ? [from]
      : [],
  );
}

/** The new lines end as the old ones did. */
function withPlace(lines: readonly FileLine[], { from, to, lines: texts }: Place, end: string): readonly FileLine[] {
  const old = lines.slice(from, to);
  const lastEnd = old.at(-1)?.end ?? end;
  const inserted = texts.map((text, i): FileLine => {
    if (i === texts.length - 1) return { text, end: lastEnd };
    return { text, end: old[i]?.end || end };
  });
  const kept = lines.slice(0, from);
  const last = kept.at(-1);
  if (inserted.length === 0 && lastEnd === "" && last !== undefined) kept[kept.length - 1] = { ...last, end: "" };
  return [...kept, ...inserted, ...lines.slice(to)];
}

function manyPlaces(path: string, file: readonly string[], places: readonly Place[]): string {
  const starts = places.map(({ from }) => from + 1);
  const shown = places
    .slice(0, 3)
    .map(({ from, to }) => numbered(file, Math.max(0, from - 2), Math.min(to + 1, from + 6)));
  return `is in ${path} ${places.length} times, at lines ${starts.slice(0, 10).join(", ")}:\n${shown.join("\n  …\n")}\nQuote more lines around the one that you mean.`;
}

function nowhere(path: string, file: readonly string[], quote: Quote | undefined): string {
  if (quote === undefined || quote.search.every((line) => line.trim() === "")) {
    return `quotes nothing: write between SEARCH and ======= the lines of ${path} that shall change.`;
  }
  const { search, replace } = quote;
  const isThere = replace.some(isTelling) && exactPlaces(file, { ...quote, search: replace }).length > 0;
  const closest = closestLines(file, search);
  return [
    `is not in ${path}.`,
    isThere ? " Its REPLACE lines are there already." : "",
    closest === null ? ` Nothing like it is there: is it another file?` : ` The closest lines are:\n${closest}`,
    closest === null ? "" : "\nCopy the lines that you want to change exactly as they are.",
  ].join("");
}
