import { systemClock } from "../../models/clock.ts";
import type { HostProcess } from "../../models/host/host-process.ts";
import { fliteTts, mouthProcess } from "../../models/speech/flite-tts.ts";
import { toBytes, toFloat, toInt16 } from "../../pipeline/audio/pcm.ts";
import { createResampler } from "../../pipeline/realtime/resampler.ts";

/** People made of flite: lines of speech at 24 kHz, as a microphone would send them. */
export class SpokenLines implements AsyncDisposable {
  readonly #host: HostProcess = mouthProcess({ clock: systemClock, log: () => undefined });

  /** 24 kHz samples of a line, with a little silence before it. */
  async line(text: string, voice = "awb"): Promise<Int16Array> {
    await this.#host.ready();
    const samples: number[] = [];
    const { signal } = new AbortController();
    for await (const frame of fliteTts(this.#host).speak(text, { voice, speed: 1 }, signal))
      samples.push(...frame.samples);
    const resampler = createResampler(16_000, 24_000);
    const speech = [...resampler.push(toFloat(Int16Array.from(samples))), ...resampler.flush()];
    const pad = new Array<number>(4_800).fill(0);
    return toInt16(Float32Array.from([...pad, ...speech]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
  }
}

/** Sends audio as a microphone does: 20 ms of it every 20 ms, and silence whenever nobody speaks. */
export class TestMicrophone implements Disposable {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #timer: NodeJS.Timeout;
  #queue: Int16Array[] = [];
  #sentMs = 0;
  readonly #startedMs = systemClock.nowMs();

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
    this.#timer = setInterval(() => this.#tick(), 10);
  }

  /** Says a line; resolves within 10 ms of its last sample being sent. */
  async say(samples: Int16Array): Promise<void> {
    for (let at = 0; at < samples.length; at += 480) {
      const chunk = new Int16Array(480);
      chunk.set(samples.subarray(at, at + 480));
      this.#queue.push(chunk);
    }
    while (this.#queue.length > 0) await systemClock.sleep(5);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#queue = [];
  }

  #tick(): void {
    const dueMs = systemClock.nowMs() - this.#startedMs;
    for (; this.#sentMs < dueMs; this.#sentMs += 20) this.#send(toBytes(this.#queue.shift() ?? new Int16Array(480)));
  }
}

/** A loudspeaker that nobody hears: it knows how long it plays what it was given, 24 kHz PCM, as it comes. */
export class TestLoudspeaker {
  #receivedMs = 0;
  #endsMs = 0;

  play(bytes: number): void {
    this.#receivedMs += bytes / 48;
    this.#endsMs = Math.max(this.#endsMs, systemClock.nowMs()) + bytes / 48;
  }

  /** Somebody cut in: what was not played yet never is. */
  flush(): void {
    this.#endsMs = 0;
  }

  get receivedMs(): number {
    return this.#receivedMs;
  }

  get silent(): boolean {
    return systemClock.nowMs() >= this.#endsMs;
  }
}
