/** Words that must work at once, whatever any model makes of them. */
const stopPhrases = new Set([
  "stop",
  "stop it",
  "stop now",
  "stop please",
  "please stop",
  "stop talking",
  "okay stop",
  "ok stop",
  "be quiet",
  "quiet",
  "quiet please",
  "shut up",
  "silence",
  "enough",
  "that is enough",
  "that's enough",
  "never mind",
  "hush",
]);

/** True when the words are nothing but a request to be silent. Matched in code: no model may talk its way past it. */
export function isStop(text: string): boolean {
  return stopPhrases.has(plain(text));
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("’", "'")
    .replaceAll(/[^a-z' -]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
