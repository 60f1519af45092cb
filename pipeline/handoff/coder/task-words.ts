/** The words of a task, or of a name in code, by which one is found in the other: "parseAnswer" has "parse" and "answer". */
export function wordsOf(text: string): ReadonlySet<string> {
  const parts = text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return new Set(parts.filter((word) => word.length > 1 && !tooCommon.has(word)).map(stem));
}

/** "tests", "tested" and "testing" are about the same thing; enough for ranking. */
function stem(word: string): string {
  const one = word.length > 3 ? word.replace(/(?<!s)s$/, "") : word;
  return one.length > 4 ? one.replace(/(?:ing|er|ed|e)$/, "") : one;
}

const tooCommon = new Set(
  "a an the and or of to in on for with by from into as at is are be it its this that my our your please can could would should make do does add new use using so not no if then when all any some file files code function".split(
    " ",
  ),
);
