import type { EditAction, EditOutcome } from "./action.ts";
import { fileLines } from "./file-lines.ts";
import { replaceIn } from "./replace.ts";
import { wholeFile } from "./whole-file.ts";

/** Files of more lines are changed by SEARCH/REPLACE blocks only: small models write whole files better, up to here. */
export const mostWholeFileLines = 400;

/**
 * The file as it is after an edit, or a sentence that tells the model what to do instead.
 * @param oldText the whole file, with its own line ends; null when there is none
 */
export function applyEdit(action: EditAction, oldText: string | null): EditOutcome {
  const outcome = action.type === "whole-file" ? rewritten(action, oldText) : replaced(action, oldText);
  if (!outcome.ok || outcome.text !== oldText) return outcome;
  return { ok: false, why: `This edit changes nothing: ${action.path} is like that already.` };
}

function rewritten({ path, text }: Extract<EditAction, { type: "whole-file" }>, oldText: string | null): EditOutcome {
  const { length } = fileLines(oldText ?? "").lines;
  if (length <= mostWholeFileLines) return wholeFile(path, text, oldText);
  return {
    ok: false,
    why: `${path} has ${length} lines, and only files of up to ${mostWholeFileLines} may be written whole: use EDIT: ${path} and SEARCH/REPLACE blocks.`,
  };
}

function replaced({ path, blocks }: Extract<EditAction, { type: "replace" }>, oldText: string | null): EditOutcome {
  const isNew = blocks.length > 0 && blocks.every(({ search }) => search.trim() === "");
  if (isNew && (oldText ?? "") === "") return wholeFile(path, blocks.map(({ replace }) => replace).join(""), oldText);
  if (oldText !== null) return replaceIn(path, oldText, blocks);
  return {
    ok: false,
    why: `There is no ${path}: LIST shows the files; FILE: ${path} and a fenced block makes a new one.`,
  };
}
