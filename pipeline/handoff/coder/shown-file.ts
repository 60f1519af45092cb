import type { LineRange } from "./coder-state.ts";
import { signatures } from "./signatures.ts";
import { estimateTokens } from "./token-estimate.ts";

/** A file as it was read. */
export interface OpenFile {
  readonly path: string;
  readonly text: string;
}

/**
 * A file, or a range of its lines, as the model sees it: fenced, without numbers, so that it can be copied as it stands. What
 * does not fit is left out behind the first lines, and said.
 *
 * @param tokens the most that it may be, as estimated; at least its heading is shown
 */
export function shownFile(
  { path, text }: OpenFile,
  { fromLine, toLine }: Omit<LineRange, "path">,
  tokens: number,
): string {
  const lines = linesOf(text);
  if (lines.length === 0) return `${path} is empty.`;
  const from = Math.max(1, fromLine ?? 1);
  const to = Math.min(lines.length, Math.max(toLine ?? lines.length, from));
  if (from > lines.length) return `${path} has only ${lines.length} lines.`;
  const wanted = lines.slice(from - 1, to);
  const fence = fenceFor(wanted);
  const frame = estimateTokens(heading(path, from, to, lines.length)) + 2 * estimateTokens(`${fence}\n`);
  const shown = firstThatFit(wanted, tokens - frame - leftOutTokens);
  const complete = shown.length === wanted.length;
  const last = from + shown.length - 1;
  return [
    heading(path, from, Math.max(from, last), lines.length),
    fence,
    ...shown,
    fence,
    ...(complete ? [] : [`Lines ${last + 1} to ${to} are left out. READ: ${path} ${last + 1}-${to} shows them.`]),
  ].join("\n");
}

/** Only the ranges that were asked for; with none, the lines that tell most of what is in it. */
export function shortenedFile(file: OpenFile, asked: readonly LineRange[], tokens: number): string {
  const ranges = asked.filter(({ path, fromLine }) => path === file.path && fromLine !== undefined);
  if (ranges.length > 0) {
    const each = Math.floor(tokens / ranges.length);
    return ranges.map((range) => shownFile(file, range, each)).join("\n");
  }
  const lines = linesOf(file.text);
  const outline = signatures(file.path, file.text);
  const head = `${file.path} has ${lines.length} lines. READ the ones that you need.`;
  const shown = firstThatFit(outline, tokens - estimateTokens(`${head}\n`));
  return [head, ...shown].join("\n");
}

/** Text without the lines in its middle that do not fit; a check's output tells most at its ends. */
export function shortenedText(text: string, tokens: number): string {
  if (estimateTokens(text) <= tokens) return text;
  const note = "(… some lines are left out here …)";
  const lines = text.split("\n");
  const room = Math.max(0, tokens - estimateTokens(`\n${note}\n`) - 2);
  const head = firstThatFit(lines, Math.floor(room / 2));
  const tail = firstThatFit(lines.slice(head.length).toReversed(), Math.floor(room / 2)).toReversed();
  return [...head, note, ...tail].join("\n");
}

const leftOutTokens = 40;

function heading(path: string, from: number, to: number, all: number): string {
  return from === 1 && to === all
    ? `${path} (${all} ${all === 1 ? "line" : "lines"}):`
    : `${path}, lines ${from} to ${to} of ${all}:`;
}

function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/** Longer than any in the text, so that the text can not close it. */
function fenceFor(lines: readonly string[]): string {
  const longest = lines.reduce((most, line) => Math.max(most, /^\s*(`{3,})/.exec(line)?.[1]?.length ?? 0), 2);
  return "`".repeat(longest + 1);
}

function firstThatFit(lines: readonly string[], tokens: number): readonly string[] {
  let room = tokens;
  const at = lines.findIndex((line) => {
    room -= estimateTokens(`${line}\n`);
    return room < 0;
  });
  return at < 0 ? lines : lines.slice(0, at);
}
