/** Moves a line as far as the file's lines lie from what the model quoted; null when it can not be moved that far. */
export type Shift = (line: string) => string | null;

export function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/** The shift that makes every quoted line the file's line; null when there is no single one. No line may be blank. */
export function uniformShift({
  pairs,
  written,
  unit,
}: {
  readonly pairs: readonly { readonly file: string; readonly quoted: string }[];
  /** All lines of the model, quoted and new: they show how wide its indent is. */
  readonly written: readonly string[];
  /** Spaces of one indent in the file. */
  readonly unit: number;
}): Shift | null {
  const indents = pairs.map(({ file, quoted }) => [indentOf(file), indentOf(quoted)] as const);
  const [[file, quoted] = ["", ""]] = indents;
  if (file.endsWith(quoted)) {
    const more = file.slice(0, file.length - quoted.length);
    if (indents.every(([one, other]) => one === more + other)) return (line) => more + line;
  }
  if (quoted.endsWith(file)) {
    const less = quoted.slice(0, quoted.length - file.length);
    if (indents.every(([one, other]) => other === less + one))
      return (line) => (line.startsWith(less) ? line.slice(less.length) : null);
  }
  const all = written.map(indentOf);
  if (indents.every(([one]) => isTabs(one)) && all.every(isSpaces)) return byWidth(indents, commonWidth(all), "tabs");
  if (indents.every(([one]) => isSpaces(one)) && all.every(isTabs)) return byWidth(indents, unit, "spaces");
  return null;
}

/**
 * Whether the new lines lie as far to the right as the quoted ones. If they do not and the quote is to be shifted, nobody knows
 * whether the new lines are to be shifted with it.
 */
export function isLevel(search: readonly string[], replace: readonly string[]): boolean {
  const [one, other] = [leastIndent(search), leastIndent(replace)];
  return one === null || other === null || one === other;
}

/** The widest indent of which all indents are multiples; 0 when no line is indented. */
export function commonWidth(indents: readonly string[]): number {
  return indents.reduce((width, { length }) => greatestDivisor(width, length), 0);
}

/** Of all widths that explain the quote one that moves nothing is meant, else the widest. */
function byWidth(indents: readonly (readonly [string, string])[], widest: number, to: "tabs" | "spaces"): Shift | null {
  const widths = Array.from({ length: Math.max(0, widest - 1) }, (_, i) => widest - i).filter(
    (one) => widest % one === 0,
  );
  const moves = widths.flatMap((width) => {
    const [move = 0, ...others] = indents.map(([file, quoted]) => columns(file, width) - columns(quoted, width));
    return others.every((other) => other === move) ? [{ width, move }] : [];
  });
  const best = moves.find(({ move }) => move === 0) ?? moves[0];
  if (best === undefined) return null;
  const { width, move } = best;
  return (line) => {
    const indent = indentOf(line);
    const column = columns(indent, width) + move;
    if (column < 0 || (to === "tabs" && column % width !== 0)) return null;
    return (to === "tabs" ? "\t".repeat(column / width) : " ".repeat(column)) + line.slice(indent.length);
  };
}

function columns(indent: string, width: number): number {
  return indent.includes("\t") ? indent.length * width : indent.length;
}

function leastIndent(lines: readonly string[]): number | null {
  const widths = lines.filter((line) => line.trim() !== "").map((line) => indentOf(line).length);
  return widths.length === 0 ? null : Math.min(...widths);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

const isTabs = (indent: string): boolean => /^\t*$/.test(indent);
const isSpaces = (indent: string): boolean => /^ *$/.test(indent);
