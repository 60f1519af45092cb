import type pico from "picocolors";
import { visibleParts } from "../visible-text.ts";

export type Colours = ReturnType<typeof pico.createColors>;

/**
 * Text that others wrote, for a terminal: what would move the cursor, change colours or turn the direction of writing is shown by
 * its name. Line breaks and tabs stay.
 */
export function shownText(text: string, colours: Colours): string {
  return visibleParts(text)
    .map((part) =>
      part.kind === "text" ? part.text : colours.inverse(part.name.length > 1 ? `[${part.name}]` : part.name),
    )
    .join("");
}

/** JSON that no terminal takes for commands: it reads the same. */
export function jsonLine(value: object): string {
  const text = JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(character.split(""), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
  return `${text}\n`;
}
