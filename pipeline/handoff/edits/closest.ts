import { likeness, wordsIn } from "./look-alike.ts";

/** The lines of a file that are most like those that a model quoted, with their numbers; null when nothing is like them. */
export function closestLines(file: readonly string[], search: readonly string[]): string | null {
  const wanted = search
    .filter((line) => line.trim() !== "")
    .slice(0, longestQuote)
    .map(wordsIn);
  const words = file.map((line) => wordsIn(line));
  const scores = file.map((_, from) =>
    wanted.reduce((sum, quoted, i) => sum + likenessAround(words, from + i, quoted), 0),
  );
  const best = Math.max(0, ...scores.slice(0, mostLines));
  if (best < wanted.length * leastLikeness) return null;
  const from = scores.indexOf(best);
  return numbered(file, Math.max(0, from - 1), from + Math.min(search.length, longestQuote) + 1);
}

/** Lines `from` to before `to`, by index, each behind its 1-based number. */
export function numbered(file: readonly string[], from: number, to: number): string {
  const width = String(Math.min(to, file.length)).length;
  return file
    .slice(from, to)
    .map((line, i) => `${String(from + i + 1).padStart(width)}| ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`)
    .join("\n");
}

/** A quoted line may lie one line off when a line between was forgotten. */
function likenessAround(words: readonly ReadonlySet<string>[], at: number, quoted: ReadonlySet<string>): number {
  const here = words[at];
  if (here === undefined) return 0;
  const next = words[at + 1];
  return Math.max(likeness(here, quoted), next === undefined ? 0 : 0.9 * likeness(next, quoted));
}

const longestQuote = 12;
/** Of a larger file only the beginning is compared; a model does not get to see more of it anyway. */
const mostLines = 20_000;
const leastLikeness = 0.3;
