import { type SpokenWord, sampleRateHz } from "../roles.ts";
import { type FlitePhone, silence } from "./flite-program.ts";
import type { FlitePiece } from "./flite-text.ts";

/** From the beginning of a word's first phone to the end of its last. */
export interface WordSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * When each word of a sentence is said. Flite tells the times of phones and not whose they are, so the phones of the words
 * alone are laid along the sentence's: the edit distance, since a few change in company ("a", "the").
 * @param words the phones of each word, as it is said alone.
 * @returns for each word its time, undefined where it has no phones.
 */
export function wordSpans(
  words: readonly (readonly string[])[],
  sentence: readonly FlitePhone[],
): readonly (WordSpan | undefined)[] {
  const sounds = sentence
    .map(({ name, endMs }, i) => ({ name, endMs, startMs: sentence[i - 1]?.endMs ?? 0 }))
    .filter(({ name }) => name !== silence);
  const behind = alignment(
    words.flat(),
    sounds.map(({ name }) => name),
  );
  let alone = 0;
  let from = 0;
  return words.map((phones, i) => {
    alone += phones.length;
    if (phones.length === 0) return undefined;
    const to = words.slice(i + 1).every((rest) => rest.length === 0) ? sounds.length : (behind[alone] ?? from);
    const [first, last] = [sounds[from], sounds[to - 1]];
    if (to <= from || first === undefined || last === undefined) return undefined;
    from = to;
    return { startMs: first.startMs, endMs: last.endMs };
  });
}

/** The same as words of the written text, in samples of its sound, whose sample `firstSample` is at `fromMs` of the sentence. */
export function spokenWords(
  { written }: FlitePiece,
  spans: readonly (WordSpan | undefined)[],
  { fromMs, firstSample }: { readonly fromMs: number; readonly firstSample: number },
): readonly SpokenWord[] {
  const sampleAt = (ms: number): number =>
    firstSample + Math.max(0, Math.round(((ms - fromMs) * sampleRateHz) / 1_000));
  return spans.flatMap((span, i) => {
    const index = written[i];
    if (span === undefined || index === undefined) return [];
    return [{ index, startSample: sampleAt(span.startMs), endSample: sampleAt(span.endMs) }];
  });
}

/** Another phone in one's place is likelier than one lost and one gained. */
const changeCost = 1.5;

/** For each number of phones of `alone`, how many of `together` they became, with the fewest changes. */
function alignment(alone: readonly string[], together: readonly string[]): readonly number[] {
  const width = together.length + 1;
  const cost = new Float64Array((alone.length + 1) * width);
  const at = (i: number, j: number): number => (i < 0 || j < 0 ? Number.POSITIVE_INFINITY : (cost[i * width + j] ?? 0));
  const change = (i: number, j: number): number =>
    at(i - 1, j - 1) + (alone[i - 1] === together[j - 1] ? 0 : changeCost);
  for (let i = 0; i <= alone.length; i += 1) {
    for (let j = 0; j < width; j += 1) {
      if (i + j > 0) cost[i * width + j] = Math.min(change(i, j), at(i - 1, j) + 1, at(i, j - 1) + 1);
    }
  }
  const became = new Array<number>(alone.length + 1).fill(0);
  for (let i = alone.length, j = together.length; i > 0 || j > 0; ) {
    became[i] = Math.max(became[i] ?? 0, j);
    if (at(i, j) === change(i, j)) [i, j] = [i - 1, j - 1];
    else if (at(i, j) === at(i, j - 1) + 1) j -= 1;
    else i -= 1;
  }
  return became;
}
