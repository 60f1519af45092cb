const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** "forty two" for 42; whole numbers from 0 to 999,999, digit by digit beyond. */
export function numberToWords(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 999_999)
    return [...String(value)].map((d) => small[Number(d)] ?? "point").join(" ");
  if (value < 20) return small[value] ?? "";
  if (value < 100) return joined(tens[Math.floor(value / 10) - 2] ?? "", value % 10);
  if (value < 1000) return joined(`${small[Math.floor(value / 100)]} hundred`, value % 100);
  return joined(`${numberToWords(Math.floor(value / 1000))} thousand`, value % 1000);
}

function joined(head: string, rest: number): string {
  return rest === 0 ? head : `${head} ${numberToWords(rest)}`;
}

/** Every whole number found in normalised words, in order: "forty two and a hundred" gives 42 and 100. */
export function findNumbers(words: readonly string[]): number[] {
  const found: number[] = [];
  let current: number | null = null;
  const close = (): void => {
    if (current !== null) found.push(current);
    current = null;
  };
  for (const [index, word] of words.entries()) {
    const unit = small.indexOf(word);
    const ten = tens.indexOf(word);
    if (unit >= 0) {
      // "twenty one" and "hundred five" are one number, "four two" are two.
      const fits: boolean =
        current !== null &&
        unit > 0 &&
        ((unit < 10 && current % 100 >= 20 && current % 10 === 0) || (current > 0 && current % 100 === 0));
      if (!fits) close();
      current = (current ?? 0) + unit;
    } else if (ten >= 0) {
      if (current === null || current === 0 || current % 100 !== 0) close();
      current = (current ?? 0) + (ten + 2) * 10;
    } else if (
      word === "hundred" &&
      (current !== null ? current % 100 > 0 && current % 100 < 10 : words[index - 1] === "a")
    ) {
      current = current === null ? 100 : current + (current % 100) * 99;
    } else if (word === "thousand" && current !== null && current > 0 && current < 1000) {
      current *= 1000;
    } else close();
  }
  close();
  return found;
}
