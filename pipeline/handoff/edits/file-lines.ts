/** A line and how it ends: "\n", "\r\n", or "" for a last line without an end. */
export interface FileLine {
  readonly text: string;
  readonly end: string;
}

export interface FileLines {
  /** The byte order mark, or nothing. */
  readonly mark: string;
  readonly lines: readonly FileLine[];
}

export function fileLines(text: string): FileLines {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const parts = text.slice(mark.length).split("\n");
  const lines = parts.flatMap((part, i): FileLine[] => {
    if (i === parts.length - 1) return part === "" ? [] : [{ text: part, end: "" }];
    return [part.endsWith("\r") ? { text: part.slice(0, -1), end: "\r\n" } : { text: part, end: "\n" }];
  });
  return { mark, lines };
}

export function fileText({ mark, lines }: FileLines): string {
  return mark + lines.map(({ text, end }) => text + end).join("");
}

/** How most lines of a file end. */
export function usualEnd(lines: readonly FileLine[]): "\n" | "\r\n" {
  const windows = lines.filter(({ end }) => end === "\r\n").length;
  return windows * 2 > lines.length ? "\r\n" : "\n";
}

/** The lines of a text that a model wrote; its last line may lack its end. */
export function writtenLines(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Whether a line is a statement rather than a bracket, a keyword or nothing: such a line tells one place from another. */
export function isTelling(line: string): boolean {
  return (line.match(/[\p{L}\p{N}_]/gu)?.length ?? 0) >= 4;
}
