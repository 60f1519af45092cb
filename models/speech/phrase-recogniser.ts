import { sampleRateHz, type Transcript } from "../roles.ts";
import type { DecoderPool } from "./decoder-pool.ts";
import { accepts, type WordAutomaton } from "./word-automaton.ts";

/** Longer than anything in a phrase book: it is rejected without looking. */
const longestSamples = 15 * sampleRateHz;
/** New audio before a partial result is worth its work. */
const partialStepSamples = 0.16 * sampleRateHz;
/** A partial decodes the utterance from its start; each waits for this share of it to be new, so that the work stays in proportion. */
const partialShare = 0.15;

export interface PhraseRecogniser {
  readonly pool: DecoderPool;
  readonly automaton: WordAutomaton;
}

/** Writes down one utterance: partial results while its audio arrives, then one final. Partials may be skipped, audio never is. */
export async function recognise(
  { pool, automaton }: PhraseRecogniser,
  input: AsyncIterable<Int16Array>,
  emit: (transcript: Transcript) => void,
  signal: AbortSignal,
): Promise<void> {
  const heard = new Recording();
  let atLastPartial = 0;
  let partial: Promise<void> | undefined;
  let ended = false;
  let shown = "";
  async function showPartial(): Promise<void> {
    atLastPartial = heard.length;
    const words = await pool.decode(heard.samples(), "partial", signal);
    const text = words.join(" ");
    if (ended || text === shown) return;
    shown = text;
    emit({ text, final: false, rejected: false, complete: accepts(automaton, words) });
  }
  for await (const samples of input) {
    heard.add(samples);
    const fresh = heard.length - atLastPartial;
    const due = fresh >= partialStepSamples && fresh >= heard.length * partialShare;
    if (partial === undefined && due && heard.length <= longestSamples) {
      partial = showPartial()
        .catch(() => undefined)
        .finally(() => {
          partial = undefined;
        });
    }
  }
  ended = true;
  signal.throwIfAborted();
  const words =
    heard.length === 0 || heard.length > longestSamples ? [] : await pool.decode(heard.samples(), "final", signal);
  const rejected = words.length === 0 && heard.length > 0;
  emit({ text: words.join(" "), final: true, rejected, complete: !rejected });
}

/** Audio that grows at its end. */
class Recording {
  #buffer = new Int16Array(4 * sampleRateHz);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(samples: Int16Array): void {
    // What is too long to be decoded only has to be known to be so.
    if (this.#length > longestSamples) return;
    if (this.#length + samples.length > this.#buffer.length) {
      const larger = new Int16Array(2 * this.#buffer.length + samples.length);
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(samples, this.#length);
    this.#length += samples.length;
  }

  samples(): Int16Array {
    return this.#buffer.slice(0, this.#length);
  }
}
