import { programAnswer } from "./answer.ts";
import { programs } from "./programs/all.ts";

/** A program that the coder may hand over. */
export interface KnownProgram {
  readonly program: string;
  readonly language: string;
  /** The name of its file unless the user wants another. */
  readonly file: string;
  /** The whole answer, letter for letter. */
  readonly answer: string;
}

export const knownPrograms: readonly KnownProgram[] = programs.flatMap((program) =>
  program.texts.map((text) => ({
    program: program.name,
    language: text.language,
    file: text.file,
    answer: programAnswer(program, text),
  })),
);
