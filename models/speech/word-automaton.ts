import type { Phrase, PhraseGrammar } from "./jsgf.ts";

/** A deterministic automaton over words, as small as it can be. State 0 is the start. */
export interface WordAutomaton {
  /** For each state: the words that may follow and the states they lead to. */
  readonly next: readonly ReadonlyMap<string, number>[];
  /** The states in which an utterance may end. */
  readonly accepting: ReadonlySet<number>;
}

/**
 * Compiles a grammar. Wordings that begin or end alike share their states, which is what makes decoding fast.
 * @throws RangeError when a rule is missing or refers to itself: what people say is finite or written with `*`.
 */
export function compileGrammar(grammar: PhraseGrammar, knows: (word: string) => boolean): WordAutomaton {
  return minimised(determinised(new Fragments(grammar, knows)));
}

/** Whether the words are a whole utterance of the grammar. */
export function accepts(automaton: WordAutomaton, words: readonly string[]): boolean {
  let state: number | undefined = 0;
  for (const word of words) {
    state = automaton.next[state]?.get(word);
    if (state === undefined) return false;
  }
  return automaton.accepting.has(state);
}

/** The automaton with empty moves that follows the shape of the grammar. */
class Fragments {
  readonly words: Map<string, number[]>[] = [];
  readonly empty: number[][] = [];
  readonly start = this.#state();
  readonly end: number;
  readonly #grammar: PhraseGrammar;
  readonly #knows: (word: string) => boolean;

  constructor(grammar: PhraseGrammar, knows: (word: string) => boolean) {
    this.#grammar = grammar;
    this.#knows = knows;
    this.end = this.#add({ kind: "rule", name: grammar.start }, this.start, []);
  }

  /** Adds the phrase after a state; returns the state it ends in. */
  #add(phrase: Phrase, from: number, inside: readonly string[]): number {
    const to = this.#state();
    switch (phrase.kind) {
      case "word": {
        // A word that cannot be recognised leads nowhere: its wordings are left out, the others stay.
        if (!this.#knows(phrase.word)) break;
        const moves = this.words[from] ?? new Map<string, number[]>();
        moves.set(phrase.word, [...(moves.get(phrase.word) ?? []), to]);
        break;
      }
      case "rule": {
        const rule = this.#grammar.rules.get(phrase.name);
        if (rule === undefined) throw new RangeError(`The grammar has no rule <${phrase.name}>`);
        if (inside.includes(phrase.name)) throw new RangeError(`The rule <${phrase.name}> refers to itself`);
        this.#join(this.#add(rule, from, [...inside, phrase.name]), to);
        break;
      }
      case "sequence":
        this.#join(
          phrase.parts.reduce((state, part) => this.#add(part, state, inside), from),
          to,
        );
        break;
      case "choice":
        for (const option of phrase.options) this.#join(this.#add(option, from, inside), to);
        break;
      case "repeat": {
        const again = this.#state();
        this.#join(from, again);
        const end = this.#add(phrase.part, again, inside);
        this.#join(end, again);
        this.#join(phrase.atLeast === 0 ? again : end, to);
      }
    }
    return to;
  }

  #state(): number {
    this.words.push(new Map());
    return this.empty.push([]) - 1;
  }

  #join(from: number, to: number): void {
    this.empty[from]?.push(to);
  }
}

function determinised(fragments: Fragments): WordAutomaton {
  const next: Map<string, number>[] = [];
  const accepting = new Set<number>();
  const ids = new Map<string, number>();
  const members: (readonly number[])[] = [];
  function idOf(states: Iterable<number>): number {
    const closed = new Set(states);
    for (const state of closed) for (const more of fragments.empty[state] ?? []) closed.add(more);
    // Only states with something to say or to end matter; the rest would make equal sets look different.
    const core = [...closed]
      .filter((s) => s === fragments.end || (fragments.words[s]?.size ?? 0) > 0)
      .sort((a, b) => a - b);
    const key = core.join(",");
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = members.push(core) - 1;
    ids.set(key, id);
    next.push(new Map());
    if (closed.has(fragments.end)) accepting.add(id);
    return id;
  }
  idOf([fragments.start]);
  for (let id = 0; id < members.length; id++) {
    const targets = new Map<string, number[]>();
    for (const state of members[id] ?? []) {
      for (const [word, to] of fragments.words[state] ?? []) {
        const list = targets.get(word);
        if (list === undefined) targets.set(word, [...to]);
        else list.push(...to);
      }
    }
    for (const [word, states] of targets) next[id]?.set(word, idOf(states));
  }
  return { next, accepting };
}

/** Merges states that can be followed by the same words. A loop keeps its own states, which is right if not smallest. */
function minimised({ next, accepting }: WordAutomaton): WordAutomaton {
  const merged: Map<string, number>[] = [];
  const ends = new Set<number>();
  const known = new Map<string, number>();
  const ids: (number | undefined)[] = [];
  function idOf(state: number): number {
    const done = ids[state];
    if (done !== undefined) return done;
    const isEnd = accepting.has(state);
    const id = merged.push(new Map()) - 1;
    if (isEnd) ends.add(id);
    ids[state] = id;
    const moves = [...(next[state] ?? [])].map(([word, to]): [string, number] => [word, idOf(to)]);
    const key = `${isEnd} ${moves
      .map(([word, to]) => `${word}>${to}`)
      .sort()
      .join(" ")}`;
    const twin = known.get(key);
    if (twin !== undefined) {
      ids[state] = twin;
      return twin;
    }
    known.set(key, id);
    merged[id] = new Map(moves);
    return id;
  }
  idOf(0);
  return withoutDeadEnds({ next: merged, accepting: ends });
}

/** Drops the states from which no utterance can end or that the start does not lead to, and numbers the others anew. */
function withoutDeadEnds({ next, accepting }: WordAutomaton): WordAutomaton {
  const before = next.map((): number[] => []);
  next.forEach((moves, state) => {
    for (const to of moves.values()) before[to]?.push(state);
  });
  const alive = new Set(accepting);
  for (const state of alive) for (const from of before[state] ?? []) alive.add(from);
  const ids = new Map([[0, 0]]);
  for (const state of ids.keys()) {
    for (const to of next[state]?.values() ?? []) if (alive.has(to) && !ids.has(to)) ids.set(to, ids.size);
  }
  const kept = [...ids.keys()].map((state) => {
    const moves = [...(next[state] ?? [])].flatMap(([word, to]): [string, number][] => {
      const id = ids.get(to);
      return id === undefined ? [] : [[word, id]];
    });
    return new Map(moves);
  });
  const ends = [...accepting].flatMap((state) => ids.get(state) ?? []);
  return { next: kept, accepting: new Set(ends) };
}
