import { parsePatch } from "diff";

/** One line of a file before or after a change. */
export interface DiffLine {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  /** It is the last of its file, and no line break follows. */
  readonly unterminated: boolean;
}

/** What stands side by side. A null side is empty there. */
export type DiffRow =
  | { readonly kind: "same"; readonly old: DiffLine; readonly new: DiffLine }
  | { readonly kind: "change"; readonly old: DiffLine | null; readonly new: DiffLine | null }
  /** So many lines that are the same on both sides are left out here. */
  | { readonly kind: "gap"; readonly lines: number }
  /** A line of a patch that cannot be read as one. */
  | { readonly kind: "raw"; readonly text: string };

type Side = "old" | "new";

/** Rows of a file's unified diff, old beside new; what was replaced stands beside what took its place. */
export function diffRows(patch: string): readonly DiffRow[] {
  const hunks = hunksOf(patch);
  if (hunks === undefined)
    return patch
      .trimEnd()
      .split("\n")
      .map((text) => ({ kind: "raw", text }));
  const rows: DiffRow[] = [];
  let nextOld = 1;
  for (const hunk of hunks) {
    if (hunk.oldStart > nextOld) rows.push({ kind: "gap", lines: hunk.oldStart - nextOld });
    rows.push(...hunkRows(hunk));
    nextOld = hunk.oldStart + hunk.oldLines;
  }
  return rows;
}

/** The same rows, old above new, each with one side only: for screens that are too narrow for two. */
export function stackedRows(rows: readonly DiffRow[]): readonly DiffRow[] {
  const stacked: DiffRow[] = [];
  let added: DiffRow[] = [];
  for (const row of rows) {
    if (row.kind !== "change") {
      stacked.push(...added, row);
      added = [];
      continue;
    }
    if (row.old !== null) stacked.push({ kind: "change", old: row.old, new: null });
    if (row.new !== null) added.push({ kind: "change", old: null, new: row.new });
  }
  return [...stacked, ...added];
}

type Hunk = ReturnType<typeof parsePatch>[number]["hunks"][number];

/** Undefined for what is no patch of one file: nothing of it may stay unseen then. */
function hunksOf(patch: string): readonly Hunk[] | undefined {
  try {
    const [file, ...others] = parsePatch(patch);
    return file === undefined || others.length > 0 || file.hunks.length === 0 ? undefined : file.hunks;
  } catch {
    return undefined;
  }
}

function hunkRows(hunk: Hunk): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  const numbers = { old: hunk.oldStart, new: hunk.newStart };
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const take = (side: Side, text: string, next: string | undefined): DiffLine => {
    const number = numbers[side];
    numbers[side] += 1;
    return { number, text, unterminated: next?.startsWith("\\") ?? false };
  };
  const pair = (): void => {
    for (let i = 0; i < Math.max(removed.length, added.length); i += 1)
      rows.push({ kind: "change", old: removed[i] ?? null, new: added[i] ?? null });
    removed = [];
    added = [];
  };
  for (const [i, line] of hunk.lines.entries()) {
    const text = line.slice(1);
    const next = hunk.lines[i + 1];
    if (line.startsWith("-")) removed.push(take("old", text, next));
    else if (line.startsWith("+")) added.push(take("new", text, next));
    else if (!line.startsWith("\\")) {
      pair();
      rows.push({ kind: "same", old: take("old", text, next), new: take("new", text, next) });
    }
  }
  pair();
  return rows;
}
