import type { Action } from "../edits/action.ts";

/** How much a coder may do for one task. */
export interface CoderBudget {
  /** Answers of the model. */
  readonly turns: number;
  /** Tokens that the model may write in all. */
  readonly writtenTokens: number;
  /** Tokens of one answer. */
  readonly answerTokens: number;
  /** How often in a row it may mend what did not work. */
  readonly repairs: number;
}

/** What holds for the whole of a task. */
export interface CoderRules {
  readonly budget: CoderBudget;
  /** Checks that can be run; each is run before the coder's "done" is believed. */
  readonly checks: readonly string[];
  /** How the model is reminded of the form that its answers must have. */
  readonly form: string;
}

/** A function call that a model made, as it made it. */
export interface NativeCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsJson: string;
  /** It asks for something to be carried out, so that there is a result of its own for it. */
  readonly works: boolean;
}

/** One answer of the model, read. */
export interface CoderAnswer {
  /** As the model sees it later: without its thinking. */
  readonly text: string;
  /** Empty when it writes its actions as text; otherwise all of them, those that were not understood too. */
  readonly calls: readonly NativeCall[];
  readonly actions: readonly Action[];
  /** What could not be read of it, in sentences for the model. */
  readonly problems: readonly string[];
  readonly writtenTokens: number;
  /** It had no room to finish. */
  readonly cut: boolean;
}

/** What came of an action. Texts are for the model. */
export type Outcome =
  | { readonly type: "shown"; readonly text: string }
  | { readonly type: "not-shown"; readonly why: string }
  | { readonly type: "changed"; readonly path: string; readonly text: string }
  /** It is like that already. */
  | { readonly type: "same"; readonly path: string; readonly text: string }
  | { readonly type: "not-changed"; readonly path: string; readonly why: string }
  | { readonly type: "checked"; readonly name: string; readonly passed: boolean; readonly output: string }
  | { readonly type: "not-checked"; readonly name: string; readonly why: string };

/** Lines of a file, counted from 1; a missing end is the file's. */
export interface LineRange {
  readonly path: string;
  readonly fromLine?: number | undefined;
  readonly toLine?: number | undefined;
}

/** An answer and what the model was told about it. */
export interface Turn {
  readonly answer: Pick<CoderAnswer, "text" | "calls">;
  /** What it wanted to read. */
  readonly asked: readonly LineRange[];
  /** One for each action that was carried out. */
  readonly results: readonly string[];
  /** What else it was told; empty for nothing. */
  readonly note: string;
}

/** What is known while a task is worked on. */
export interface Progress {
  readonly turns: number;
  readonly writtenTokens: number;
  readonly history: readonly Turn[];
  /** Files that were changed. */
  readonly changed: readonly string[];
  /** A file was to become what it is already. */
  readonly foundSo: boolean;
  /** Files whose last change was not possible. */
  readonly unmended: readonly string[];
  /** What the checks said since the last change. */
  readonly checks: Readonly<Record<string, "passed" | "failed" | "not-run">>;
  /** Turns in a row that ended in trouble. */
  readonly repairs: number;
  /** Answers in a row without anything that could be read. */
  readonly nonsense: number;
  /** It was told that it is not done yet. */
  readonly doubted: boolean;
  /** What it did in each turn since the last change, as JSON. */
  readonly doneBefore: readonly string[];
  /** Its summary, when all of its changes were made and a check alone was against it. */
  readonly claim: string | null;
}

/** How a task ended. The sentences are for the user. */
export type CoderEnd =
  | { readonly type: "done"; readonly summary: string }
  | { readonly type: "refused" | "gave-up"; readonly why: string }
  | { readonly type: "cancelled" };

export type CoderState =
  | { readonly status: "thinking"; readonly progress: Progress }
  /** Its actions are carried out. `summary` is what it said when it called itself done in the same answer. */
  | {
      readonly status: "acting";
      readonly progress: Progress;
      readonly answer: CoderAnswer;
      readonly actions: readonly Action[];
      readonly summary: string | null;
    }
  /** It says that it is done, and the checks that it did not run are run. */
  | {
      readonly status: "checking";
      readonly progress: Progress;
      readonly turn: Turn;
      readonly summary: string;
    }
  | { readonly status: "over"; readonly progress: Progress; readonly end: CoderEnd };

export type CoderEvent =
  | { readonly type: "answer"; readonly answer: CoderAnswer }
  /** One for each action that was asked for, in order. */
  | { readonly type: "outcomes"; readonly outcomes: readonly Outcome[] }
  | { readonly type: "cancel" };

export type CoderEffect =
  | { readonly do: "ask"; readonly maxTokens: number }
  | { readonly do: "act"; readonly actions: readonly Action[] };

/** What is now true, and what must be done: one thing at a time, and nothing when it is over. */
export interface CoderStep {
  readonly state: CoderState;
  readonly effects: readonly CoderEffect[];
}

export const noProgress: Progress = {
  turns: 0,
  writtenTokens: 0,
  history: [],
  changed: [],
  foundSo: false,
  unmended: [],
  checks: {},
  repairs: 0,
  nonsense: 0,
  doubted: false,
  doneBefore: [],
  claim: null,
};
