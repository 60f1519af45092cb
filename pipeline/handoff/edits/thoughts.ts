/**
 * Where thinking that begins on line `at` ends, and what stands behind it on that line; null when none begins there.
 * `at` is the number of lines when it has no end.
 */
export function thoughtEnd(
  lines: readonly string[],
  at: number,
): { readonly at: number; readonly rest: string } | null {
  if (!/^\s*<think(?:ing)?>/.test(lines[at] ?? "")) return null;
  for (let end = at; end < lines.length; end += 1) {
    const [, rest] = /<\/think(?:ing)?>(.*)$/.exec(lines[end] ?? "") ?? [];
    if (rest !== undefined) return { at: end, rest };
  }
  return { at: lines.length, rest: "" };
}

/** Some servers swallow the mark that opens the thinking, and leave the one that closes it. */
export function withoutOpenThoughts(lines: string[]): string[] {
  const end = lines.findIndex((line) => /^\s*<\/think(?:ing)?>\s*$/.test(line));
  const start = lines.findIndex((line) => /<think(?:ing)?>/.test(line));
  return end === -1 || (start !== -1 && start < end) ? lines : lines.slice(end + 1);
}
