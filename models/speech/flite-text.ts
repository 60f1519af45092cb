/** More than this at once would keep everyone else waiting for a fifth of a second. */
const longestPieceChars = 200;
/** Longer runs of one word are noise, and flite's letter-to-sound rules get slow on them. */
const longestWordChars = 60;

const lookalikes: Readonly<Record<string, string>> = {
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "–": "-",
  "—": ", ",
  "…": "...",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
};

/** What flite can read: printable ASCII. Accents are dropped, other scripts and control characters become spaces. */
function asciiText(text: string): string {
  return text
    .replace(/[‘’“”–—…ßæœøł]/g, (mark) => lookalikes[mark] ?? " ")
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^\x20-\x7e]+/g, " ")
    .replace(new RegExp(`\\S{${longestWordChars}}(?=\\S)`, "g"), "$& ")
    .replace(/ +/g, " ")
    .trim();
}

/** Text in pieces short enough for one synthesis each, cut at the best place: a sentence's end, a pause, a space. */
export function flitePieces(text: string): readonly string[] {
  const pieces: string[] = [];
  let rest = asciiText(text);
  while (rest.length > longestPieceChars) {
    const window = rest.slice(0, longestPieceChars);
    const cut = [/.*[.!?](?= )/, /.*[,;:](?= )/, /.*(?= )/]
      .map((at) => at.exec(window)?.[0].length ?? 0)
      .find((n) => n > 0);
    pieces.push(rest.slice(0, cut ?? longestPieceChars).trim());
    rest = rest.slice(cut ?? longestPieceChars).trim();
  }
  pieces.push(rest);
  return pieces.filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}
