import { createResampler } from "../../pipeline/realtime/resampler.ts";
import { samplesOfFloats, wireRateHz } from "../pcm16.ts";

/** One message a quantum would be 375 a second. */
const batchFrames = wireRateHz * 0.02;

/** Posts the microphone's sound, 24 kHz and 16 bit, every 20 ms as an Int16Array. */
class Capture extends AudioWorkletProcessor {
  readonly #resampler = createResampler(Math.round(sampleRate), wireRateHz);
  readonly #batch = new Float32Array(batchFrames);
  #filled = 0;

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const channel = inputs[0]?.[0];
    // No channel means that the microphone is not connected just now.
    if (!channel) return true;
    const sound = this.#resampler.push(channel);
    for (let at = 0; at < sound.length; ) {
      const count = Math.min(sound.length - at, batchFrames - this.#filled);
      this.#batch.set(sound.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === batchFrames) this.#post();
    }
    return true;
  }

  #post(): void {
    this.#filled = 0;
    const samples = samplesOfFloats(this.#batch);
    this.port.postMessage(samples, [samples.buffer]);
  }
}

registerProcessor("capture", Capture);
