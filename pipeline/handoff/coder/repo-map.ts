import { signatures } from "./signatures.ts";
import { wordsOf } from "./task-words.ts";
import { estimateTokens } from "./token-estimate.ts";

/** A file for the map; `text` is null when it was not read. */
export interface MappedFile {
  readonly path: string;
  readonly text: string | null;
}

export interface MapRequest {
  /** In the user's words. */
  readonly task: string;
  /** Paths that the user named; they come first. */
  readonly named: readonly string[];
  /** The map is never more than this, as estimated. */
  readonly tokens: number;
}

/** The files of a folder, those that have to do with the task first, with the lines that tell most of them. Empty for an empty folder. */
export function repoMap(files: readonly MappedFile[], { task, named, tokens }: MapRequest): string {
  const taskWords = wordsOf(task);
  const ranked = files
    .map((file) => mapEntry(file, taskWords, named))
    .toSorted((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
  const lines: string[] = [];
  // The last line, about the rest, must have room at any time.
  let room = tokens - estimateTokens(restLine(files.length)) - 1;
  let shown = 0;
  for (const entry of ranked) {
    const block = [entry.path, ...entry.lines.map((line) => `  ${line}`)];
    const fitting = shown < mostDetailed && fits(block, room) ? block : [entry.path];
    if (!fits(fitting, room)) break;
    room -= cost(fitting);
    lines.push(...fitting);
    shown += 1;
  }
  const rest = files.length - shown;
  if (rest > 0 && tokens > estimateTokens(restLine(rest))) lines.push(restLine(rest));
  return lines.join("\n");
}

/** The paths that are worth reading for a map, best first: reading a whole large folder takes too long. */
export function worthReading(
  paths: readonly string[],
  { task, named }: Pick<MapRequest, "task" | "named">,
): readonly string[] {
  const taskWords = wordsOf(task);
  const score = new Map(paths.map((path) => [path, pathScore(path, taskWords, named)]));
  return paths.toSorted((a, b) => (score.get(b) ?? 0) - (score.get(a) ?? 0) || (a < b ? -1 : 1));
}

const mostDetailed = 40;
const linesOfOne = 8;

interface MapEntry {
  readonly path: string;
  readonly score: number;
  readonly lines: readonly string[];
}

function mapEntry({ path, text }: MappedFile, taskWords: ReadonlySet<string>, named: readonly string[]): MapEntry {
  // The text of those that were named is shown beside the map.
  const found = text === null || named.includes(path) ? [] : signatures(path, text);
  const scored = found.map((line, order) => ({ line, order, score: shared(wordsOf(line), taskWords) }));
  const best = scored.toSorted((a, b) => b.score - a.score || a.order - b.order).slice(0, linesOfOne);
  const inSignatures = best.reduce((sum, { score }) => sum + Math.min(score, 2), 0);
  return {
    path,
    score: pathScore(path, taskWords, named) + inSignatures,
    lines: best.toSorted((a, b) => a.order - b.order).map(({ line }) => line),
  };
}

function pathScore(path: string, taskWords: ReadonlySet<string>, named: readonly string[]): number {
  if (named.includes(path)) return 1000 - named.indexOf(path);
  const depth = path.split("/").length - 1;
  const entrance = /(?:^|\/)(?:main|index|app|cli|lib|mod|__init__|readme)\.\w+$/i.test(path) ? 1 : 0;
  return shared(wordsOf(path), taskWords) * 4 + entrance - Math.min(depth, 5) * 0.1;
}

function shared(words: ReadonlySet<string>, taskWords: ReadonlySet<string>): number {
  let count = 0;
  for (const word of words) if (taskWords.has(word)) count += 1;
  return count;
}

function cost(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + estimateTokens(`${line}\n`), 0);
}

function fits(lines: readonly string[], room: number): boolean {
  return cost(lines) <= room;
}

function restLine(count: number): string {
  return `… and ${count} more files; LIST shows all.`;
}
