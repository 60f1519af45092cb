/** Every tool the starter voice can call. What each does is in `models/tools/`. */
export type ToolName =
  | "time"
  | "date"
  | "arithmetic"
  | "capital"
  | "spell"
  | "joke"
  | "introduce"
  | "models"
  | "memory"
  | "repeat"
  | "ask_director"
  | "hand_off"
  | "apply"
  | "reject"
  | "undo"
  | "cancel"
  | "progress";

/** What the voice does when it has understood: say a line it knows by heart, or call a tool. */
export type Answer = { readonly say: string } | { readonly call: ToolName };

/**
 * One thing a person may want. Wordings are templates: `{a|b|}` chooses (an empty option makes it optional), `<slot>` stands for
 * any value of that slot. Contractions may be written ("what's"); the text the model sees has them expanded.
 */
export interface Intent {
  readonly name: string;
  readonly answer: Answer;
  /** Words such as "please" or "okay" may go around it. */
  readonly polite: boolean;
  /** In the recogniser's grammar and in the training text. */
  readonly wordings: readonly string[];
  /** In the recogniser's grammar, never in the training text: they measure how well the model generalises. */
  readonly heldOut: readonly string[];
  /** In the training text only: ways to type it that would make the recogniser's grammar larger than it needs to be. */
  readonly typed: readonly string[];
}
