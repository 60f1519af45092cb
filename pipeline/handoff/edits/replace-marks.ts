import type { ReplaceBlock, Replacement } from "./action.ts";
import { fenceOf } from "./fence.ts";

/** What stands between the marks of a SEARCH/REPLACE block, and the index of the line behind it. */
export type MarkedBlock =
  | { readonly ok: true; readonly block: ReplaceBlock; readonly next: number }
  | { readonly ok: false; readonly why: string };

export function isSearchMark(line: string): boolean {
  return searchMark.test(line);
}

/** Reads the block whose first mark is `lines[at]`. Lines of marks in its content need marks of another length around it. */
export function markedBlock(lines: readonly string[], at: number): MarkedBlock {
  const length = marksIn(lines[at], searchMark);
  const end = endOf(lines, at, length);
  if (end === null) return { ok: false, why: "it was not finished with >>>>>>> REPLACE" };
  const inside = lines.slice(at + 1, end);
  const dividers = inside.flatMap((line, i) => (divider.test(line) ? [i] : []));
  const sameLength = dividers.filter((i) => marksIn(inside[i], divider) === length);
  const splits = (sameLength.length > 0 ? sameLength : dividers).map((i) => [inside.slice(0, i), inside.slice(i + 1)]);
  const readings = splits.flatMap(([search = [], replace = []]) => [
    replacement(search, replace),
    ...(isFenced(search) && (replace.length === 0 || isFenced(replace))
      ? [replacement(search.slice(1, -1), replace.slice(1, -1))]
      : []),
  ]);
  const [first] = readings;
  if (first === undefined) return { ok: false, why: "it has no ======= line between SEARCH and REPLACE" };
  return { ok: true, block: readings.length > 1 ? { ...first, readings } : first, next: end + 1 };
}

function endOf(lines: readonly string[], at: number, length: number): number | null {
  const again = lines.findIndex((line, i) => i > at && marksIn(line, searchMark) === length);
  const limit = again === -1 ? lines.length : again;
  const ends = lines.flatMap((line, i) => (i > at && i < limit && replaceMark.test(line) ? [i] : []));
  return ends.find((i) => marksIn(lines[i], replaceMark) === length) ?? ends[0] ?? null;
}

function isFenced(lines: readonly string[]): boolean {
  return lines.length >= 2 && fenceOf(lines[0] ?? "") !== null && fenceOf(lines.at(-1) ?? "")?.info === "";
}

function replacement(search: readonly string[], replace: readonly string[]): Replacement {
  return { search: search.map((line) => `${line}\n`).join(""), replace: replace.map((line) => `${line}\n`).join("") };
}

/** How many marks a line has; 0 when it is no such line. */
function marksIn(line: string | undefined, mark: RegExp): number {
  return mark.exec(line ?? "")?.[1]?.length ?? 0;
}

const searchMark = /^[ \t]*(<{5,9})[ \t]*(?:SEARCH|ORIGINAL)\b/i;
const divider = /^[ \t]*(={5,9})[ \t]*$/;
const replaceMark = /^[ \t]*(>{5,9})[ \t]*(?:REPLACE|UPDATED)\b/i;
