import { cardinal, decimal, eachDigit, ordinal, year } from "./number-words.ts";

const fractions: Readonly<Record<string, string>> = {
  "1/2": "one half",
  "1/3": "one third",
  "2/3": "two thirds",
  "1/4": "one quarter",
  "3/4": "three quarters",
  "24/7": "twenty four seven",
};
/** Behind a number in writing about computers: "50k lines", "a 7B model". */
const largeScales: Readonly<Record<string, string>> = { k: "thousand", M: "million", B: "billion" };
const fractionSigns: Readonly<Record<string, string>> = {
  "½": "one half",
  "⅓": "one third",
  "⅔": "two thirds",
  "¼": "one quarter",
  "¾": "three quarters",
};

/** Phone numbers and ranges: "5-10" → "5 to 10", "2019–2021" → years. Runs before the measures, which may follow them. */
export function ranges(text: string): string {
  return text
    .replace(/\+?\b\d{3}-\d{3}-\d{4}\b|(?<![\w-])\d{3}-\d{4}\b/g, (phone) =>
      (phone.match(/\d+/g) ?? []).map(eachDigit).join(", "),
    )
    .replace(
      /(?<![\w.-])(1[1-9]\d\d|20\d\d)\s?[-–—]\s?(1[1-9]\d\d|20\d\d)(?![\w-]|\.\d)/g,
      (_, a: string, b: string) => `${year(a)} to ${year(b)}`,
    )
    .replace(/(\d)\s?[–—]\s?(?=\d)/g, "$1 to ")
    .replace(
      /(?<![\w.-])(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?![\d-]|\.\d)/g,
      (_, a: string, b: string) => `${a} ${Number(a) < Number(b) ? "to" : "minus"} ${b}`,
    );
}

/** Every digit left in a text becomes words; runs after dates, measures and addresses took theirs. */
export function numbers(text: string): string {
  return text
    .replace(
      /(\d?)\s?([½⅓⅔¼¾])/g,
      (_, whole: string, sign: string) => `${whole === "" ? "" : `${whole} and `}${fractionSigns[sign] ?? ""}`,
    )
    .replace(/\p{Nd}/gu, asciiDigit)
    .replace(/(?<![\w/])(\d{1,2}\/\d{1,2})(?![\w/])/g, (all) => fractions[all] ?? all)
    .replace(/(?:\b[vV](?:ersion )?\s?)(\d+(?:\.\d+)+|\d+)\b/g, (_, v: string) => `version ${version(v)}`)
    .replace(/(?<![\w.])(\d+(?:\.\d+){2,})(?![\w])/g, (_, v: string) => version(v))
    .replace(/\b(\d{1,3}(?:,\d{3})+)(?!\d)/g, (all) => all.replaceAll(",", ""))
    .replace(/(\d)\s?([kMB])\b/g, (_, n: string, scale: string) => `${n} ${largeScales[scale] ?? scale}`)
    .replace(/(?:#\s?|\b[Nn]o\.\s?|№\s?)(?=\d)/g, "number ")
    .replace(/\b(\d+)(st|nd|rd|th)\b/gi, (_, n: string) => ordinal(n))
    .replace(/(?<=\d|\))\s*[-−]\s+(?=\d)|(?<=\d)\s+[-−]\s*(?=\d)|(?<=\d)−(?=\d)/g, " minus ")
    .replace(/(?<![\p{L}\p{N}])[-−](?=\.?\d)/gu, " minus ")
    .replace(/(?<=\d)\s*:\s*(?=\d)/g, " to ")
    .replace(/(?<=\d)\s*[*×·]\s*(?=\d)|(?<=\d)x(?=\d)|(?<=\d)\s+x\s+(?=\d)/g, " times ")
    .replace(/(?<=\d)\s*÷\s*(?=\d)|(?<=\d)\s+\/\s+(?=\d)/g, " divided by ")
    .replace(/(?<=\d)\/(?=\d)/g, " over ")
    .replace(/(?<=\d)\s*\^\s*(?=-?\d)/g, " to the power of ")
    .replace(/(?<=\d)²/g, " squared")
    .replace(/(?<=\d)³/g, " cubed")
    .replace(/(?<!\d)\.(?=\d)/g, " zero point ")
    .replace(/\d+\.\d+/g, (n) => ` ${decimal(n)} `)
    .replace(/\d+/g, (n) => ` ${cardinal(n)} `);
}

/** "3.10.2" → "three point ten point two". */
function version(digits: string): string {
  return digits.split(".").map(cardinal).join(" point ");
}

/** Digits of other scripts, from their place in their block of ten. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (zero > code - 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return digit >= "0" && digit <= "9" ? digit : String((code - zero) % 10);
}
