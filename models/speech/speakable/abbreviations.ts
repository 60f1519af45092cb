/** Abbreviation (without its last dot) → what is said. */
const always: Readonly<Record<string, string>> = {
  "e.g": "for example",
  eg: "for example",
  "i.e": "that is",
  etc: "et cetera",
  vs: "versus",
  approx: "approximately",
  resp: "respectively",
  incl: "including",
  excl: "excluding",
  dept: "department",
  govt: "government",
  cf: "compare",
  viz: "namely",
  Mr: "Mister",
  Mrs: "Missus",
  Ms: "Miss",
  Dr: "Doctor",
  Prof: "Professor",
  Jr: "Junior",
  Sr: "Senior",
  Inc: "Incorporated",
  Ltd: "Limited",
  Corp: "Corporation",
};
/** Only before a number; elsewhere these are words. */
const beforeNumbers: Readonly<Record<string, string>> = {
  fig: "figure",
  eq: "equation",
  ch: "chapter",
  sec: "section",
  vol: "volume",
  pp: "pages",
  p: "page",
  ca: "about",
  art: "article",
};
/** Without a dot, as people write them to each other. */
const undotted: Readonly<Record<string, string>> = {
  "w/o": "without",
  "w/": "with ",
  "b/c": "because",
  vs: "versus",
  approx: "approximately",
  Mr: "Mister",
  Mrs: "Missus",
  Dr: "Doctor",
};

const escaped = (keys: readonly string[]): string => keys.map((key) => key.replace(/[./]/g, "\\$&")).join("|");
const alwaysPattern = new RegExp(`(?<![\\p{L}\\p{N}.])(${escaped(Object.keys(always))})\\.(?!\\p{L})(,?)`, "giu");
const numberPattern = new RegExp(`(?<![\\p{L}\\p{N}.])(${escaped(Object.keys(beforeNumbers))})\\.\\s?(?=\\d)`, "giu");
const undottedPattern =
  /(?<![\p{L}\p{N}./])(?:(w\/o|w\/|b\/c)(?![/\p{N}])|(vs|approx|Mr|Mrs|Dr)(?![\p{L}\p{N}.'_/-]))/gu;

/** "e.g." → "for example", "Mr." → "Mister". A dot that also ended the sentence stays. */
export function abbreviations(text: string): string {
  return text
    .replace(alwaysPattern, (all: string, short: string, comma: string, at: number, whole: string) => {
      const said = always[short] ?? always[short.toLowerCase()];
      if (said === undefined) return all;
      const title = /^[DMPJ]/.test(said) && /^\p{Lu}/u.test(short) && !/^[JS]r$/.test(short);
      const ends = !title && comma === "" && /^["')]*\s*$|^\s+\p{Lu}/u.test(whole.slice(at + all.length));
      return `${said}${ends ? "." : comma}`;
    })
    .replace(numberPattern, (_, short: string) => `${beforeNumbers[short.toLowerCase()] ?? short} `)
    .replace(undottedPattern, (all: string) => undotted[all] ?? all);
}
