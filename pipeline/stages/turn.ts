/** When is the speaker done? By silence alone (`server_vad`), or by silence weighed with the words so far (`semantic_vad`). */
export type TurnRule =
  | { readonly type: "silence"; readonly silenceMs: number }
  | { readonly type: "semantic"; readonly eagerness: "low" | "medium" | "high" | "auto" };

/** The newest partial transcript of the utterance, as far as it matters here. */
export interface WordsSoFar {
  readonly text: string;
  /** The words could be a whole utterance; undefined when the recogniser cannot tell. */
  readonly complete: boolean | undefined;
}

/** Silence in mid-sentence, after a word that nobody ends on. The longest pauses inside a sentence are about this long. */
const danglingMs = { low: 3_000, medium: 1_500, auto: 1_500, high: 900 } as const;
/** Silence after words that make a whole utterance. People pause this long between clauses, rarely inside one. */
const completeMs = { low: 600, medium: 360, auto: 360, high: 260 } as const;
/** Silence after words of which nobody knows whether they are whole: what dialogue systems use as a plain time-out. */
const unknownMs = { low: 1_200, medium: 700, auto: 700, high: 500 } as const;

/** Words that a person goes on after: articles, prepositions, conjunctions, auxiliaries, fillers. */
const danglingWords = new Set(
  (
    "a an the of to in on at for from with by about into and or but so because if that which who whose my your our their its " +
    "is are was were be can could will would should do does did what's um uh er plus minus times divided over"
  ).split(" "),
);

/** Silence after which the turn is over, given the rule and the words so far. */
export function endpointSilenceMs(rule: TurnRule, words: WordsSoFar): number {
  if (rule.type === "silence") return rule.silenceMs;
  if (words.text === "") return unknownMs[rule.eagerness];
  if (words.complete === true) return completeMs[rule.eagerness];
  const lastWord = words.text.toLowerCase().split(/\s+/).at(-1) ?? "";
  if (danglingWords.has(lastWord)) return danglingMs[rule.eagerness];
  // A grammar that knows the sentence is unfinished is only a hint: people also stop in mid-phrase and expect an answer.
  if (words.complete === false) return Math.min(unknownMs[rule.eagerness] * 1.5, danglingMs[rule.eagerness]);
  return unknownMs[rule.eagerness];
}
