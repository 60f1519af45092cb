import { heldBack } from "./held-back.ts";
import type { GeneratedPart } from "./server.ts";

export interface AssemblerOptions<T> {
  /** Text of `tokens` when they follow `before`. */
  readonly detokenize: (tokens: readonly T[], before: readonly T[]) => string;
  /** The last tokens of the prompt. */
  readonly before: readonly T[];
  readonly stop: readonly string[];
  readonly emit: (part: GeneratedPart) => void;
}

/** Makes text out of generated tokens: whole characters only, and nothing of what may become a stop string. */
export interface TextAssembler<T> {
  /** True when a stop string is complete; nothing more may then be pushed. */
  push(token: T, probability: number): boolean;
  /** Emits what was held back; for output that ended by itself. */
  end(): void;
}

/** A character is at most four bytes, so at most four tokens; more than that is not going to be one. */
const longestCharacterTokens = 4;
/** Tokens a tokenizer needs to see before a word to know whether a space belongs there. */
const contextTokens = 4;

export function createTextAssembler<T>(options: AssemblerOptions<T>): TextAssembler<T> {
  let before = options.before.slice(-contextTokens);
  let partial: T[] = [];
  let held = "";
  let leastProbability = 1;

  function pass(text: string): void {
    if (text === "") return;
    options.emit({ text, probability: leastProbability });
    leastProbability = 1;
  }

  /** How many of the tokens are certain to end between two characters; the rest may be the beginning of one. */
  function wholeTokens(text: string): number {
    if (!text.endsWith("\uFFFD")) return partial.length;
    if (partial.length < longestCharacterTokens) return 0;
    for (let count = partial.length - 1; count > 0; count -= 1) {
      const head = partial.slice(0, count);
      const tail = options.detokenize(partial.slice(count), [...before, ...head]);
      if (options.detokenize(head, before) + tail === text) return count;
    }
    return partial.length;
  }

  return {
    push(token, probability) {
      leastProbability = Math.min(leastProbability, probability);
      partial.push(token);
      const whole = wholeTokens(options.detokenize(partial, before));
      if (whole === 0) return false;
      const taken = partial.slice(0, whole);
      held += options.detokenize(taken, before);
      before = [...before, ...taken].slice(-contextTokens);
      partial = partial.slice(whole);
      const stopAt = Math.min(...options.stop.map((stop) => held.indexOf(stop)).filter((at) => at >= 0));
      if (Number.isFinite(stopAt)) {
        pass(held.slice(0, stopAt));
        return true;
      }
      const keep = heldBack(held, options.stop);
      pass(held.slice(0, held.length - keep));
      held = held.slice(held.length - keep);
      return false;
    },
    end() {
      pass(held + (partial.length === 0 ? "" : options.detokenize(partial, before)));
    },
  };
}
