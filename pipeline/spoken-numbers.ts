/** Small numbers as words: a voice reads them better so. */
export function numberWord(count: number): string {
  return ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"][count] ?? `${count}`;
}

/** "four seconds", "half a minute": nobody wants to hear decimals. */
export function spokenTime(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds === 1) return "a second";
  if (seconds <= 10) return `${numberWord(seconds)} seconds`;
  if (seconds <= 25) return `${Math.round(seconds / 5) * 5} seconds`;
  if (seconds <= 45) return "half a minute";
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes === 1 ? "a minute" : `${numberWord(minutes)} minutes`;
}
