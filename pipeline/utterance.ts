import type { Clock } from "../models/clock.ts";
import { type AudioFrame, frameSamples, type Models, sampleRateHz, type Transcript } from "../models/roles.ts";
import { Channel } from "./flow/channel.ts";
import { childOf, type Scope } from "./flow/scope.ts";
import { transcribe } from "./stages/transcribe.ts";
import type { WordsSoFar } from "./stages/turn.ts";

export interface UtteranceOptions {
  readonly number: number;
  readonly startMs: number;
  readonly preRoll: readonly AudioFrame[];
  readonly models: Models;
  readonly clock: Clock;
  readonly onPartial: (utterance: Utterance, text: string) => void;
  /** Once, after `end`. */
  readonly onFinal: (utterance: Utterance, transcript: Transcript) => void;
  /** Once, at any time; nothing follows it. */
  readonly onError: (utterance: Utterance, message: string) => void;
}

const frameMs = (frameSamples * 1_000) / sampleRateHz;

/** One run of the recogniser over the utterance as far as it goes. */
interface Attempt {
  readonly frames: Channel<AudioFrame>;
  readonly scope: Scope;
  /** Tells that the last frame has been handed over. */
  readonly close: () => void;
  closed: boolean;
  final: Transcript | undefined;
}

/**
 * What one person says in one go, on its way to words. In a pause the recogniser already finishes with what it has, so
 * that the words are there when the turn is held to be over; if the person goes on, it starts again from the beginning.
 */
export class Utterance {
  readonly number: number;
  readonly startMs: number;
  /** End of the last frame of speech. */
  lastSpeechMs: number;
  /** Where the stretch of speech that is going on began; an utterance may have several. */
  speechStartMs: number;
  readonly #options: UtteranceOptions;
  readonly #life: Scope;
  readonly #all: AudioFrame[];
  #attempt: Attempt;
  #words: WordsSoFar = { text: "", complete: undefined };
  #ended = false;
  #delivered = false;

  constructor(options: UtteranceOptions, nowMs: number, signal: AbortSignal) {
    this.#options = options;
    this.number = options.number;
    this.startMs = options.startMs;
    this.lastSpeechMs = nowMs;
    this.speechStartMs = nowMs;
    this.#life = childOf(signal);
    this.#all = [...options.preRoll];
    this.#attempt = this.#begin();
  }

  get words(): WordsSoFar {
    return this.#words;
  }

  add(frame: AudioFrame): void {
    this.#all.push(frame);
    // Silence after the pause was noticed is of no use to the recogniser; it is there when speech goes on.
    if (!this.#attempt.closed) this.#attempt.frames.push(frame);
  }

  /** Enough silence that this may be the end. */
  pause(): void {
    this.#close(this.#attempt);
  }

  /** It was not. */
  resume(): void {
    if (!this.#attempt.closed || this.#ended) return;
    this.#attempt.scope[Symbol.dispose]();
    this.#attempt = this.#begin();
  }

  /** The turn is over: the transcript is wanted, now or as soon as it is known. */
  end(): void {
    this.#ended = true;
    this.#close(this.#attempt);
    this.#deliver();
  }

  drop(): void {
    this.#delivered = true;
    this.#life[Symbol.dispose]();
  }

  #begin(): Attempt {
    const frames = new Channel<AudioFrame>();
    for (const frame of this.#all) frames.push(frame);
    let ended: (audioMs: number) => void = () => undefined;
    const audioEnded = new Promise<number>((resolve) => {
      ended = resolve;
    });
    const close = (): void => {
      frames.close();
      ended(this.#all.length * frameMs);
    };
    const attempt: Attempt = { frames, scope: childOf(this.#life.signal), close, closed: false, final: undefined };
    this.#run(attempt, audioEnded).catch((error: unknown) => {
      if (attempt.scope.signal.aborted || this.#delivered) return;
      this.#delivered = true;
      this.#options.onError(this, error instanceof Error ? error.message : String(error));
      this.drop();
    });
    return attempt;
  }

  async #run(attempt: Attempt, audioEnded: Promise<number>): Promise<void> {
    const { models, clock } = this.#options;
    const { signal } = attempt.scope;
    for await (const transcript of transcribe(attempt.frames, { models, clock, audioEnded }, signal)) {
      if (signal.aborted) return;
      const { text, complete } = transcript;
      this.#words = { text, complete };
      if (transcript.final) attempt.final = transcript;
      else if (!this.#ended) this.#options.onPartial(this, text);
    }
    this.#deliver();
  }

  #deliver(): void {
    const { final } = this.#attempt;
    if (!this.#ended || this.#delivered || final === undefined) return;
    this.#delivered = true;
    this.#options.onFinal(this, final);
    this.#life[Symbol.dispose]();
  }

  #close(attempt: Attempt): void {
    if (attempt.closed) return;
    attempt.closed = true;
    attempt.close();
  }
}
