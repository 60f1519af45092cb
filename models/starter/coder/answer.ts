import type { Program, ProgramText } from "./programs/program.ts";

/**
 * What the coder writes. A program:
 *
 *     FILE: hello.py
 *     ```python
 *     print("Hello, world!")
 *     ```
 *     DONE: It says hello to the world.
 *
 * or one line, `CANNOT: ` and why not.
 */
export function programAnswer({ done }: Pick<Program, "done">, { language, file, content }: ProgramText): string {
  return `${answerHead({ language, file })}${content}${fence}\nDONE: ${done}`;
}

/** Everything before the content: from here on it is clear which program it is. */
export function answerHead({ language, file }: { readonly language: string; readonly file: string }): string {
  return `FILE: ${file}\n${fence}${language}\n`;
}

export function cannotAnswer(sentence: string): string {
  return `CANNOT: ${sentence}`;
}

/** No content holds it. */
const fence = "```";
