import { visibleParts } from "../visible-text.ts";
import { make } from "./elements.ts";

/** A text that others wrote, to be put on the page: never read as anything but text, and with nothing in it unseen. */
export function shown(text: string): readonly (Node | string)[] {
  return visibleParts(text).map((part) => {
    if (part.kind === "text") return part.text;
    const mark = make("span", "unseen", part.name);
    mark.title = "A character that does not show";
    return mark;
  });
}
