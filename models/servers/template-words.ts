import type { PromptPiece } from "./server.ts";

/**
 * Words on their way through a template: it is shown a mark for each, so that it decides by who spoke and never by what was said, and
 * what was said never becomes a part of its own text.
 */
export class TemplateWords {
  readonly #texts: string[] = [];
  readonly #needed = new Set<number>();

  /** The mark of a message: it must be there afterwards. Nothing is said by an empty one, and templates look for that. */
  said(text: string): string {
    const trimmed = text.trim();
    if (trimmed === "") return "";
    this.#needed.add(this.#texts.length);
    return this.#mark(trimmed);
  }

  /** JSON with marks for all texts in it that could be read as more than text. */
  inJson(value: unknown): unknown {
    if (typeof value === "string") return suspicious.test(value) ? this.#mark(value) : value;
    if (Array.isArray(value)) return value.map((item) => this.inJson(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [suspicious.test(key) ? this.#mark(key) : key, this.inJson(item)]),
    );
  }

  /** The template's own text and the words. @throws Error when words of a message got lost. */
  pieces(rendered: string): PromptPiece[] {
    const lost = new Set(this.#needed);
    const pieces: PromptPiece[] = [];
    let at = 0;
    for (const match of rendered.matchAll(/@sotto(\d+)(\\*)"@/g)) {
      const index = Number(match[1]);
      let text = this.#texts[index] ?? "";
      // Inside JSON the quotation mark has backslashes before it: one, or three where JSON stands in JSON.
      for (let slashes = match[2]?.length ?? 0; slashes > 0; slashes = (slashes - 1) / 2) {
        text = JSON.stringify(text).slice(1, -1);
      }
      pieces.push({ text: rendered.slice(at, match.index), special: true }, { text, special: false });
      at = match.index + match[0].length;
      lost.delete(index);
    }
    if (lost.size > 0) throw new Error("The chat template leaves out what was said");
    pieces.push({ text: rendered.slice(at), special: true });
    return pieces.filter(({ text }) => text !== "");
  }

  #mark(text: string): string {
    this.#texts.push(text);
    return `@sotto${this.#texts.length - 1}"@`;
  }
}

/** Every control token of every family begins with one of these brackets; a mark with an at sign. */
const suspicious = /[<[@]/;
