/** A parsed wording: words, slots, and choices between sequences of both. */
export type Part =
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "slot"; readonly slot: string }
  | { readonly kind: "choice"; readonly options: readonly (readonly Part[])[] };

/** Reads `what is {the|} time in <country>`; choices may be nested. Throws on an unbalanced brace. */
export function parseTemplate(template: string): readonly Part[] {
  const tokens = template.match(/[{|}]|<[a-z-]+>|[^\s{|}<>]+/g) ?? [];
  let at = 0;
  function sequence(depth: number): Part[] {
    const parts: Part[] = [];
    for (; at < tokens.length; at++) {
      const token = tokens[at] ?? "";
      if (token === "|" || token === "}") {
        if (depth === 0) throw new Error(`Unexpected "${token}" in the wording "${template}"`);
        return parts;
      }
      if (token === "{") parts.push(choice(depth + 1));
      else if (token.startsWith("<")) parts.push({ kind: "slot", slot: token.slice(1, -1) });
      else parts.push({ kind: "word", word: token });
    }
    if (depth > 0) throw new Error(`Missing "}" in the wording "${template}"`);
    return parts;
  }
  function choice(depth: number): Part {
    const options: Part[][] = [];
    do {
      at++;
      options.push(sequence(depth));
    } while (tokens[at] === "|");
    return { kind: "choice", options };
  }
  return sequence(0);
}

/** All wordings of a template as word lists; slots stay in angle brackets. */
export function expandParts(parts: readonly Part[]): string[][] {
  let lists: string[][] = [[]];
  for (const part of parts) {
    const next =
      part.kind === "word"
        ? [[part.word]]
        : part.kind === "slot"
          ? [[`<${part.slot}>`]]
          : part.options.flatMap(expandParts);
    lists = lists.flatMap((list) => next.map((more) => [...list, ...more]));
  }
  return lists;
}

/** All wordings of a template as text; slots stay in angle brackets. */
export function expandTemplate(template: string): string[] {
  return expandParts(parseTemplate(template)).map((words) => words.join(" "));
}

/** One wording drawn at random: every option of a choice is as likely as the next. `fill` gives a value for each slot. */
export function sampleParts(parts: readonly Part[], random: () => number, fill: (slot: string) => string): string[] {
  return parts.flatMap((part) => {
    if (part.kind === "word") return [part.word];
    if (part.kind === "slot") return [fill(part.slot)];
    return sampleParts(part.options[Math.floor(random() * part.options.length)] ?? [], random, fill);
  });
}
