/** How people ask for one of the programs, without a language or a file name; those are read by code. */
export interface ProgramWordings {
  readonly program: string;
  /** What it is called after "write a". No other program has the same. */
  readonly subjects: readonly string[];
  /** What it does, after "write a program that". */
  readonly deeds: readonly string[];
  /** Whole tasks that are kept out of training, to measure how well the model generalises. */
  readonly heldOut: readonly string[];
}

export const wordings = (
  program: string,
  subjects: string,
  deeds: readonly string[],
  heldOut: readonly string[],
): ProgramWordings => ({ program, subjects: subjects.split(", "), deeds, heldOut });
