import { diffArrays } from "diff";

/** What the model quoted, and what it wants there instead. */
export interface Quote {
  readonly search: readonly string[];
  readonly replace: readonly string[];
  /** Spaces of one indent in the file. */
  readonly unit: number;
}

/** Lines of the file, from index `from` to before `to`, and what takes their place. */
export interface Place {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** One step of what the model did to the lines that it quoted. */
export interface QuoteChange {
  readonly kind: "keep" | "remove" | "add";
  readonly line: string;
}

/** Of lines that are the same the outer ones are kept: it is the middle of a quote that changes. */
export function quoteChanges({ search, replace }: Quote): readonly QuoteChange[] {
  const shorter = Math.min(search.length, replace.length);
  let head = 0;
  while (head < shorter && isSame(search[head], replace[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && isSame(search.at(-1 - tail), replace.at(-1 - tail))) tail += 1;
  const kept = (line: string): QuoteChange => ({ kind: "keep", line });
  const middle = diffArrays(search.slice(head, search.length - tail), replace.slice(head, replace.length - tail), {
    comparator: isSame,
  });
  return [
    ...search.slice(0, head).map(kept),
    ...middle.flatMap(({ value, added, removed }) =>
      value.map((line): QuoteChange => ({ kind: added ? "add" : removed ? "remove" : "keep", line })),
    ),
    ...search.slice(search.length - tail).map(kept),
  ];
}

/**
 * What becomes of a place when only what the model changed is changed: lines that it kept stay as they are in the file, with
 * their own spaces and words. Null when a new line can not be written.
 * @param aligned for each quoted line its index in the file; null for a blank line that the file may not have
 */
export function changedPlace(
  file: readonly string[],
  {
    changes,
    aligned,
    write,
  }: {
    readonly changes: readonly QuoteChange[];
    readonly aligned: readonly (number | null)[];
    readonly write: (line: string, index: number) => string | null;
  },
): Place | null {
  const known = aligned.filter((at) => at !== null);
  const from = known[0] ?? 0;
  const to = (known.at(-1) ?? from - 1) + 1;
  // Who quotes with spaces that are not there writes new lines with them, too.
  const isSloppy = changes.some(({ kind, line }) => kind !== "add" && line !== line.trimEnd());
  const lines: string[] = [];
  let quoted = 0;
  let at = from;
  let isRemoving = false;
  for (const [index, { kind, line }] of changes.entries()) {
    if (kind === "add") {
      const written = write(isSloppy ? line.trimEnd() : line, index);
      if (written === null) return null;
      lines.push(written);
      continue;
    }
    const found = aligned[quoted] ?? (file[at]?.trim() === "" && at < to ? at : at - 1);
    quoted += 1;
    // Blank lines that were not quoted stay, but not between two lines that go.
    if (!(isRemoving && kind === "remove")) lines.push(...file.slice(at, Math.max(at, found)));
    if (kind === "keep") lines.push(...file.slice(Math.max(at, found), found + 1));
    at = Math.max(at, found + 1);
    isRemoving = kind === "remove";
  }
  return { from, to, lines: [...lines, ...file.slice(at, to)] };
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  return one?.trimEnd() === other?.trimEnd();
}
