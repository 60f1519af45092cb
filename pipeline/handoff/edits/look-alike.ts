/** A line with plain quotes, dashes and spaces in place of the printed ones that models like to write. */
export function withPlainMarks(line: string): string {
  return line
    .replace(/[\u2018\u2019\u201A\u2032]/g, "'")
    .replace(/[\u201C\u201D\u201E\u2033]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u00A0\u2002-\u200A\u202F\u3000]/g, " ")
    .replace(/[\u200B\u2060\uFEFF]/g, "")
    .replace(/\u2026/g, "...");
}

export function hasPrintedMarks(line: string): boolean {
  return withPlainMarks(line) !== line;
}

/** How alike two lines are by their words, 0 to 1. */
export function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((word) => other.has(word)).length;
  const all = one.size + other.size - shared;
  return all === 0 ? 1 : shared / all;
}

export function wordsIn(line: string): ReadonlySet<string> {
  return new Set(line.match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu));
}
