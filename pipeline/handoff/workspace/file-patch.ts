import { formatPatch, parsePatch, reversePatch, type StructuredPatch, structuredPatch } from "diff";
import { textOf } from "./text-content.ts";

/** How a file differs, as people read it. */
export interface FilePatch {
  readonly patch: string;
  readonly addedLines: number;
  readonly removedLines: number;
}

/** From here on, finding the shortest diff is not worth the wait. */
const mostEdits = 1_000;
/** Longer texts are compared in many small steps, so that everything else goes on meanwhile. */
const mostLinesAtOnce = 1_000;
const noHeaders = { includeIndex: false, includeUnderline: false, includeFileHeaders: true };

/** @param before null for no file, as `after`; at least one of them is a file */
export async function filePatch(path: string, before: Uint8Array | null, after: Uint8Array | null): Promise<FilePatch> {
  const [oldName, newName] = [before === null ? "/dev/null" : `a/${path}`, after === null ? "/dev/null" : `b/${path}`];
  const [oldText, newText] = [textOf(before ?? noBytes), textOf(after ?? noBytes)];
  if (oldText === null || newText === null)
    return { patch: `${binaryMark} ${oldName} and ${newName} differ\n`, addedLines: 0, removedLines: 0 };
  const isWhole = before === null || after === null;
  const found = isWhole ? undefined : await shortestPatch(oldName, newName, oldText, newText);
  const patch = found ?? wholePatch(oldName, newName, oldText, newText);
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  return {
    patch: formatPatch(patch, noHeaders),
    addedLines: lines.filter((line) => line.startsWith("+")).length,
    removedLines: lines.filter((line) => line.startsWith("-")).length,
  };
}

/** Whether a patch only says that the bytes differ. */
export function isBinaryPatch(patch: string): boolean {
  return binaryPattern.test(patch);
}

/** The patch that takes this one back. */
export function reversedPatch(patch: string): string {
  const binary = binaryPattern.exec(patch);
  if (binary !== null) {
    const [, both, added, deleted] = binary;
    if (both !== undefined) return patch;
    const [oldName, newName] = added !== undefined ? [`a/${added}`, "/dev/null"] : ["/dev/null", `b/${deleted}`];
    return `${binaryMark} ${oldName} and ${newName} differ\n`;
  }
  const [parsed] = parsePatch(patch);
  if (parsed === undefined) return patch;
  const reversed = reversePatch(parsed);
  const oldFileName = renamed(reversed.oldFileName ?? "", "a/");
  const newFileName = renamed(reversed.newFileName ?? "", "b/");
  return formatPatch({ ...reversed, oldFileName, newFileName }, noHeaders);
}

const binaryMark = "Binary files";
const binaryPattern = /^Binary files (?:a\/(.*) and b\/\1|\/dev\/null and b\/(.*)|a\/(.*) and \/dev\/null) differ\n$/s;
const noBytes = new Uint8Array();

function renamed(name: string, side: "a/" | "b/"): string {
  return name === "/dev/null" ? name : side + name.slice(2);
}

function shortestPatch(
  oldName: string,
  newName: string,
  oldText: string,
  newText: string,
): Promise<StructuredPatch | undefined> | StructuredPatch | undefined {
  const options = { context: 3, maxEditLength: mostEdits };
  if (linesOf(oldText).length + linesOf(newText).length <= mostLinesAtOnce)
    return structuredPatch(oldName, newName, oldText, newText, undefined, undefined, options);
  return new Promise((resolve) => {
    structuredPatch(oldName, newName, oldText, newText, undefined, undefined, { ...options, callback: resolve });
  });
}

/** All lines out, all lines in. */
function wholePatch(oldName: string, newName: string, oldText: string, newText: string): StructuredPatch {
  const [oldLines, newLines] = [linesOf(oldText), linesOf(newText)];
  const marked = (sign: string, lines: readonly string[], text: string): string[] => [
    ...lines.map((line) => sign + line),
    ...(lines.length > 0 && !text.endsWith("\n") ? ["\\ No newline at end of file"] : []),
  ];
  return {
    oldFileName: oldName,
    newFileName: newName,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: [
      {
        oldStart: 1,
        oldLines: oldLines.length,
        newStart: 1,
        newLines: newLines.length,
        lines: [...marked("-", oldLines, oldText), ...marked("+", newLines, newText)],
      },
    ],
  };
}

function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
