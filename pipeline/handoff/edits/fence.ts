/** The line that opens or closes a code block. */
export interface Fence {
  readonly indent: number;
  readonly mark: string;
  /** How many marks, 3 or more. */
  readonly length: number;
  readonly info: string;
}

export function fenceOf(line: string): Fence | null {
  const [, indent = "", marks = "", info = ""] = /^([ \t]*)(`{3,}|~{3,})[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
  const mark = marks.slice(0, 1);
  if (mark === "" || info.includes("`")) return null;
  return { indent: indent.length, mark, length: marks.length, info };
}

/**
 * Where a block ends, by the index of its closing line; null when it was cut. Blocks within it, of as many marks, are part of it.
 * @param isEnd whether a line can not be part of a Markdown file that holds blocks without an info string
 */
export function closingLine(
  lines: readonly string[],
  open: { readonly at: number; readonly fence: Fence; readonly isMarkdown: boolean },
  isEnd: (line: string) => boolean,
): number | null {
  let inner: Fence | null = null;
  for (let at = open.at + 1; at < lines.length; at += 1) {
    const fence = fenceWithin(lines[at], open.fence);
    if (fence === null) continue;
    if (inner !== null) {
      if (fence.info === "" && fence.length >= inner.length) inner = null;
    } else if (fence.length >= open.fence.length) {
      if (fence.info === "" && !(open.isMarkdown && opensAnother(lines, at, open.fence, isEnd))) return at;
      inner = fence;
    }
  }
  return null;
}

/** The lines between the fences, without the indent of the opening one. */
export function blockText(lines: readonly string[], fence: Fence): string {
  const indent = new RegExp(`^[ \\t]{0,${fence.indent}}`);
  return lines.map((line) => `${fence.indent > 0 ? line.replace(indent, "") : line}\n`).join("");
}

/** A closing fence is never indented by four or more: such a line is content, as in a doc comment. */
function fenceWithin(line: string | undefined, open: Fence): Fence | null {
  const fence = fenceOf(line ?? "");
  return fence !== null && fence.mark === open.mark && fence.indent <= open.indent + 3 ? fence : null;
}

/** A plain fence in a Markdown file opens a block if enough of them follow to close that one and the file. */
function opensAnother(lines: readonly string[], at: number, open: Fence, isEnd: (line: string) => boolean): boolean {
  let plain = 0;
  let isInner = false;
  for (let i = at + 1; i < lines.length && plain < 2; i += 1) {
    const line = lines[i] ?? "";
    if (isEnd(line)) return false;
    const fence = fenceWithin(line, open);
    if (fence === null || fence.length < open.length) continue;
    if (fence.info !== "") isInner = true;
    else if (isInner) isInner = false;
    else plain += 1;
  }
  return plain === 2;
}
