import { diffArrays } from "diff";
import type { EditOutcome } from "./action.ts";
import { elidedLine } from "./elision.ts";
import { type FileLine, fileLines, fileText, isTelling, usualEnd, writtenLines } from "./file-lines.ts";

/** Takes a file that was written anew, unless lines were left out of it. It keeps the line ends and byte order mark of the old one. */
export function wholeFile(path: string, text: string, oldText: string | null): EditOutcome {
  const written = writtenLines(text);
  const old = fileLines(oldText ?? "");
  const oldLines = old.lines.map(({ text: line }) => line);
  const elided = elidedLine(path, written, oldLines);
  if (elided !== null) {
    return {
      ok: false,
      why: `"${elided}" stands in ${path} where lines should be. Write the whole file, or only the lines that change: EDIT: ${path} and SEARCH/REPLACE blocks.`,
    };
  }
  const missing = missingLines(path, written, oldLines);
  if (missing !== null) return { ok: false, why: missing };
  if (old.lines.length === 0) return { ok: true, text: old.mark + written.map((line) => `${line}\n`).join("") };
  return { ok: true, text: fileText({ mark: old.mark, lines: withOldEnds(written, old.lines) }) };
}

/** A short file may become anything; a longer one neither half of itself nor another file altogether. */
function missingLines(path: string, text: readonly string[], old: readonly string[]): string | null {
  const before = old.filter((line) => line.trim() !== "");
  const after = text.filter((line) => line.trim() !== "");
  const telling = new Set(before.filter(isTelling).map((line) => line.trim()));
  const shared = after.filter((line) => telling.has(line.trim())).length;
  if (telling.size >= leastTelling && shared === 0) {
    return `This text has no line in common with ${path}, which has ${old.length} lines. READ: ${path} first; if it is meant for another file, name that one.`;
  }
  if (before.length < shortLines || after.length * 2 >= before.length) return null;
  if (after.length * 4 >= before.length && shared * 2 < after.length) return null;
  return `${path} has ${old.length} lines and the text only ${text.length}: lines were left out. To take lines away, use EDIT: ${path} and SEARCH/REPLACE blocks.`;
}

function withOldEnds(written: readonly string[], old: readonly FileLine[]): readonly FileLine[] {
  const usual = usualEnd(old);
  const isMixed = old.slice(0, -1).some(({ end }) => end !== usual);
  const ends = isMixed ? keptEnds(written, old, usual) : written.map(() => usual);
  const lastEnd = old.at(-1)?.end === "" ? "" : null;
  return written.map((text, i) => ({
    text,
    end: i === written.length - 1 && lastEnd !== null ? lastEnd : (ends[i] ?? usual),
  }));
}

/** In a file of mixed line ends every line that stays has the end that it had. */
function keptEnds(written: readonly string[], old: readonly FileLine[], usual: string): readonly string[] {
  let at = 0;
  return diffArrays(
    old.map(({ text }) => text),
    [...written],
  ).flatMap(({ value, added, removed }) => {
    if (added) return value.map(() => usual);
    const ends = old.slice(at, at + value.length).map(({ end }) => end || usual);
    at += value.length;
    return removed ? [] : ends;
  });
}

const shortLines = 20;
const leastTelling = 8;
