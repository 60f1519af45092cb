import type { SpokenWord } from "../models/roles.ts";

/** When a shown word is heard, in samples from the beginning of its clause's sound. */
export interface WordTime {
  readonly startSample: number;
  readonly endSample: number;
}

/** The words of a shown text, each with the space before it. */
export function shownWords(shown: string): readonly string[] {
  return shown.match(/\s*\S+/g) ?? [];
}

/**
 * For each shown word, how many of the spoken words have been said when it is over: "at 16:40 today" is spoken as
 * "at sixteen forty today", so [1, 3, 4]. Null for a word that is spoken in one with the next: "$5" of "$5 million".
 */
export function wordMap(
  shown: string,
  spoken: string,
  speakable: (text: string) => string,
): readonly (number | null)[] {
  const written = shownWords(shown);
  const said = wordsOf(spoken);
  let known = 0;
  return written.map((word, i) => {
    const isPlain = known !== -1 && /^\s*[A-Za-z']+[,.;:!?]*$/.test(word) && bare(word) === said[known];
    const count =
      i === written.length - 1
        ? said.length
        : isPlain
          ? known + 1
          : saidBehind(written.slice(0, i + 1).join(""), written.slice(i + 1).join(""), said, speakable);
    known = count ?? -1;
    return count;
  });
}

/**
 * When the shown words are heard, as far as the spoken words' times are known. Marks that nobody says are heard with the
 * word behind them; words spoken in one share its time.
 */
export function shownTimes(map: readonly (number | null)[], spoken: readonly SpokenWord[]): readonly WordTime[] {
  const lastKnown = spoken.at(-1)?.index ?? -1;
  const times: WordTime[] = [];
  let from = 0;
  let marks = 0;
  let together = 0;
  for (const to of map) {
    together += 1;
    if (to === null) continue;
    if (to > lastKnown + 1) break;
    const said = spoken.filter(({ index }) => from <= index && index < to);
    const [first, last] = [said[0], said.at(-1)];
    if (first === undefined || last === undefined) marks += together;
    else {
      const shares = inShares({ startSample: first.startSample, endSample: last.endSample }, together);
      times.push(...shares.slice(0, 1).flatMap((share) => new Array<WordTime>(marks).fill(share)), ...shares);
      marks = 0;
    }
    together = 0;
    from = Math.max(from, to);
  }
  return times;
}

/** Where a text can be cut in two without being said differently, the words of its first part are counted. */
function saidBehind(
  before: string,
  behind: string,
  said: readonly string[],
  speakable: (text: string) => string,
): number | null {
  const first = wordsOf(speakable(before));
  if (first.every((word, i) => word === said[i])) return first.length;
  const rest = wordsOf(speakable(behind));
  const count = said.length - rest.length;
  return rest.every((word, i) => word === said[count + i]) ? count : null;
}

function inShares({ startSample, endSample }: WordTime, count: number): readonly WordTime[] {
  const at = (i: number): number => Math.round(startSample + ((endSample - startSample) * i) / count);
  return Array.from({ length: count }, (_, i) => ({ startSample: at(i), endSample: at(i + 1) }));
}

function wordsOf(text: string): readonly string[] {
  return (text.match(/\S+/g) ?? []).map(bare);
}

/** Case and punctuation depend on what stands beside a word. */
function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
