import type { Phrase, PhraseGrammar } from "./jsgf.ts";

/** A move to another state, and how likely it is among all that its state has: 0 to 1. */
export interface Move {
  readonly to: number;
  readonly likelihood: number;
}

/** The automaton with empty moves that follows the shape of a grammar. */
export class PhraseStates {
  readonly words: Map<string, Move[]>[] = [];
  readonly empty: Move[][] = [];
  readonly start = this.#state();
  readonly end: number;
  readonly #grammar: PhraseGrammar;
  readonly #knows: (word: string) => boolean;

  /** @throws RangeError when a rule is missing or refers to itself. */
  constructor(grammar: PhraseGrammar, knows: (word: string) => boolean) {
    this.#grammar = grammar;
    this.#knows = knows;
    this.end = this.#add({ kind: "rule", name: grammar.start }, { from: this.start, likelihood: 1 }, []);
  }

  /** Adds the phrase after a state, whose moves into it are as likely as given together; returns the state it ends in. */
  #add(phrase: Phrase, at: Place, inside: readonly string[]): number {
    const { from, likelihood } = at;
    const to = this.#state();
    switch (phrase.kind) {
      case "word": {
        // A word that cannot be recognised leads nowhere: its wordings are left out, the others stay.
        if (!this.#knows(phrase.word)) break;
        const moves = this.words[from] ?? new Map<string, Move[]>();
        moves.set(phrase.word, [...(moves.get(phrase.word) ?? []), { to, likelihood }]);
        break;
      }
      case "rule": {
        const rule = this.#grammar.rules.get(phrase.name);
        if (rule === undefined) throw new RangeError(`The grammar has no rule <${phrase.name}>`);
        if (inside.includes(phrase.name)) throw new RangeError(`The rule <${phrase.name}> refers to itself`);
        this.#join(this.#add(rule, at, [...inside, phrase.name]), to, 1);
        break;
      }
      case "sequence": {
        const last = phrase.parts.reduce<Place>(
          (place, part) => ({ from: this.#add(part, place, inside), likelihood: 1 }),
          at,
        );
        this.#join(last.from, to, last.likelihood);
        break;
      }
      case "choice": {
        const { options, weights = [] } = phrase;
        const total = options.reduce((sum, _, i) => sum + (weights[i] ?? 1), 0);
        options.forEach((option, i) => {
          const share = (likelihood * (weights[i] ?? 1)) / total;
          this.#join(this.#add(option, { from, likelihood: share }, inside), to, 1);
        });
        break;
      }
      case "repeat": {
        const again = this.#state();
        this.#join(from, again, likelihood);
        // After each time, and before the first where there need not be one, it ends as often as it goes on.
        const mayEndAt = phrase.atLeast === 0 ? again : undefined;
        const end = this.#add(phrase.part, { from: again, likelihood: mayEndAt === undefined ? 1 : 0.5 }, inside);
        this.#join(end, again, mayEndAt === undefined ? 0.5 : 1);
        this.#join(mayEndAt ?? end, to, 0.5);
      }
    }
    return to;
  }

  #state(): number {
    this.words.push(new Map());
    return this.empty.push([]) - 1;
  }

  #join(from: number, to: number, likelihood: number): void {
    this.empty[from]?.push({ to, likelihood });
  }
}

/** A state, and how likely what is added there is among all that the state has. */
interface Place {
  readonly from: number;
  readonly likelihood: number;
}
