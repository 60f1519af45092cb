/** A piece of a text that others wrote: as it is, or the name of a character that nobody would see. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  /** "␛", "U+202E" */
  | { readonly kind: "unseen"; readonly name: string };

/**
 * Characters that show nothing, or change how others are shown: controls, marks of direction, joiners, odd blanks, halves of
 * pairs. Not among them: line break, tab, and the selectors that belong to emoji.
 */
const unseen =
  /(?!\n|\t| |\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Most text, by far. */
const plain = /^[\t\n -~]*$/;

/** Cuts a text so that what would stay unseen can be shown by name. Nothing is lost: every character is in some part. */
export function visibleParts(text: string): readonly TextPart[] {
  if (text !== "" && plain.test(text)) return [{ kind: "text", text }];
  const parts: TextPart[] = [];
  let from = 0;
  for (const { index, 0: character } of text.matchAll(unseen)) {
    if (index > from) parts.push({ kind: "text", text: text.slice(from, index) });
    parts.push({ kind: "unseen", name: nameOf(character.codePointAt(0) ?? 0) });
    from = index + character.length;
  }
  if (from < text.length) parts.push({ kind: "text", text: text.slice(from) });
  return parts;
}

/** For what takes plain text only, such as a label: unseen characters by name, line breaks as blanks. */
export function visibleLine(text: string): string {
  return visibleParts(text)
    .map((part) => (part.kind === "text" ? part.text.replace(/\s+/g, " ") : `[${part.name}]`))
    .join("");
}

/** Without the colours of a terminal, which a program's output is full of and which say nothing. */
export function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/\u001b\[[\d;]*m/g, "").replace(/\r\n/g, "\n");
}

function nameOf(code: number): string {
  if (code < 0x20) return String.fromCodePoint(0x24_00 + code);
  return code === 0x7f ? "␡" : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
