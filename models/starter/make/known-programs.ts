import { readFileSync, writeFileSync } from "node:fs";
import { programAnswer } from "../coder/answer.ts";
import { answerHash } from "../coder/known-programs.ts";
import { programs } from "../coder/programs/all.ts";

/** Writes the table of the programs that the coder may hand over into the file it is given: `../coder/known-programs.ts`. */
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("Usage: tsx models/starter/make/known-programs.ts FILE");
const rows = programs.flatMap((program) =>
  program.texts.map(
    (text) => `${program.name} ${text.language} ${text.file} ${answerHash(programAnswer(program, text))}`,
  ),
);
writeFileSync(
  path,
  readFileSync(path, "utf8").replace(/(const table = `\n)[^`]*/, (_, start: string) => `${start}${rows.join("\n")}\n`),
);
