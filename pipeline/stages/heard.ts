import { shownWords, type WordTime } from "../word-times.ts";

/** A clause as it was sent: its text, and where its sound lies in the item's sound. */
export interface SentClause {
  readonly shown: string;
  /** Index of its first sample in the item. */
  readonly firstSample: number;
  /** Zero when it was only shown. */
  readonly samples: number;
  /** When its first words are heard; of the others that can only be estimated. */
  readonly words?: readonly WordTime[];
}

/**
 * The text that was heard when `playedSamples` of an item were played: all clauses before, and of the clause in
 * progress the words whose greater part was heard. Text that was only shown counts once sound behind it was heard.
 */
export function heardText(clauses: readonly SentClause[], playedSamples: number): string {
  let heard = "";
  for (const clause of clauses) {
    const played = playedSamples - clause.firstSample;
    if (played <= 0) return heard;
    if (played < clause.samples) return heard + wordsWithin(clause, played);
    heard += clause.shown;
  }
  return heard;
}

function wordsWithin({ shown, samples, words: times = [] }: SentClause, played: number): string {
  const words = shownWords(shown);
  // A word cut in its first half was not understood.
  const unheard = times.findIndex(({ startSample, endSample }) => played < (startSample + endSample) / 2);
  if (unheard !== -1) return words.slice(0, unheard).join("");
  const from = times.at(-1)?.endSample ?? 0;
  const share = Math.max(0, played - from) / Math.max(1, samples - from);
  return words.slice(0, times.length).join("") + estimated(words.slice(times.length), share);
}

/** The words that fit into a share of the time that all of them take. */
function estimated(words: readonly string[], share: number): string {
  const lengths = words.map(spokenLength);
  const heard = share * sum(lengths);
  let begin = 0;
  let count = 0;
  for (const length of lengths) {
    if (begin + length / 2 > heard) break;
    begin += length;
    count += 1;
  }
  return words.slice(0, count).join("");
}

/** How long a written word takes to say, in letters: fitted to flite's own word times, see test/bench/heard.bench.ts. */
function spokenLength(word: string): number {
  const pause = /[,.;:!?…—]["'”’)\]*_]*$/.test(word) ? 3 : 0;
  const core = word.replace(/^[^\p{L}\p{N}\p{Sc}@+=&~/<>→]+|[^\p{L}\p{N}\p{Sc}%°+]+$/gu, "");
  if (core === "") return pause / 100;
  const letters = (core.match(/\p{L}+/gu) ?? []).map(lettersLength);
  const numbers = (core.match(/\d+(?:,\d{3})*/g) ?? []).map(numberLength);
  const signs = (core.match(/[^\p{L}\p{N}\s',:;*_`-]/gu) ?? []).map((sign) => signLengths[sign] ?? 4);
  return sum([0.5, ...letters, ...numbers, ...signs, pause]);
}

/** "km", "src" and "GPU" are said in more letters than they are written with. */
function lettersLength(letters: string): number {
  const short = letters.length <= 3 && !/[aeiouy]/i.test(letters);
  return short ? 3 * letters.length : letters.length + 1.7 * (letters.match(/\p{Lu}{2,}/gu)?.join("").length ?? 0);
}

const signLengths: Readonly<Record<string, number>> = {
  "°": 14,
  "%": 7,
  $: 7,
  "€": 5,
  "£": 6,
  "&": 3,
  "@": 2,
  "=": 6,
  ".": 5,
  "/": 5,
};

/** "142,984" is "one hundred forty two thousand …": each digit by its place, and a word for each thousand. */
function numberLength(written: string): number {
  const digits = written.replaceAll(",", "");
  if (digits.length > 9 || /^0./.test(digits)) return 4 * digits.length;
  const places = [...digits].map((digit, i) => (digit === "0" ? 0 : (placeLengths[(digits.length - 1 - i) % 3] ?? 0)));
  return Math.max(4, sum(places)) + 8 * Math.floor((digits.length - 1) / 3);
}
const placeLengths = [4, 6, 11];

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}
