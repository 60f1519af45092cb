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
  if (indents.every(([one]) => isTabs(one)) && all.every(isSpaces)) {
    return byWidth(indents, { width: commonWidth(all), from: "spaces" });
  }
  if (indents.every(([one]) => isSpaces(one)) && all.every(isTabs))
    return byWidth(indents, { width: unit, from: "tabs" });
  return null;
}

/** The widest indent of which all indents are multiples; 0 when no line is indented. */
export function commonWidth(indents: readonly string[]): number {
  return indents.reduce((width, { length }) => greatestDivisor(width, length), 0);
}

function byWidth(
  indents: readonly (readonly [string, string])[],
  { width, from }: { readonly width: number; readonly from: "spaces" | "tabs" },
): Shift | null {
  if (width < 2) return null;
  const columns = (indent: string): number => (indent.includes("\t") ? indent.length * width : indent.length);
  const [move = 0] = indents.map(([file, quoted]) => columns(file) - columns(quoted));
  if (indents.some(([file, quoted]) => columns(file) - columns(quoted) !== move)) return null;
  return (line) => {
    const indent = indentOf(line);
    const to = columns(indent) + move;
    if (to < 0 || (from === "spaces" && to % width !== 0)) return null;
    return (from === "spaces" ? "\t".repeat(to / width) : " ".repeat(to)) + line.slice(indent.length);
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

const isTabs = (indent: string): boolean => /^\t*$/.test(indent);
const isSpaces = (indent: string): boolean => /^ *$/.test(indent);
