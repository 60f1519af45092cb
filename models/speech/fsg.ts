import type { WordAutomaton } from "./word-automaton.ts";

/** Probabilities, 0 to 1, of speech about something else: of there being any, and of each of its words and phones. */
export interface GarbageWeights {
  readonly entry: number;
  readonly word: number;
  readonly phone: number;
}

/** How much it costs a word that it is unlikely: 0 nothing, 1 as much as it is. Of 104 sentences in noise 0.5 gets 85 % right, 1 gets 80 %. */
const weight = 0.5;

const least = 1e-4;

/** The same sound as a word or phone of the grammar, but outside it: their names tell the two apart in what the decoder heard. */
export const garbageWord = (word: string): string => `~${word}`;
export const garbagePhone = (phone: string): string => `+${phone.toLowerCase()}+`;
export const isGarbage = (text: string): boolean => /[~+]/.test(text);

/** A finite-state grammar in Sphinx's text format: the automaton, and beside it a loop over words and phones in any order. */
export function fsgText(
  automaton: WordAutomaton,
  other: { readonly words: Iterable<string>; readonly phones: Iterable<string> },
  weights: GarbageWeights,
): string {
  const loop = automaton.next.length;
  const end = loop + 1;
  const lines = ["FSG_BEGIN sotto", `NUM_STATES ${end + 1}`, "START_STATE 0", `FINAL_STATE ${end}`];
  automaton.next.forEach((moves, state) => {
    for (const [word, to] of moves) {
      const likelihood = automaton.likelihood[state]?.get(word) ?? 0;
      lines.push(`TRANSITION ${state} ${to} ${Math.max(likelihood ** weight, least).toFixed(6)} ${word}`);
    }
  });
  for (const state of automaton.accepting) lines.push(`TRANSITION ${state} ${end} 1.0`);
  function addToLoop(name: string, probability: number): void {
    lines.push(`TRANSITION 0 ${loop} ${weights.entry * probability} ${name}`);
    lines.push(`TRANSITION ${loop} ${loop} ${probability} ${name}`);
  }
  for (const word of other.words) addToLoop(garbageWord(word), weights.word);
  for (const phone of other.phones) addToLoop(garbagePhone(phone), weights.phone);
  lines.push(`TRANSITION ${loop} ${end} 1.0`, "FSG_END", "");
  return lines.join("\n");
}
