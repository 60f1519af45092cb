import { cardinal, decimal } from "./number-words.ts";

/** A number as people write it: "1,234.5", "12", ".5". */
const number = "(\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?|\\.\\d+)";
const currencies: Readonly<Record<string, readonly [one: string, many: string, cent: string, cents: string]>> = {
  $: ["dollar", "dollars", "cent", "cents"],
  "€": ["euro", "euros", "cent", "cents"],
  "£": ["pound", "pounds", "penny", "pence"],
  "¥": ["yen", "yen", "sen", "sen"],
  "₹": ["rupee", "rupees", "paisa", "paise"],
};
const scales: Readonly<Record<string, string>> = {
  k: "thousand",
  m: "million",
  bn: "billion",
  b: "billion",
  tn: "trillion",
};

/** Singular and plural of what may follow a number. Bytes and bits differ by case only. */
const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  ...Object.fromEntries(
    Object.entries({ k: "kilo", K: "kilo", M: "mega", G: "giga", T: "tera", P: "peta" }).flatMap(([letter, word]) => [
      [`${letter}B`, [`${word}byte`, `${word}bytes`]],
      [
        `${letter}iB`,
        [
          `${word === "kilo" ? "kibi" : `${word.slice(0, 2)}bi`}byte`,
          `${word === "kilo" ? "kibi" : `${word.slice(0, 2)}bi`}bytes`,
        ],
      ],
      [`${letter}bit`, [`${word}bit`, `${word}bits`]],
      [`${letter}bps`, [`${word}bit per second`, `${word}bits per second`]],
      [`${letter}Hz`, [`${word}hertz`, `${word}hertz`]],
    ]),
  ),
  Hz: ["hertz", "hertz"],
  ns: ["nanosecond", "nanoseconds"],
  µs: ["microsecond", "microseconds"],
  μs: ["microsecond", "microseconds"],
  us: ["microsecond", "microseconds"],
  ms: ["millisecond", "milliseconds"],
  s: ["second", "seconds"],
  sec: ["second", "seconds"],
  secs: ["second", "seconds"],
  min: ["minute", "minutes"],
  mins: ["minute", "minutes"],
  h: ["hour", "hours"],
  hr: ["hour", "hours"],
  hrs: ["hour", "hours"],
  km: ["kilometer", "kilometers"],
  m: ["meter", "meters"],
  cm: ["centimeter", "centimeters"],
  mm: ["millimeter", "millimeters"],
  nm: ["nanometer", "nanometers"],
  kg: ["kilogram", "kilograms"],
  g: ["gram", "grams"],
  mg: ["milligram", "milligrams"],
  lb: ["pound", "pounds"],
  lbs: ["pound", "pounds"],
  oz: ["ounce", "ounces"],
  ft: ["foot", "feet"],
  ml: ["milliliter", "milliliters"],
  mi: ["mile", "miles"],
  mph: ["mile per hour", "miles per hour"],
  kph: ["kilometer per hour", "kilometers per hour"],
  fps: ["frame per second", "frames per second"],
  rpm: ["revolution per minute", "revolutions per minute"],
  W: ["watt", "watts"],
  kW: ["kilowatt", "kilowatts"],
  MW: ["megawatt", "megawatts"],
  Wh: ["watt hour", "watt hours"],
  kWh: ["kilowatt hour", "kilowatt hours"],
  mAh: ["milliamp hour", "milliamp hours"],
  V: ["volt", "volts"],
  dB: ["decibel", "decibels"],
  px: ["pixel", "pixels"],
  tok: ["token", "tokens"],
  x: ["time", "times"],
  "×": ["time", "times"],
  "°C": ["degree Celsius", "degrees Celsius"],
  "°F": ["degree Fahrenheit", "degrees Fahrenheit"],
  "°": ["degree", "degrees"],
};
const unitName = Object.keys(units)
  .sort((a, b) => b.length - a.length)
  .join("|");
/** "MB/s", "km/h": the second unit is said in the singular. */
const unitPattern = new RegExp(
  `${number}(?:\\s?|-)(${unitName})(?:\\/(${unitName}))?(?![\\p{L}\\p{N}_]|\\s?[×x*]\\s?\\d)`,
  "gu",
);

/** Money, percentages and measures in words, with the number before them. */
export function amounts(text: string): string {
  return text
    .replace(/(\d) ?℃/g, "$1°C")
    .replace(
      new RegExp(`([$€£¥₹])\\s?${number}(?:\\s?(k|K|M|m|bn|B|b|tn|thousand|million|billion|trillion)\\b)?`, "g"),
      (_, sign: string, n: string, scale: string | undefined) => money(n, sign, scale),
    )
    .replace(new RegExp(`(?<![\\w.])${number}\\s?([€£¥₹])`, "g"), (_, n: string, sign: string) =>
      money(n, sign, undefined),
    )
    .replace(
      new RegExp(`(?<![\\w.])${number}\\s?%`, "g"),
      (_, n: string) => `${decimal(n.replaceAll(",", ""))} percent`,
    )
    .replace(
      unitPattern,
      (all: string, n: string, unit: string, per: string | undefined, at: number, whole: string) => {
        // "x86 s" or "v1.5 s" is no measure: the number belongs to the word before it.
        if (/[\p{L}\p{N}_.]$/u.test(whole.slice(0, at))) return all;
        const [one, many] = units[unit] ?? ["", ""];
        return `${decimal(n.replaceAll(",", ""))} ${n === "1" ? one : many}${per === undefined ? "" : ` per ${units[per]?.[0] ?? ""}`}`;
      },
    );
}

function money(n: string, sign: string, scale: string | undefined): string {
  const [one, many, cent, cents] = currencies[sign] ?? ["", "", "", ""];
  const plain = n.replaceAll(",", "");
  if (scale !== undefined) return `${decimal(plain)} ${scales[scale.toLowerCase()] ?? scale} ${many}`;
  const [whole = "0", fraction] = plain.split(".");
  const units = `${cardinal(whole === "" ? "0" : whole)} ${whole === "1" ? one : many}`;
  if (fraction === undefined) return units;
  if (fraction.length !== 2) return `${decimal(plain)} ${many}`;
  if (Number(fraction) === 0) return units;
  const small = `${cardinal(String(Number(fraction)))} ${fraction === "01" ? cent : cents}`;
  return Number(whole) === 0 ? small : `${units} and ${small}`;
}
