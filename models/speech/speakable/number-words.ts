const ones =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const scales = ["", "thousand", "million", "billion", "trillion"];
const ordinals: Readonly<Record<string, string>> = {
  one: "first",
  two: "second",
  three: "third",
  five: "fifth",
  eight: "eighth",
  nine: "ninth",
  twelve: "twelfth",
};

/** "1234" → "one thousand two hundred thirty four". What is longer than a number anybody says is read digit by digit. */
export function cardinal(digits: string): string {
  const bare = digits.replace(/^0+(?=\d)/, "");
  if (bare !== digits || bare.length > 3 * scales.length) return eachDigit(digits);
  if (bare === "0") return "zero";
  const groups = bare
    .padStart(Math.ceil(bare.length / 3) * 3, "0")
    .match(/\d{3}/g)
    ?.map(Number);
  const words = (groups ?? []).map((group, i, all) =>
    group === 0 ? "" : `${belowThousand(group)} ${scales[all.length - 1 - i] ?? ""}`,
  );
  return joined(words);
}

/** "3.14" → "three point one four"; ".5" → "zero point five". */
export function decimal(text: string): string {
  const [whole = "", fraction] = text.split(".");
  const words = cardinal(whole === "" ? "0" : whole);
  return fraction === undefined || fraction === "" ? words : `${words} point ${eachDigit(fraction)}`;
}

/** "21" → "twenty first". */
export function ordinal(digits: string): string {
  const words = cardinal(digits).split(" ");
  const last = words.pop() ?? "";
  return joined([...words, ordinals[last] ?? (last.endsWith("y") ? `${last.slice(0, -1)}ieth` : `${last}th`)]);
}

/** "1984" → "nineteen eighty four", "2005" → "two thousand five", "2026" → "twenty twenty six". */
export function year(digits: string): string {
  const century = Number(digits.slice(0, -2));
  const rest = Number(digits.slice(-2));
  if (digits.length !== 4 || century < 11 || century % 10 === 0) {
    const twenties = century === 20 && rest >= 10;
    if (!twenties) return cardinal(digits);
  }
  if (rest === 0) return `${belowThousand(century)} hundred`;
  return `${belowThousand(century)} ${rest < 10 ? "oh " : ""}${belowThousand(rest)}`;
}

/** "2048" → "two zero four eight". */
export function eachDigit(digits: string): string {
  return joined([...digits].map((digit) => ones[Number(digit)] ?? ""));
}

/** 0 to 999. */
function belowThousand(value: number): string {
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  const small =
    rest < 20 ? (ones[rest] ?? "") : `${tens[Math.floor(rest / 10)]} ${rest % 10 === 0 ? "" : ones[rest % 10]}`;
  if (hundreds === 0) return joined([small]);
  return joined([`${ones[hundreds]} hundred`, rest === 0 ? "" : small]);
}

function joined(words: readonly string[]): string {
  return words
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .join(" ");
}
