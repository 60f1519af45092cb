import { type AudioFrame, frameSamples, sampleRateHz } from "../../models/roles.ts";

/** Cuts chunks of any size into frames of `frameSamples`, stamped by their place since the first sample. */
export interface Framer {
  push(samples: Int16Array): AudioFrame[];
  /** Milliseconds of audio received so far. */
  readonly receivedMs: number;
}

export function createFramer(): Framer {
  const pending = new Int16Array(frameSamples);
  let filled = 0;
  let framed = 0;
  return {
    push(samples) {
      const frames: AudioFrame[] = [];
      for (let offset = 0; offset < samples.length; ) {
        const taken = samples.subarray(offset, offset + frameSamples - filled);
        pending.set(taken, filled);
        filled += taken.length;
        offset += taken.length;
        if (filled < frameSamples) break;
        frames.push({ samples: pending.slice(), atMs: (framed * 1_000) / sampleRateHz });
        framed += frameSamples;
        filled = 0;
      }
      return frames;
    },
    get receivedMs() {
      return ((framed + filled) * 1_000) / sampleRateHz;
    },
  };
}
