export type Language = "python" | "javascript" | "bash" | "html" | "text";

/** A whole program, as the model has learnt it. */
export interface ProgramText {
  readonly language: Language;
  /** The name of the file unless the user wants another. */
  readonly file: string;
  /** Without the line break at the beginning; with the one at the end. */
  readonly content: string;
}

/** One thing that the starter coder can write, in one language or several. */
export interface Program {
  readonly name: string;
  /** One short sentence, to be spoken when it is written. */
  readonly done: string;
  readonly texts: readonly ProgramText[];
}

/** A text that begins on the line after the back tick. */
export function text(language: Language, file: string, content: string): ProgramText {
  return { language, file, content: content.replace(/^\n/, "") };
}
