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

/** Text for one synthesis. */
export interface FlitePiece {
  readonly text: string;
  /** Of each of its words the number of the written word that it comes from, split at white space; a long one becomes several. */
  readonly written: readonly number[];
}

/** Text in pieces short enough for one synthesis each, cut at the best place: a sentence's end, a pause, a space. */
export function flitePieces(text: string): readonly FlitePiece[] {
  const said = (text.match(/\S+/g) ?? []).flatMap((word, written) =>
    (asciiText(word).match(/\S+/g) ?? []).map((part) => ({ part, written })),
  );
  const pieces: FlitePiece[] = [];
  let begin = 0;
  for (const piece of cut(said.map(({ part }) => part).join(" "))) {
    const end = begin + piece.split(" ").length;
    if (/[A-Za-z0-9]/.test(piece)) {
      pieces.push({ text: piece, written: said.slice(begin, end).map(({ written }) => written) });
    }
    begin = end;
  }
  return pieces;
}

/** No word is longer than a piece, so there is always a space to cut at. */
function cut(text: string): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > longestPieceChars) {
    const window = rest.slice(0, longestPieceChars);
    const length = [/.*[.!?](?= )/, /.*[,;:](?= )/, /.*(?= )/]
      .map((at) => at.exec(window)?.[0].length ?? 0)
      .find((chars) => chars > 0);
    if (length === undefined) break;
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length + 1);
  }
  return [...pieces, rest];
}
