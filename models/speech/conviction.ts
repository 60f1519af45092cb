import { sampleRateHz } from "../roles.ts";
import { loudFrameSamples, loudFrames } from "./loud-frames.ts";

/** A stretch of an utterance as a decoder aligned it: one word, or what it took for silence. */
export interface Stretch {
  readonly kind: "word" | "silence";
  readonly startS: number;
  readonly durationS: number;
  /** Of the whole stretch, 0 to 1: a product over its frames, against the best that any sound could have done. */
  readonly probability: number;
}

export interface Conviction {
  /** How well the words fit their audio: the natural logarithm of their probability, per second; 0 at best. */
  readonly fitPerS: number;
  readonly wordsS: number;
  /** The share of the loud audio, 0 to 1, that was taken for silence. */
  readonly unexplained: number;
}

/** What is asked of words before they are believed. */
export interface Demand {
  readonly leastFitPerS: number;
  readonly mostUnexplained: number;
}

/** One sound said badly, as a logarithm: forgiven whatever the length, so that short utterances may fit worse on average. */
const forgiven = 0.17;

const frameS = loudFrameSamples / sampleRateHz;
/** The decoder prints three decimals; less than half of the last says nothing. */
const leastProbability = 0.0005;

/**
 * How much there is behind the words of a whole utterance. A decoder gives up what looks bad for a while; when everything else has
 * been given up, the words that are left come out as if they fitted, stretched or with speech taken for silence.
 */
export function convictionOf(stretches: readonly Stretch[], samples: Float32Array): Conviction {
  const words = stretches.filter(({ kind }) => kind === "word");
  const logProbability = words.reduce(
    (sum, { probability }) => sum + Math.log(Math.max(probability, leastProbability)),
    0,
  );
  const wordsS = words.reduce((sum, { durationS }) => sum + durationS, 0);
  const loud = loudFrames(samples);
  const unheard = loud.filter((frame) =>
    stretches.some(
      ({ kind, startS, durationS }) =>
        kind === "silence" && frame * frameS >= startS && frame * frameS < startS + durationS,
    ),
  );
  return {
    fitPerS: logProbability / Math.max(wordsS, frameS),
    wordsS,
    unexplained: unheard.length / Math.max(loud.length, 1),
  };
}

export function convinces({ fitPerS, wordsS, unexplained }: Conviction, demand: Demand): boolean {
  return fitPerS * wordsS + forgiven >= demand.leastFitPerS * wordsS && unexplained <= demand.mostUnexplained;
}
