import type { Loudspeaker, PlayedReport } from "../loudspeaker.ts";
import { reportEveryMs } from "../loudspeaker.ts";
import { floatsOfSamples, samplesOfFloats, wireRateHz } from "../pcm16.ts";
import { PlaybackQueue } from "../playback-queue.ts";

/** A real loudspeaker also waits a little before it begins. */
const prefillFrames = wireRateHz * 0.04;
/** Between two answers in what is kept. */
const pauseFrames = wireRateHz * 0.3;

/** A loudspeaker that nobody hears: it plays as fast as it is told that time passes, and keeps what it played. */
export class VirtualSpeaker implements Loudspeaker {
  readonly #report: (played: PlayedReport) => void;
  readonly #queue: PlaybackQueue;
  readonly #heard: Int16Array[] = [];
  #lastKey: string | null = null;
  #sinceReport = 0;

  constructor(report: (played: PlayedReport) => void) {
    this.#report = report;
    this.#queue = new PlaybackQueue({
      prefillFrames,
      report: ({ key, frames, playing }) => report({ itemId: key, playedSamples: frames, playing }),
    });
  }

  get idle(): boolean {
    return this.#queue.empty;
  }

  /** Everything that was played, answers set apart by a short pause, at 24 kHz. */
  get heard(): Int16Array<ArrayBuffer> {
    const all = new Int16Array(this.#heard.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#heard) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  play(itemId: string, samples: Int16Array): void {
    this.#queue.push(itemId, floatsOfSamples(samples));
  }

  end(itemId: string): void {
    this.#queue.end(itemId);
  }

  clear(): void {
    this.#queue.clear();
  }

  drop(itemId: string): void {
    this.#queue.drop(itemId);
  }

  /** Lets so many frames of time pass. */
  advance(frames: number): void {
    const before = this.#queue.current;
    const output = new Float32Array(frames);
    this.#queue.pull(output);
    const after = this.#queue.current;
    if (before && (after?.key !== before.key || after.frames > before.frames || before.frames > 0))
      this.#keep(before.key, output);
    this.#sinceReport += frames;
    if (!after || after.frames === 0) return;
    const first = before?.key !== after.key || before.frames === 0;
    if (!first && this.#sinceReport < (wireRateHz * reportEveryMs) / 1_000) return;
    this.#sinceReport = 0;
    this.#report({ itemId: after.key, playedSamples: after.frames, playing: true });
  }

  #keep(key: string, output: Float32Array): void {
    if (this.#lastKey !== null && this.#lastKey !== key) this.#heard.push(new Int16Array(pauseFrames));
    this.#lastKey = key;
    this.#heard.push(samplesOfFloats(output));
  }
}
