import { abbreviations } from "./abbreviations.ts";
import { amounts } from "./amounts.ts";
import { datesAndTimes } from "./clock-and-calendar.ts";
import { withoutMarkdown } from "./markdown.ts";
import { namesAndAddresses } from "./names-and-addresses.ts";
import { numbers, ranges } from "./numbers.ts";
import { acronyms } from "./spelling.ts";
import { symbols } from "./symbols.ts";
import { tidy } from "./tidy.ts";

/** Each takes what it knows out of the writing and puts words in its place; the order matters. */
const passes: readonly ((text: string) => string)[] = [
  withoutMarkdown,
  abbreviations,
  datesAndTimes,
  ranges,
  amounts,
  namesAndAddresses,
  numbers,
  symbols,
  acronyms,
  tidy,
];
/** A second pass finds what the first uncovered; a third has never been needed for written text. */
const mostRounds = 6;

/**
 * What a speech engine should be given for a written text: letters, apostrophes, spaces and `, . ? ! ; : -` only.
 * Code blocks become one short phrase. Empty when there is nothing to say.
 */
export function speakable(text: string): string {
  let said = text.normalize("NFC");
  for (let round = 0; round < mostRounds; round += 1) {
    const next = passes.reduce((rest, pass) => pass(rest), said);
    if (next === said) break;
    said = next;
  }
  return said;
}
