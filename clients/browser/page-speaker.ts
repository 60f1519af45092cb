import type { Loudspeaker, PlayedReport } from "../loudspeaker.ts";
import { floatsOfSamples, wireRateHz } from "../pcm16.ts";
import type { PlaybackOrder, PlaybackReport } from "./playback-messages.ts";

/** Plays through an AudioWorklet. Until one is attached, which takes a click, it keeps what it is given. */
export class PageSpeaker implements Loudspeaker {
  readonly #report: (played: PlayedReport) => void;
  #waiting: PlaybackOrder[] = [];
  #node: AudioWorkletNode | undefined;
  #mute = false;
  readonly #ended = new Set<string>();
  readonly #received = new Map<string, number>();

  constructor(report: (played: PlayedReport) => void) {
    this.#report = report;
  }

  /** @param node the worklet `playback`, running in `context` */
  attach(node: AudioWorkletNode, context: AudioContext): void {
    node.port.onmessage = ({ data }: MessageEvent<PlaybackReport>) => {
      // What was handed to the device is heard a little later.
      const delay = Math.round((context.outputLatency || context.baseLatency || 0) * wireRateHz);
      const playedSamples = Math.max(0, data.playedSamples - delay);
      if (data.playing && playedSamples === 0) return;
      if (data.playing) this.#report({ itemId: data.key, playedSamples, playing: true });
      else this.#over(data, playedSamples);
    };
    this.#node = node;
    for (const order of this.#waiting) this.#send(order);
    this.#waiting = [];
  }

  /** There will be no sound on this page. Answers then count as heard as soon as they have come, so that they show. */
  giveUp(): void {
    this.#mute = true;
    for (const order of this.#waiting) this.#skip(order);
    this.#waiting = [];
  }

  play(itemId: string, samples: Int16Array): void {
    this.#received.set(itemId, (this.#received.get(itemId) ?? 0) + samples.length);
    this.#send({ do: "play", key: itemId, samples: floatsOfSamples(samples) });
  }

  end(itemId: string): void {
    this.#ended.add(itemId);
    this.#send({ do: "end", key: itemId });
  }

  clear(): void {
    this.#send({ do: "clear" });
  }

  drop(itemId: string): void {
    this.#send({ do: "drop", key: itemId });
  }

  /** Played to its end, all of it was or will be heard; silenced, only what had left the device. */
  #over(report: PlaybackReport, playedSamples: number): void {
    const received = this.#received.get(report.key) ?? 0;
    const whole = this.#ended.has(report.key) && report.playedSamples >= received - 1;
    this.#received.delete(report.key);
    this.#ended.delete(report.key);
    this.#report({ itemId: report.key, playedSamples: whole ? received : playedSamples, playing: false });
  }

  #send(order: PlaybackOrder): void {
    if (this.#mute) this.#skip(order);
    else if (this.#node) this.#node.port.postMessage(order);
    else this.#waiting.push(order);
  }

  #skip(order: PlaybackOrder): void {
    if (order.do !== "end" && order.do !== "drop") return;
    const playedSamples = this.#received.get(order.key) ?? 0;
    this.#received.delete(order.key);
    this.#report({ itemId: order.key, playedSamples, playing: false });
  }
}
