import { cardinal, ordinal, year } from "./number-words.ts";

const months = "January February March April May June July August September October November December".split(" ");
const monthName =
  "(January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\.?";

/** Dates and times of day in words: "2026-11-21" → "November twenty first, twenty twenty six", "14:05" → "two oh five P M". */
export function datesAndTimes(text: string): string {
  return text
    .replace(/\b(\d{4})-(\d{2})-(\d{2})(?:T(?=\d)|\b)/g, (all, y: string, m: string, d: string) => date(y, m, d) ?? all)
    .replace(/\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b/g, (all, d: string, m: string, y: string) => date(y, m, d) ?? all)
    .replace(
      /\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b/g,
      (all, a: string, b: string, y: string) => (Number(a) > 12 ? date(y, b, a) : date(y, a, b)) ?? all,
    )
    .replace(new RegExp(`\\b${monthName} (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?\\b(?![:.]\\d)`, "g"), monthFirst)
    .replace(new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${monthName}(?:,? (\\d{4}))?\\b`, "g"), dayFirst)
    .replace(
      new RegExp(`\\b${monthName},? (\\d{4})\\b`, "g"),
      (_, m: string, y: string) => `${fullMonth(m)} ${year(y)}`,
    )
    .replace(
      /\b(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:\s?([aApP])\.?\s?[mM]\b(?:\.(?!\s+\p{Lu}|\s*$))?|Z\b)?/gu,
      (all, h: string, m: string, s: string | undefined, half: string | undefined) => timeOfDay(h, m, s, half) ?? all,
    )
    .replace(
      /\b(1[0-2]|[1-9])\s?([aApP])\.?\s?[mM]\b(?:\.(?!\s+\p{Lu}|\s*$))?/gu,
      (_, h: string, half: string) => `${cardinal(h)} ${half.toUpperCase()} M`,
    )
    .replace(/\b([aApP])\.[mM]\b(?:\.(?!\s+\p{Lu}|\s*$))?/gu, (_, half: string) => `${half.toUpperCase()} M`)
    .replace(
      /\b(in|since|from|until|till|by|before|after|of|year|and|to|between|around|circa|during) (1[1-9]\d\d|20\d\d)\b(?![\d.,:%/-]*\d)(?!\s?(?:[a-zA-Z]{1,3}\b|bytes|tokens|items))/g,
      (_, word: string, y: string) => `${word} ${year(y)}`,
    )
    .replace(/\b(1[1-9]|20)(\d0)'?s\b/g, (_, c: string, d: string) => plural(year(`${c}${d}`)))
    .replace(/(?:\b|['’])([2-9]0)'?s\b/g, (_, d: string) => plural(cardinal(d)));
}

function date(y: string, m: string, d: string): string | undefined {
  const month = months[Number(m) - 1];
  if (month === undefined || Number(d) < 1 || Number(d) > 31) return undefined;
  return `${month} ${ordinal(String(Number(d)))}, ${year(y)} `;
}

function monthFirst(all: string, month: string, d: string, y: string | undefined): string {
  if (Number(d) < 1 || Number(d) > 31) return all;
  return `${fullMonth(month)} ${ordinal(String(Number(d)))}${y === undefined ? "" : `, ${year(y)}`}`;
}

function dayFirst(all: string, d: string, month: string, y: string | undefined): string {
  if (Number(d) < 1 || Number(d) > 31) return all;
  return `${ordinal(String(Number(d)))} of ${fullMonth(month)}${y === undefined ? "" : ` ${year(y)}`}`;
}

function fullMonth(name: string): string {
  return months.find((month) => month.startsWith(name.slice(0, 3))) ?? name;
}

/** Twenty-four-hour times are said as people say them, with the half of the day; "9:30" stays without one. */
function timeOfDay(h: string, m: string, s: string | undefined, half: string | undefined): string | undefined {
  const hour = Number(h);
  if (hour > 24 || Number(m) > 59 || (half !== undefined && (hour < 1 || hour > 12))) return undefined;
  const seconds = s === undefined || s === "00" ? "" : ` and ${counted(s, "second")}`;
  if (half === undefined && hour % 24 === 0 && m === "00" && seconds === "") return "midnight";
  const known =
    half?.toUpperCase() ?? (hour >= 12 && hour < 24 ? "P" : h.length === 2 && (hour < 10 || hour === 24) ? "A" : "");
  const minutes = m === "00" ? "" : m.startsWith("0") ? ` oh ${cardinal(m.slice(1))}` : ` ${cardinal(m)}`;
  const exact = minutes === "" && seconds === "" && known === "" ? " o'clock" : "";
  return `${cardinal(String(hour % 12 === 0 ? 12 : hour % 12))}${minutes}${exact}${seconds}${known === "" ? "" : ` ${known} M`}`;
}

function counted(digits: string, noun: string): string {
  const value = String(Number(digits));
  return `${cardinal(value)} ${noun}${value === "1" ? "" : "s"}`;
}

function plural(words: string): string {
  return words.endsWith("y") ? `${words.slice(0, -1)}ies` : `${words}s`;
}
