import { cipherPrograms } from "./ciphers.ts";
import { countingPrograms } from "./counting.ts";
import { dataPrograms } from "./data.ts";
import { everydayPrograms } from "./everyday.ts";
import { gamePrograms } from "./games.ts";
import { numberPrograms } from "./numbers.ts";
import type { Program } from "./program.ts";
import { projectPrograms } from "./project.ts";
import { wordPrograms } from "./words.ts";

/** Everything that the starter coder can write. */
export const programs: readonly Program[] = [
  ...countingPrograms,
  ...numberPrograms,
  ...wordPrograms,
  ...cipherPrograms,
  ...gamePrograms,
  ...everydayPrograms,
  ...dataPrograms,
  ...projectPrograms,
];
