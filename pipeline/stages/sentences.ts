/** A piece of an answer, whole enough to be said in one breath. */
export interface Clause {
  /** An exact slice of the answer; all of them together are the answer. */
  readonly shown: string;
  /** False for code blocks, which are for the screen. */
  readonly spoken: boolean;
}

interface Limits {
  /** The first clause is short, because speech begins only when it is complete. In UTF-16 units, as all lengths here. */
  readonly firstChars: number;
  readonly laterChars: number;
}
export const usualLimits: Limits = { firstChars: 40, laterChars: 160 };

/** Text that no clause has taken yet. */
interface Unsaid {
  readonly text: string;
  /** Nothing was spoken yet. */
  readonly first: boolean;
  /** No clause ends within so many of its characters; they are not looked at again with every token that comes. */
  readonly settledChars: number;
}
const nothingSaid: Unsaid = { text: "", first: true, settledChars: 0 };

/** Streams text as clauses: a short first one, then sentence by sentence. Never waits for more than one character too many. */
export async function* clauses(
  text: AsyncIterable<string>,
  signal: AbortSignal,
  limits: Limits = usualLimits,
): AsyncGenerator<Clause, void, void> {
  let unsaid = nothingSaid;
  for await (const piece of text) {
    signal.throwIfAborted();
    const next = cutClauses({ ...unsaid, text: unsaid.text + piece }, limits);
    unsaid = next.unsaid;
    yield* next.clauses;
  }
  const rest = lastClause(unsaid);
  if (rest !== undefined) yield rest;
}

/** Takes every clause that is certain by now. Where the text was broken into pieces makes no difference to the clauses. */
function cutClauses(unsaid: Unsaid, limits: Limits): { readonly clauses: readonly Clause[]; readonly unsaid: Unsaid } {
  const found: Clause[] = [];
  let { text, first, settledChars } = unsaid;
  for (;;) {
    const clause = firstClause({ text, first, settledChars }, limits);
    if (clause === undefined) return { clauses: found, unsaid: { text, first, settledChars: text.length } };
    found.push(clause);
    text = text.slice(clause.shown.length);
    first &&= !clause.spoken;
    settledChars = 0;
  }
}

/** What is left when no more text will come. */
function lastClause({ text }: Unsaid): Clause | undefined {
  return text === "" ? undefined : { shown: text, spoken: !startsWithFence(text) };
}

/** The first clause of a text, decided on the shortest beginning that allows it. */
function firstClause({ text, first, settledChars }: Unsaid, limits: Limits): Clause | undefined {
  if (startsWithFence(text)) {
    const end = fenceEnd(text);
    return end === undefined ? undefined : { shown: text.slice(0, end), spoken: false };
  }
  for (let length = settledChars + 1; length <= text.length; length += 1) {
    const soFar = text.slice(0, length);
    const cut = fenceCut(soFar) ?? markCut(soFar, first) ?? lengthCut(soFar, first, limits);
    if (cut !== undefined) return { shown: text.slice(0, cut), spoken: true };
    if (startsWithFence(soFar)) return firstClause({ text, first, settledChars }, limits);
  }
  return undefined;
}

/** Three backticks open code wherever they stand: models forget the line break before them. Tildes must begin a line. */
const fence = /`{3,}|(?<=^|\n[ \t]*)~{3,}/;
/** Marks before a fence belong to it; but a longer row of them is cut before a fence can follow. */
const longestPrefixChars = 150;

function startsWithFence(text: string): boolean {
  const at = fence.exec(text.slice(0, longestPrefixChars + 3))?.index;
  return at !== undefined && at <= longestPrefixChars && !hasWord(text.slice(0, at));
}

/** Where a code block begins after words. */
function fenceCut(soFar: string): number | undefined {
  if (!/[`~]{3}$/.test(soFar)) return undefined;
  const at = fence.exec(soFar)?.index;
  return at !== undefined && hasWord(soFar.slice(0, at)) ? at : undefined;
}

/** Just behind the closing fence, once it is certain to be complete. */
function fenceEnd(text: string): number | undefined {
  const start = fence.exec(text);
  if (start === null) return undefined;
  const [mark] = start;
  const behind = start.index + mark.length;
  const info = /[^\n]*/.exec(text.slice(behind))?.[0] ?? "";
  const inline = info.indexOf(mark);
  if (inline !== -1) {
    const end = behind + inline + mark.length;
    return end < text.length ? end : undefined;
  }
  const body = behind + info.length;
  const closing = new RegExp(`\\n[ \\t>]*${mark}${mark[0]}*(?=[^${mark[0]}])`).exec(text.slice(body));
  return closing === null ? undefined : body + closing.index + closing[0].length;
}

/** A clause's end by its punctuation. The space behind it is awaited: "3.5", "file.ts" and "1,000" are no ends. */
function markCut(soFar: string, first: boolean): number | undefined {
  if (/[。！？]$/.test(soFar) && hasWord(soFar)) return soFar.length;
  if (!/\s$/.test(soFar)) return undefined;
  const before = soFar.slice(0, -1);
  if (!hasWord(before)) return undefined;
  if (soFar.endsWith("\n")) return before.length;
  if (!outside(before)) return undefined;
  if (/[.!?…]["'”’)\]*_]*$/.test(before)) return endsInAbbreviation(before) ? undefined : before.length;
  const pause = /[,;:—–]["'”’)\]*_]*$/.test(before);
  return pause && first && before.trim().length >= shortestFirstChars ? before.length : undefined;
}
/** "Well," alone would be over before the rest is ready. */
const shortestFirstChars = 8;

function endsInAbbreviation(text: string): boolean {
  const abbreviation =
    /(?:^|[\s("'*_])(?:e\.g|i\.e|vs|approx|cf|mrs?|ms|dr|prof|st|fig|incl|[ap]\.m|(?:[a-z]\.)*[A-Z])\.$/i;
  return (abbreviation.test(text) && !/\bI\.$/.test(text)) || /(?:^|\n)\s*\d{1,2}\.$/.test(text);
}

/** Where to cut what got too long: behind a pause, before a small word, between words, and at last anywhere. */
function lengthCut(soFar: string, first: boolean, limits: Limits): number | undefined {
  const limit = first ? limits.firstChars : limits.laterChars;
  if (soFar.length <= limit) return undefined;
  const window = soFar.slice(0, limit + 1);
  const gaps = [...window.matchAll(/\s/g)].map(({ index }) => index).filter((at) => hasWord(window.slice(0, at)));
  const free = gaps.filter((at) => outside(window.slice(0, at)));
  const good = free.filter((at) => at >= limit / 3);
  const cut =
    good.findLast((at) => /[,;:—–]$/.test(window.slice(0, at))) ??
    good.findLast((at) => smallWord.test(window.slice(at))) ??
    free.at(-1) ??
    gaps.at(-1);
  if (cut !== undefined) return cut;
  if (soFar.length <= limits.laterChars) return /\s$/.test(soFar) && hasWord(soFar) ? soFar.length - 1 : undefined;
  // Never between the two halves of a character.
  return /[\uD800-\uDBFF]$/.test(soFar.slice(0, limits.laterChars)) ? limits.laterChars - 1 : limits.laterChars;
}
const smallWord =
  /^\s(?:and|or|but|because|so|which|that|who|when|where|while|if|with|for|from|of|in|on|at|to|by|as|than|into|about)\s/;

/** Not inside an inline code span or a link. */
function outside(text: string): boolean {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  return (line.split("`").length - 1) % 2 === 0 && !/\[[^\]]*$|\]\([^)]*$/.test(line);
}

function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
