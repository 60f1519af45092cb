/** Said in place of code, once for each text: code is for the screen. */
export const codePhrase = "I put the code on the screen.";

/** Closed on its own line, by a line of its own, or never; models forget the line break before the first mark. */
const fence = /(`{3,}|(?<=^|\n[ \t>]*)~{3,})(?:[^\n]*?\1[`~]*|[^\n]*(?:\n[\s\S]*?(?:\n[ \t>]*\1[`~]*|$)|$))/g;
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  nbsp: " ",
  quot: '"',
  mdash: "—",
  ndash: "–",
};

/** Takes the marks off and keeps the words; every line that stands alone becomes a sentence. */
export function withoutMarkdown(text: string): string {
  const prose = withoutCode(text.replace(/\r\n?/g, "\n"))
    .replace(/<!--[\s\S]*?-->/g, " ")
    .replace(/!?\[([^\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"\n]*")?\)/g, "$1")
    .replace(/!?\[([^\]\n]+)\]\[[^\]\n]*\]/g, "$1")
    .replace(/\[\^[^\]\n]*\]/g, "")
    .replace(/<((?:https?:\/\/|mailto:)[^>\s]+)>/g, "$1")
    .replace(/<\/?[a-z][a-z0-9]*(?:\s[^<>\n]*)?\/?>/gi, " ")
    .replace(/&(amp|lt|gt|nbsp|quot|mdash|ndash);/g, (_, name: string) => entities[name] ?? " ")
    .replace(/`+([^`\n]*)`+/g, "$1");
  return prose.split("\n").map(line).reduce(joinLines, "").trim();
}

function withoutCode(text: string): string {
  let said = false;
  return text.replace(fence, () => {
    if (said) return "\n";
    said = true;
    return `\n\n${codePhrase}\n\n`;
  });
}

/** One line without its block marks; `alone` when it is a sentence of its own, whatever follows. */
function line(raw: string): { readonly words: string; readonly alone: boolean } {
  const unquoted = raw.replace(/^\s*(?:>\s?)+/, "").trim();
  if (/^(?:[-*_=]\s*){3,}$/.test(unquoted) || /^\|?[\s:|-]*-[\s:|-]*\|[\s:|-]*$/.test(unquoted))
    return { words: "", alone: true };
  if (/^\|.*\|/.test(unquoted)) return { words: cells(unquoted), alone: true };
  const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(unquoted)?.[1];
  if (heading !== undefined) return { words: heading, alone: true };
  const bullet = /^[-*+•◦]\s+(?:\[[ xX]\]\s+)?(.*)$/.exec(unquoted)?.[1];
  if (bullet !== undefined) return { words: bullet, alone: true };
  const numbered = /^(\d{1,2})[.)]\s+(\S.*)$/.exec(unquoted);
  if (numbered !== null) return { words: `${numbered[1]}, ${numbered[2]}`, alone: true };
  return { words: unquoted, alone: unquoted === "" };
}

function cells(row: string): string {
  return row
    .split("|")
    .map((cell) => cell.trim())
    .filter((cell) => cell !== "")
    .join(", ");
}

function joinLines(before: string, { words, alone }: { readonly words: string; readonly alone: boolean }): string {
  if (words === "" && !alone) return before;
  const ended = before === "" || /[.!?:;,…]["')\]*_]*\s*$/.test(before);
  // A line that stands alone ends the one before it and is itself ended by the blank put behind it.
  const gap = ended || !(alone || before.endsWith("\n")) ? " " : ". ";
  return `${before.trimEnd()}${gap}${words}${alone && words !== "" && !/[.!?:;,…]$/.test(words) ? "." : ""}`;
}
