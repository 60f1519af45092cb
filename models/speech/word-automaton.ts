import type { PhraseGrammar } from "./jsgf.ts";
import { PhraseStates } from "./phrase-states.ts";

/** A deterministic automaton over words, as small as it can be. State 0 is the start. */
export interface WordAutomaton {
  /** For each state: the words that may follow and the states they lead to. */
  readonly next: readonly ReadonlyMap<string, number>[];
  /** The states in which an utterance may end. */
  readonly accepting: ReadonlySet<number>;
  /** For each state: how likely each of its words is, 0 to 1, where all options of each choice in the grammar are. */
  readonly likelihood: readonly ReadonlyMap<string, number>[];
}

/** An automaton with how often each move is made in an utterance: what its likelihoods come from. */
interface Travelled extends Omit<WordAutomaton, "likelihood"> {
  readonly traffic: readonly ReadonlyMap<string, number>[];
}

/**
 * Compiles a grammar. Wordings that begin or end alike share their states, which is what makes decoding fast.
 * @throws RangeError when a rule is missing or refers to itself: what people say is finite or written with `*`.
 */
export function compileGrammar(grammar: PhraseGrammar, knows: (word: string) => boolean): WordAutomaton {
  return withoutDeadEnds(minimised(determinised(new PhraseStates(grammar, knows))));
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

function determinised(phrases: PhraseStates): Travelled {
  const next: Map<string, number>[] = [];
  const accepting = new Set<number>();
  const ids = new Map<string, number>();
  const members: (readonly number[])[] = [];
  function idOf(states: Iterable<number>): number {
    const closed = new Set(states);
    for (const state of closed) for (const { to } of phrases.empty[state] ?? []) closed.add(to);
    // Only states with something to say or to end matter; the rest would make equal sets look different.
    const core = [...closed]
      .filter((s) => s === phrases.end || (phrases.words[s]?.size ?? 0) > 0)
      .sort((a, b) => a - b);
    const key = core.join(",");
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = members.push(core) - 1;
    ids.set(key, id);
    next.push(new Map());
    if (closed.has(phrases.end)) accepting.add(id);
    return id;
  }
  idOf([phrases.start]);
  for (let id = 0; id < members.length; id++) {
    const targets = new Map<string, number[]>();
    for (const state of members[id] ?? []) {
      for (const [word, moves] of phrases.words[state] ?? []) {
        const list = targets.get(word) ?? [];
        targets.set(word, list);
        for (const { to } of moves) list.push(to);
      }
    }
    for (const [word, states] of targets) next[id]?.set(word, idOf(states));
  }
  return { next, accepting, traffic: trafficOf(next, phrases) };
}

/** How often each move of a deterministic automaton is made in an utterance. Ways back to an earlier state are not followed. */
function trafficOf(next: readonly ReadonlyMap<string, number>[], phrases: PhraseStates): Map<string, number>[] {
  const traffic = next.map(() => new Map<string, number>());
  /** How often an utterance comes to each state, and as which of the phrases' states. */
  const arrivals = next.map(() => new Map<number, number>());
  const add = <Key>(to: Map<Key, number> | undefined, key: Key, times: number): unknown =>
    to?.set(key, (to.get(key) ?? 0) + times);
  function arrive(at: Map<number, number> | undefined, state: number, times: number): void {
    add(at, state, times);
    if (times < negligible) return;
    for (const { to, likelihood } of phrases.empty[state] ?? []) arrive(at, to, times * likelihood);
  }
  arrive(arrivals[0], phrases.start, 1);
  const passed = new Set<number>();
  for (const state of inOrder(next)) {
    passed.add(state);
    for (const [from, times] of arrivals[state] ?? []) {
      for (const [word, moves] of phrases.words[from] ?? []) {
        const target = next[state]?.get(word);
        for (const { to, likelihood } of moves) {
          add(traffic[state], word, times * likelihood);
          if (target !== undefined && !passed.has(target)) arrive(arrivals[target], to, times * likelihood);
        }
      }
    }
  }
  return traffic;
}

/** A loop of empty moves ends here. */
const negligible = 1e-12;

/** States so that each comes after those that lead to it, as far as there are no loops. */
function inOrder(next: readonly ReadonlyMap<string, number>[]): readonly number[] {
  const seen = new Set<number>();
  const last: number[] = [];
  function visit(state: number): void {
    if (seen.has(state)) return;
    seen.add(state);
    for (const to of next[state]?.values() ?? []) visit(to);
    last.push(state);
  }
  visit(0);
  return last.reverse();
}

/** Merges states that can be followed by the same words. A loop keeps its own states, which is right if not smallest. */
function minimised({ next, accepting, traffic }: Travelled): Travelled {
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
  const together = merged.map(() => new Map<string, number>());
  traffic.forEach((moves, state) => {
    const at = together[ids[state] ?? -1];
    for (const [word, times] of moves) at?.set(word, (at.get(word) ?? 0) + times);
  });
  return { next: merged, accepting: ends, traffic: together };
}

/** Drops the states from which no utterance can end or that the start does not lead to, and numbers the others anew. */
function withoutDeadEnds({ next, accepting, traffic }: Travelled): WordAutomaton {
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
  const likelihood = [...ids.keys()].map((state, id) => {
    const times = [...(kept[id]?.keys() ?? [])].map((word): [string, number] => [word, traffic[state]?.get(word) ?? 0]);
    const total = times.reduce((sum, [, each]) => sum + each, 0);
    return new Map(times.map(([word, each]) => [word, total === 0 ? 1 / times.length : each / total]));
  });
  return { next: kept, accepting: new Set(ends), likelihood };
}
