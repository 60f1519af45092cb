/** What a coder asks for or does. Texts have "\n" at the end of every line; paths are as the model wrote them, without decoration. */
export type Action =
  | { readonly type: "list" }
  | { readonly type: "search"; readonly text: string }
  /** Lines are 1-based and inclusive; without `toLine` it is to the end. */
  | { readonly type: "read"; readonly path: string; readonly fromLine?: number; readonly toLine?: number }
  | EditAction
  | { readonly type: "check"; readonly name: string }
  | { readonly type: "done"; readonly summary: string }
  | { readonly type: "cannot"; readonly why: string };

export type EditAction =
  | { readonly type: "whole-file"; readonly path: string; readonly text: string }
  | { readonly type: "replace"; readonly path: string; readonly blocks: readonly ReplaceBlock[] };

/** Whole lines to be found once in the file, and the lines that take their place; none for deleting. */
export interface Replacement {
  readonly search: string;
  readonly replace: string;
}

export interface ReplaceBlock extends Replacement {
  /** Everything that an ambiguous block may mean; only the file can tell which it is. */
  readonly readings?: readonly Replacement[];
}

/** The whole new text of the file, or a sentence for the model. */
export type EditOutcome = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };
