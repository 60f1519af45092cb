import type { Action } from "./action.ts";
import { type Directive, directiveOf, readActions, searchedText } from "./directive.ts";
import { blockText, closingLine, type Fence, fenceOf } from "./fence.ts";
import { isSearchMark, markedBlock } from "./replace-marks.ts";
import { thoughtEnd, withoutOpenThoughts } from "./thoughts.ts";
import { cleanPath, pathAlone, pathInInfo } from "./written-path.ts";

export interface Answer {
  /** In the order in which they were written. */
  readonly actions: readonly Action[];
  /** Sentences for the model: what could not be read, and how to write it. */
  readonly problems: readonly string[];
}

/**
 * Reads what a coder wrote: lines such as `READ: app.py 10-60`, whole files as `FILE: app.py` and a fenced block, edits as
 * `EDIT: app.py` and SEARCH/REPLACE blocks; words around them are left out. Nothing that was cut off becomes an action.
 */
export function parseAnswer(text: string): Answer {
  const reader = new AnswerReader(linesOf(text));
  return reader.read();
}

function linesOf(text: string): string[] {
  const lines = text
    .replace(/^\uFEFF/, "")
    .replace(/(?:\s*(?:<\|[\w▁|]+\|>|<\/s>))+\s*$/, "")
    .split(/\r?\n/);
  return withoutOpenThoughts(lines);
}

class AnswerReader {
  readonly #lines: string[];
  readonly #actions: Action[] = [];
  readonly #problems: string[] = [];
  /** FILE or EDIT, until its block comes. */
  #asked: { readonly word: "FILE" | "EDIT"; readonly path: string } | null = null;
  /** The last line of prose: it may name the file of the block below it. */
  #above: { readonly line: string; readonly at: number } | null = null;
  /** The file of the SEARCH/REPLACE blocks that are being read. */
  #path: string | null = null;
  #isInEditFence = false;

  constructor(lines: string[]) {
    this.#lines = lines;
  }

  read(): Answer {
    for (let at = 0; at < this.#lines.length; ) at = this.#readFrom(at);
    this.#missBlock();
    return { actions: this.#actions, problems: this.#problems };
  }

  /** Reads one thing and gives the index of the line behind it. */
  #readFrom(at: number): number {
    const line = this.#lines[at] ?? "";
    const thought = thoughtEnd(this.#lines, at);
    if (thought !== null) {
      if (thought.at === this.#lines.length)
        this.#problems.push("Your answer was cut while you were thinking. Think less.");
      else this.#lines[thought.at] = thought.rest;
      return thought.at;
    }
    if (isSearchMark(line)) return this.#readMarks(at);
    const fence = fenceOf(line);
    if (fence !== null) return this.#readFence(at, fence);
    const directive = directiveOf(line);
    if (directive !== null) return this.#follow(directive, at);
    if (line.trim() !== "") this.#above = { line, at };
    return at + 1;
  }

  #follow({ word, value }: Directive, at: number): number {
    this.#missBlock();
    this.#above = null;
    this.#path = null;
    this.#isInEditFence = false;
    if (value === "" && word !== "LIST" && word !== "DONE") {
      this.#problems.push(
        `${word}: needs ${word === "CANNOT" ? "a reason" : "something"} behind it, on the same line.`,
      );
      return at + 1;
    }
    switch (word) {
      case "LIST":
        this.#actions.push({ type: "list" });
        break;
      case "SEARCH":
        this.#actions.push({ type: "search", text: searchedText(value) });
        break;
      case "READ":
        this.#actions.push(...readActions(value));
        break;
      case "CHECK":
        this.#actions.push({ type: "check", name: cleanPath(value) });
        break;
      case "FILE":
      case "EDIT":
        this.#asked = { word, path: cleanPath(value) };
        break;
      case "DONE":
      case "CANNOT": {
        const { text, next } = this.#sentence(value, at);
        this.#actions.push(word === "DONE" ? { type: "done", summary: text } : { type: "cannot", why: text });
        return next;
      }
    }
    return at + 1;
  }

  /** The rest of a paragraph. */
  #sentence(value: string, at: number): { text: string; next: number } {
    const isOver = (line: string): boolean =>
      line.trim() === "" || fenceOf(line) !== null || directiveOf(line) !== null || isSearchMark(line);
    let next = at + 1;
    while (next < this.#lines.length && !isOver(this.#lines[next] ?? "")) next += 1;
    const text = [value, ...this.#lines.slice(at + 1, next)].map((line) => line.trim()).join(" ");
    return { text: text.trim(), next };
  }

  #readFence(at: number, fence: Fence): number {
    if (this.#isInEditFence && fence.info === "") {
      this.#isInEditFence = false;
      return at + 1;
    }
    const path = this.#asked?.path ?? pathInInfo(fence.info) ?? this.#pathAbove(at, fence);
    if (this.#holdsMarks(at)) {
      this.#path = path ?? this.#path;
      this.#isInEditFence = true;
      return at + 1;
    }
    const isMarkdown = /^(?:md|markdown|mdx)$/i.test(languageOf(fence)) || /\.(?:md|mdx|markdown)$/i.test(path ?? "");
    const end = closingLine(this.#lines, { at, fence, isMarkdown }, (line) => directiveOf(line) !== null);
    // One closing fence too many is no block.
    if (end === null && path === null && fence.info === "") return at + 1;
    if (end === null) return this.#cut(path === null ? "a block" : `the block of ${path}`, "it has no closing fence");
    const block = this.#lines.slice(at + 1, end);
    if (path === null) this.#readWrapped(block);
    else this.#writeFile(path, blockText(block, fence), fence);
    this.#asked = null;
    this.#above = null;
    return end + 1;
  }

  /** Some models put their whole answer into a block. */
  #readWrapped(block: readonly string[]): void {
    const first = block.find((line) => line.trim() !== "");
    if (first === undefined || directiveOf(first) === null) return;
    const { actions, problems } = new AnswerReader([...block]).read();
    this.#actions.push(...actions);
    this.#problems.push(...problems);
  }

  #writeFile(path: string, text: string, fence: Fence): void {
    const isDiff = /^(?:diff|patch|udiff)$/i.test(languageOf(fence)) && !/\.(?:diff|patch)$/i.test(path);
    if (isDiff) this.#problems.push(`Write no diffs: ${howTo(path)}`);
    else if (this.#asked?.word === "EDIT")
      this.#problems.push(`EDIT: ${path} has no <<<<<<< SEARCH block: ${howTo(path)}`);
    else this.#actions.push({ type: "whole-file", path, text });
  }

  #readMarks(at: number): number {
    const path = this.#asked?.path ?? this.#pathAbove(at) ?? this.#path;
    const marked = markedBlock(this.#lines, at);
    this.#above = null;
    if (!marked.ok) {
      this.#dropReplacing(path);
      return this.#cut(path === null ? "a SEARCH/REPLACE block" : `a SEARCH/REPLACE block of ${path}`, marked.why);
    }
    this.#asked = null;
    this.#path = path;
    if (path === null) this.#problems.push("A SEARCH/REPLACE block names no file: write EDIT: and its path above it.");
    else this.#addBlock(path, marked.block);
    return marked.next;
  }

  #addBlock(path: string, block: Extract<Action, { type: "replace" }>["blocks"][number]): void {
    const last = this.#actions.at(-1);
    if (last?.type === "replace" && last.path === path) {
      this.#actions[this.#actions.length - 1] = { ...last, blocks: [...last.blocks, block] };
    } else this.#actions.push({ type: "replace", path, blocks: [block] });
  }

  /** Half of an edit is worse than none. */
  #dropReplacing(path: string | null): void {
    const last = this.#actions.at(-1);
    if (last?.type === "replace" && last.path === path) this.#actions.pop();
  }

  /** Behind a block that was cut nobody knows what is content: nothing more is read. */
  #cut(what: string, why: string): number {
    this.#asked = null;
    this.#problems.push(
      `Your answer was cut in ${what}: ${why}. Nothing of it was done; write it again, shorter if you can.`,
    );
    return this.#lines.length;
  }

  #missBlock(): void {
    if (this.#asked === null) return;
    const { word, path } = this.#asked;
    this.#asked = null;
    this.#problems.push(`${word}: ${path} came without its block: ${howTo(path)}`);
  }

  #pathAbove(at: number, fence?: Fence): string | null {
    if (this.#above === null || at - this.#above.at > 2) return null;
    const path = pathAlone(this.#above.line);
    const isOutput =
      fence !== undefined && /^(?:ba|z)?sh$|^(?:shell|console|terminal|text|output)$/i.test(languageOf(fence));
    return path !== null && isOutput && !/\.(?:ba|z)?sh$|\.txt$/.test(path) ? null : path;
  }

  /** Whether the block that opens here holds SEARCH/REPLACE marks; in a whole file they may stand further down. */
  #holdsMarks(at: number): boolean {
    for (let i = at + 1; i < this.#lines.length; i += 1) {
      const line = this.#lines[i] ?? "";
      if (isSearchMark(line)) return true;
      const isHead = line.trim() === "" || pathAlone(line) !== null;
      if (fenceOf(line)?.info === "" || (this.#asked?.word === "FILE" && !isHead)) return false;
    }
    return false;
  }
}

function languageOf({ info }: Fence): string {
  return /^[\w+#-]*/.exec(info)?.[0] ?? "";
}

function howTo(path: string): string {
  return `write FILE: ${path} and the whole file in a fenced block, or EDIT: ${path} and SEARCH/REPLACE blocks.`;
}
