import type { ParsedPart } from "./parsed-part.ts";

/** White space is passed on only when words follow it: nobody wants to hear the gap before a call. */
export class SaidWords {
  #gap = "";
  #spoken = false;

  get spoken(): boolean {
    return this.#spoken;
  }

  say(text: string): ParsedPart[] {
    const all = this.#gap + text;
    const kept = all.trimEnd();
    this.#gap = all.slice(kept.length);
    const words = this.#spoken ? kept : kept.trimStart();
    if (words === "") return [];
    this.#spoken = true;
    return [{ type: "text", text: words }];
  }
}
