/**
 * Whether words may ask for a change to be taken back. Which ones do is for a model to say; this only keeps it from doing so when
 * nobody has spoken of it.
 */
export function maySayUndo(text: string): boolean {
  return undoing.test(text.toLowerCase());
}

const undoing = new RegExp(
  [
    // As recognisers write it, too.
    String.raw`\b(un ?do(ne|ing)?|undue|on do|revert(ed|ing)?|restor(e|ed|ing)|revers(e|ed|ing)|roll ?back)\b`,
    String.raw`\b(take|took|put|roll|bring|get|change|set|turn|make|go|give)\b.*\bback\b`,
    String.raw`\bback out\b`,
    String.raw`\b(old|previous|original|earlier|last) (version|code|files?|state)\b`,
    String.raw`\b(as|how|like|what) (it|they|everything) (was|were)\b|\blike before\b`,
  ].join("|"),
);
