import { createResampler, type Resampler } from "../../pipeline/realtime/resampler.ts";
import { reportEveryMs } from "../loudspeaker.ts";
import { wireRateHz } from "../pcm16.ts";
import { PlaybackQueue, type Played } from "../playback-queue.ts";
import type { PlaybackOrder, PlaybackReport } from "./playback-messages.ts";

const prefillMs = 100;

/** Plays answers as they come and says how far it is. */
class Playback extends AudioWorkletProcessor {
  readonly #queue = new PlaybackQueue({
    prefillFrames: Math.round((sampleRate * prefillMs) / 1_000),
    report: (played) => this.#report(played),
  });
  #resampled: { readonly key: string; readonly resampler: Resampler } | undefined;
  #quietFrames = Number.POSITIVE_INFINITY;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<PlaybackOrder>) => this.#obey(data);
  }

  process(_inputs: unknown, outputs: readonly (readonly Float32Array[])[]): boolean {
    const [first, ...others] = outputs[0] ?? [];
    if (!first) return true;
    this.#queue.pull(first);
    for (const other of others) other.set(first);
    this.#quietFrames += first.length;
    const { current } = this.#queue;
    if (current && current.frames > 0 && this.#quietFrames >= (sampleRate * reportEveryMs) / 1_000)
      this.#report(current);
    return true;
  }

  #obey(order: PlaybackOrder): void {
    switch (order.do) {
      case "play":
        this.#queue.push(order.key, this.#resampler(order.key).push(order.samples));
        break;
      case "end":
        if (this.#resampled?.key === order.key) this.#queue.push(order.key, this.#resampled.resampler.flush());
        this.#queue.end(order.key);
        break;
      case "drop":
        this.#queue.drop(order.key);
        break;
      case "clear":
        this.#queue.clear();
        break;
      default:
        order satisfies never;
    }
  }

  /** Answers come one after the other; each begins with a clean filter. */
  #resampler(key: string): Resampler {
    if (this.#resampled?.key !== key) {
      this.#resampled = { key, resampler: createResampler(wireRateHz, Math.round(sampleRate)) };
    }
    return this.#resampled.resampler;
  }

  #report({ key, frames, playing }: Played): void {
    this.#quietFrames = playing ? 0 : Number.POSITIVE_INFINITY;
    const report: PlaybackReport = { key, playedSamples: Math.round((frames * wireRateHz) / sampleRate), playing };
    this.port.postMessage(report);
  }
}

registerProcessor("playback", Playback);
