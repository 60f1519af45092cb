import type { Action } from "./action.ts";
import { cleanPath, isClearPath } from "./written-path.ts";

const words = ["LIST", "SEARCH", "READ", "FILE", "EDIT", "CHECK", "DONE", "CANNOT"] as const;

/** A line that begins with one of the words by which a coder acts. */
export interface Directive {
  readonly word: (typeof words)[number];
  /** What stands behind the colon. */
  readonly value: string;
}

export function directiveOf(line: string): Directive | null {
  const [, word, value] = pattern.exec(line) ?? [];
  const known = words.find((one) => one === word);
  if (known === undefined || (value === undefined && known !== "LIST" && known !== "DONE")) return null;
  return { word: known, value: (value ?? "").replace(/\*\*$/, "").trim() };
}

/** "app.py", "app.py 10-60", "app.py:10-60", "app.py lines 10 to 60", "app.py#L10-L60", and several with commas between. */
export function readActions(value: string): readonly Action[] {
  const parts = value.split(/\s*,\s*/).map(rangeOf);
  const all = parts.length > 1 && parts.every(({ path }) => isClearPath(path)) ? parts : [rangeOf(value)];
  return all.filter(({ path }) => path !== "").map((part): Action => ({ type: "read", ...part }));
}

/** The words to look for, without the quotes around them. */
export function searchedText(value: string): string {
  const [, , inner] = /^(["'`“])(.+)(["'`”])$/.exec(value) ?? [];
  return inner ?? value;
}

function rangeOf(value: string): { path: string; fromLine?: number; toLine?: number } {
  const [, path, from, to] = range.exec(value.trim()) ?? [];
  if (path === undefined || from === undefined) return { path: cleanPath(value) };
  const lines = [from, ...(to === undefined ? [] : [to])].map((line) => Math.max(1, Number(line)));
  const fromLine = Math.min(...lines);
  return { path: cleanPath(path), fromLine, ...(to === undefined ? {} : { toLine: Math.max(...lines) }) };
}

const range = /^(.*?[^\s:#([])[\s:#([]+(?:lines?\s*)?L?(\d{1,7})(?:\s*(?:-|–|to|\.\.)\s*L?(\d{1,7}))?[)\]`*]*$/i;
const pattern = new RegExp(
  `^\\s*(?:[-*+•>]\\s+|\\d+[.)]\\s+|#{1,6}\\s+)?[*\`]*(${words.join("|")})[*\`]*(?:\\s*[:：][*\`]*\\s*(.*?)|[.!])?\\s*$`,
);
