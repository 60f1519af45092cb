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

/** The same answer with another name for the file. */
export function renamed(answer: string, file: string): string {
  return answer.replace(/^FILE: .*/, () => `FILE: ${file}`);
}

/** No content holds it. */
const fence = "```";

/** A grammar for an answer that begins with one of the heads, or is one of the sentences. */
export function answerGrammar(heads: readonly string[], sentences: readonly string[]): string {
  const either = (texts: readonly string[]): string => texts.map((text) => JSON.stringify(text)).join(" | ");
  const program = `( ${either(heads)} ) content`;
  const root = [...(heads.length > 0 ? [program] : []), either(sentences)].filter((part) => part !== "").join(" | ");
  return `root ::= ${root}\ncontent ::= [^\\x60]* ${JSON.stringify(`${fence}\nDONE: `)} [^\\n]+\n`;
}
