/** From `chars` on, the text belongs to sound from `atSample` on. */
export interface TextMark {
  readonly chars: number;
  readonly atSample: number;
}

export interface SpokenText {
  readonly text: string;
  /** In order; the first is {chars: 0, atSample: 0}. */
  readonly marks: readonly TextMark[];
  /** Samples at 24 kHz that came for this text so far. */
  readonly receivedSamples: number;
  /** No more will come. */
  readonly complete: boolean;
}

/** Ordinary speech; text whose sound has not all come yet is assumed to last at least this long. */
const samplesPerChar = 24_000 / 14;
const quickest = 24_000 / 24;
const slowest = 24_000 / 8;

/**
 * How many characters of a text have been spoken when so many of its samples have been played: whole words, the one
 * being spoken included.
 */
export function spokenChars(spoken: SpokenText, playedSamples: number): number {
  const { text, marks, receivedSamples, complete } = spoken;
  if (text === "" || playedSamples <= 0) return 0;
  if (complete && playedSamples >= receivedSamples) return text.length;
  const groups = joined(marks);
  const index = groups.findLastIndex((mark) => mark.atSample <= playedSamples);
  const here = groups[index] ?? { chars: 0, atSample: 0 };
  const next = groups[index + 1];
  const endChars = next?.chars ?? text.length;
  const chars = endChars - here.chars;
  if (chars <= 0) return here.chars === 0 ? 0 : wordEnd(text, here.chars);
  const known = (next?.atSample ?? receivedSamples) - here.atSample;
  const samples = next || complete ? known : Math.max(known, chars * paceOf(here));
  const exact = here.chars + (samples <= 0 ? chars : Math.min(1, (playedSamples - here.atSample) / samples) * chars);
  return wordEnd(text, Math.min(endChars, exact));
}

/** Samples a character: as the text before was spoken, if there is enough of it to tell. */
function paceOf({ chars, atSample }: TextMark): number {
  return chars < 12 ? samplesPerChar : Math.max(quickest, Math.min(slowest, atSample / chars));
}

/** Marks at one sample are one piece of text: nothing tells their sounds apart. */
function joined(marks: readonly TextMark[]): readonly TextMark[] {
  return marks.filter((mark, i) => i === 0 || mark.atSample !== marks[i - 1]?.atSample);
}

function wordEnd(text: string, at: number): number {
  const blank = text.slice(Math.ceil(at)).search(/\s/);
  return blank < 0 ? text.length : Math.ceil(at) + blank;
}
