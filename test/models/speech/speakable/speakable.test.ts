import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { speakable } from "../../../../models/speech/speakable/speakable.ts";

/** What is written → what is said, by topic. */
const examples: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  numbers: {
    "I have 3 apples.": "I have three apples.",
    "1,234,567 people": "one million two hundred thirty four thousand five hundred sixty seven people",
    "It is -5 outside": "It is minus five outside",
    "pi is 3.14": "pi is three point one four",
    ".5 is half": "zero point five is half",
    "the 1st, 2nd, 3rd and 21st": "the first, second, third and twenty first",
    "007": "zero zero seven",
    "a 1/2 or 3/4 cup": "a one half or three quarters cup",
    "1½ cups": "one and one half cups",
    "50k lines": "fifty thousand lines",
    "call 555-1234": "call five five five, one two three four",
    "2^10 = 1024": "two to the power of ten equals one thousand twenty four",
    "3 × 4 = 12": "three times four equals twelve",
    "10 - 5 = 5": "ten minus five equals five",
    "8 / 2 = 4": "eight divided by two equals four",
    "it won 3:1": "it won three to one",
  },
  "dates and years": {
    "on 2026-11-21.": "on November twenty first, twenty twenty six.",
    "on 21/11/2026": "on November twenty first, twenty twenty six",
    "on 3/14/2015": "on March fourteenth, twenty fifteen",
    "on 21.11.2026": "on November twenty first, twenty twenty six",
    "Nov. 5": "November fifth",
    "March 3rd, 1999": "March third, nineteen ninety nine",
    "21 November 2026": "twenty first of November twenty twenty six",
    "in May 2026": "in May twenty twenty six",
    "in 1984": "in nineteen eighty four",
    "since 2005": "since two thousand five",
    "in 1906": "in nineteen oh six",
    "in 1800": "in eighteen hundred",
    "the 1990s and the 80s": "the nineteen nineties and the eighties",
    "2019-2021": "twenty nineteen to twenty twenty one",
    "I saw 1984 birds": "I saw one thousand nine hundred eighty four birds",
  },
  times: {
    "It is 14:05.": "It is two oh five P M.",
    "at 09:30": "at nine thirty A M",
    "at 9:30": "at nine thirty",
    "at 9:30am": "at nine thirty A M",
    "at 10:00": "at ten o'clock",
    "at 14:00": "at two P M",
    "at 00:00": "at midnight",
    "at 00:15": "at twelve fifteen A M",
    "at 12:30": "at twelve thirty P M",
    "at 23:59:01": "at eleven fifty nine and one second P M",
    "5 p.m. today": "five P M today",
    "It was 5 p.m. We left.": "It was five P M. We left.",
    "2026-11-21T09:05:00Z": "November twenty first, twenty twenty six nine oh five A M",
  },
  "money and percent": {
    "$5.99": "five dollars and ninety nine cents",
    "€20": "twenty euros",
    "20 €": "twenty euros",
    "£1.01": "one pound and one penny",
    "$0.05": "five cents",
    $1: "one dollar",
    "$1.5 million": "one point five million dollars",
    $3bn: "three billion dollars",
    "20% of 50": "twenty percent of fifty",
    "99.9%": "ninety nine point nine percent",
  },
  units: {
    "8 GB of RAM": "eight gigabytes of ram",
    "1GB": "one gigabyte",
    "350 ms": "three hundred fifty milliseconds",
    "1 ms": "one millisecond",
    "48 kHz": "forty eight kilohertz",
    "100 km/h": "one hundred kilometers per hour",
    "12.5 MB/s": "twelve point five megabytes per second",
    "21°C": "twenty one degrees Celsius",
    "70 °F": "seventy degrees Fahrenheit",
    "45°": "forty five degrees",
    "5-10 ms": "five to ten milliseconds",
    "30–40 km": "thirty to forty kilometers",
    "10x faster": "ten times faster",
    "a 5-min break": "a five minutes break",
    "4 GiB": "four gibibytes",
    "x86 s": "x eighty six s",
  },
  versions: {
    "version 3.2.1": "version three point two point one",
    "v2.0": "version two point zero",
    "Node 20.19.2": "Node twenty point nineteen point two",
  },
  abbreviations: {
    "fruit, e.g. apples": "fruit, for example apples",
    "that, i.e. this": "that, that is this",
    "Mr. Smith met Dr. Jones and Mrs. Hill": "Mister Smith met Doctor Jones and Missus Hill",
    "cats vs. dogs": "cats versus dogs",
    "approx. 5": "approximately five",
    "apples, pears, etc.": "apples, pears, et cetera.",
    "apples etc. are fruit": "apples et cetera are fruit",
    "see fig. 3": "see figure three",
    "coffee w/ milk, w/o sugar": "coffee with milk, without sugar",
    "No. 5 and #6": "number five and number six",
    "No. I will not.": "No. I will not.",
  },
  acronyms: {
    "the GPU and the CPU": "the G P U and the C P U",
    "two LLMs": "two L L M's",
    "JSON in RAM": "Jason in ram",
    "an API over HTTP": "an A P I over H T T P",
    "U.S. law": "U S law",
    "This is NOT it, STOP!": "This is not it, stop!",
    NASA: "nasa",
    "I am OK": "I am ok",
    "USB-C": "U S B-C",
    "hmm, pst": "hmm, pst",
  },
  "addresses and names": {
    "see https://www.example.com/docs/a-b/c/d?x=1.": "see example dot com slash docs slash a b and so on.",
    "http://127.0.0.1:8377": "one hundred twenty seven dot zero dot zero dot one port eight three seven seven",
    "localhost:3000": "localhost port three zero zero zero",
    "jo.smith@example.com": "jo dot smith at example dot com",
    "open parser.ts": "open parser dot T S",
    "src/parser.test.ts is it": "S R C slash parser dot test dot T S is it",
    "/usr/local/bin": "slash usr slash local slash bin",
    "~/notes.txt": "home slash notes dot text",
    "./run.sh": "run dot S H",
    "package.json and .env": "package dot Jason and dot env",
    snake_case_name: "snake case name",
    parseJsonFile: "parse Json File",
    HTMLElement: "H T M L Element",
    __init__: "init",
    MAX_SIZE: "max size",
    "`foo_bar()` works": "foo bar works",
    "git commit --amend -m": "git commit dash dash amend dash m",
    "a well-known thing": "a well-known thing",
    "and/or": "and or",
    "C++, C# and .NET": "C plus plus, C sharp and dot net",
    "GPT-4 and mp3": "G P T four and M P three",
    "0xFF": "hex F F",
  },
  symbols: {
    "R&D": "R and D",
    "a + b = c": "a plus b equals c",
    "x → y": "x to y",
    "a >= b": "a at least b",
    "a < b": "a less than b",
    "< 3": "less than three",
    "~5 minutes": "about five minutes",
    "yes/no": "yes slash no",
    "#tag @home": "hash tag at home",
    "“Quoted” (in brackets)": "Quoted, in brackets,",
    "It’s fine — really": "It's fine, really",
    "wait... what?!": "wait. what?",
    "Nice!!! 🎉👍🏽 ❤️": "Nice!",
  },
};

for (const [topic, pairs] of Object.entries(examples)) {
  test(`${topic} are said as people say them`, () => {
    expect(Object.fromEntries(Object.keys(pairs).map((written) => [written, speakable(written)]))).toEqual(pairs);
  });
}

describe("any text", () => {
  const bits = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...Object.values(examples).flatMap(Object.keys)) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
    { weight: 2, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 12 }) },
    { weight: 2, arbitrary: fc.lorem({ maxCount: 4 }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "**",
        "_",
        "# ",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "|",
        "](",
        "[",
        "`",
        "```",
        "~~~",
        "> ",
        "---",
        "<b>",
        "&amp;",
      ),
    },
    { weight: 1, arbitrary: fc.double().map(String) },
  );
  const text = fc
    .array(bits, { maxLength: 12 })
    .chain((parts) => fc.constantFrom("", " ").map((gap) => parts.join(gap)));

  test("becomes letters, apostrophes, hyphens, single spaces and stops, with no mark of Markdown left", () => {
    fc.assert(
      fc.property(text, (written) => {
        const said = speakable(written);
        expect(said).toMatch(/^[\p{L}\p{M}' ,.?!;:-]*$/u);
        expect(said).not.toMatch(/ {2}|^[ ,.?!;:'-]| $|[,.?!;:]{2}/);
      }),
      { numRuns: 1_000 },
    );
  });

  test("is not changed by a second time", () => {
    fc.assert(
      fc.property(text, (written) => {
        const said = speakable(written);
        expect(speakable(said)).toBe(said);
      }),
      { numRuns: 1_000 },
    );
  });

  test("with words in it is never nothing", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[A-Za-z_0-9]*[A-Za-z][A-Za-z_0-9]*$/), { minLength: 1, maxLength: 6 }),
        (words) => {
          expect(speakable(words.join(" "))).toMatch(/\p{L}/u);
        },
      ),
    );
  });

  test("keeps plain sentences word for word", () => {
    fc.assert(
      fc.property(fc.lorem({ mode: "sentences", maxCount: 3 }), (sentence) => {
        expect(speakable(sentence)).toBe(sentence);
      }),
    );
  });

  test("as long as a chapter is read in a moment", () => {
    for (const unit of [
      "a",
      "1",
      "_",
      "`",
      "[",
      "(",
      "<",
      "a.",
      "a/",
      "- ",
      "|",
      "1,",
      "\n",
      "A ",
      "😀",
      "x@",
      "www.",
      "1:",
    ]) {
      expect(() => speakable(unit.repeat(3_000)), unit).not.toThrow();
    }
  });
});
