/** What may be said: words in sequence, alternatives, and rules by name. */
export type Phrase =
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "rule"; readonly name: string }
  | { readonly kind: "sequence"; readonly parts: readonly Phrase[] }
  | {
      readonly kind: "choice";
      readonly options: readonly Phrase[];
      /** How likely each option is, in proportion to the others; all alike without. */
      readonly weights?: readonly number[];
    }
  | { readonly kind: "repeat"; readonly part: Phrase; readonly atLeast: 0 | 1 };

export interface PhraseGrammar {
  readonly rules: ReadonlyMap<string, Phrase>;
  /** The rule marked `public`. */
  readonly start: string;
}

const nothing: Phrase = { kind: "sequence", parts: [] };

/**
 * Reads a JSGF grammar: `public <order> = [please] (one | two) <fruit>* ;`. Tags are read over.
 * @throws SyntaxError with the place of the first error.
 */
export function parseJsgf(text: string): PhraseGrammar {
  const body = text
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ")
    .replace(/^\s*#JSGF[^;]*;/, "")
    .replace(/^\s*grammar\s[^;]*;/, "");
  const tokens = body.match(/<[^<>\s]+>|\/[\d.eE+-]+\/|\{[^}]*\}|[=;|()[\]*+]|[^\s=;|()[\]*+<>/{}]+/g) ?? [];
  let at = 0;
  function expect(token: string): void {
    if (tokens[at] !== token) throw new SyntaxError(`JSGF: expected "${token}" but found "${near()}"`);
    at++;
  }
  function near(): string {
    return tokens.slice(at, at + 4).join(" ");
  }
  function choice(): Phrase {
    const weights = [weight()];
    const options = [sequence()];
    while (tokens[at] === "|") {
      at++;
      weights.push(weight());
      options.push(sequence());
    }
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: "choice", options, weights };
  }
  function weight(): number {
    const written = Number(tokens[at]?.match(/^\/(.+)\/$/)?.[1] ?? Number.NaN);
    return written > 0 ? written : 1;
  }
  function sequence(): Phrase {
    const parts: Phrase[] = [];
    for (;;) {
      const token = tokens[at];
      if (token === undefined || /^[;|)\]]$/.test(token)) return { kind: "sequence", parts };
      if (/^[/{]/.test(token)) at++;
      else parts.push(repeated(single(token)));
    }
  }
  function single(token: string): Phrase {
    if (/^[=*+]$/.test(token)) throw new SyntaxError(`JSGF: unexpected "${near()}"`);
    at++;
    if (token === "(" || token === "[") {
      const inner = choice();
      expect(token === "(" ? ")" : "]");
      return token === "(" ? inner : { kind: "choice", options: [inner, nothing] };
    }
    if (token === "<NULL>") return nothing;
    return token.startsWith("<") ? { kind: "rule", name: token.slice(1, -1) } : { kind: "word", word: token };
  }
  function repeated(part: Phrase): Phrase {
    const token = tokens[at];
    if (token !== "*" && token !== "+") return part;
    at++;
    return { kind: "repeat", part, atLeast: token === "+" ? 1 : 0 };
  }

  const rules = new Map<string, Phrase>();
  let start: string | undefined;
  while (at < tokens.length) {
    const isPublic = tokens[at] === "public";
    if (isPublic) at++;
    const name = tokens[at++]?.match(/^<(.+)>$/)?.[1];
    if (name === undefined) throw new SyntaxError(`JSGF: expected a rule before "${near()}"`);
    expect("=");
    rules.set(name, choice());
    expect(";");
    if (isPublic) start ??= name;
  }
  if (start === undefined) throw new SyntaxError("JSGF: no public rule");
  return { rules, start };
}

/** Every word that any rule uses. */
export function wordsOf(grammar: PhraseGrammar): Set<string> {
  const words = new Set<string>();
  const waiting = [...grammar.rules.values()];
  for (let phrase = waiting.pop(); phrase !== undefined; phrase = waiting.pop()) {
    if (phrase.kind === "word") words.add(phrase.word);
    else if (phrase.kind === "sequence") waiting.push(...phrase.parts);
    else if (phrase.kind === "choice") waiting.push(...phrase.options);
    else if (phrase.kind === "repeat") waiting.push(phrase.part);
  }
  return words;
}
