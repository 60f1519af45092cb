const longest = 240;

/** A result of a function that this voice does not know, as plainly as can be: no sentence, but nothing invented either. */
export function plainSentence(output: string): string {
  let value: unknown = output;
  try {
    value = JSON.parse(output);
  } catch {
    // Not JSON: the text itself is the result.
  }
  const text = described(value);
  if (text === "") return "Done.";
  return `${text.length > longest ? `${text.slice(0, longest).replace(/\s+\S*$/, "")} and more` : text}.`.replace(
    /([.!?])\.$/,
    "$1",
  );
}

function described(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value))
    return value
      .map(described)
      .filter((text) => text !== "")
      .join(", ");
  if (typeof value !== "object") return String(value).trim();
  return Object.entries(value)
    .map(([key, one]): string => `${key.replace(/[_-]+/g, " ")}: ${described(one)}`)
    .join(", ");
}
