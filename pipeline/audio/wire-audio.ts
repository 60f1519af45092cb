import g711 from "alawmulaw";
import { sampleRateHz } from "../../models/roles.ts";
import { createResampler } from "../realtime/resampler.ts";
import { fromBytes, toBytes, toFloat, toInt16 } from "./pcm.ts";

/** The audio formats of the wire. */
export type WireFormat = "audio/pcm" | "audio/pcmu" | "audio/pcma";

/** Samples per second of a format: 24 kHz for PCM, 8 kHz for G.711. */
export function wireRateHz(format: WireFormat): number {
  return format === "audio/pcm" ? 24_000 : 8_000;
}

/** From the wire's bytes to 16 kHz samples; carries filter state and a split sample from chunk to chunk. */
export interface WireDecoder {
  push(bytes: Uint8Array): Int16Array;
}

export function createWireDecoder(format: WireFormat): WireDecoder {
  const resampler = createResampler(wireRateHz(format), sampleRateHz);
  let odd: Uint8Array = new Uint8Array(0);
  return {
    push(bytes) {
      if (format !== "audio/pcm") return toInt16(resampler.push(toFloat(g711Of(format).decode(bytes))));
      const joined = odd.length === 0 ? bytes : concat(odd, bytes);
      odd = joined.slice(joined.length - (joined.length % 2));
      return toInt16(resampler.push(toFloat(fromBytes(joined.subarray(0, joined.length - odd.length)))));
    },
  };
}

/** From 16 kHz samples to the wire's bytes. One encoder serves one spoken item, from its first sample to its flush. */
export interface WireEncoder {
  push(samples: Int16Array): Uint8Array;
  flush(): Uint8Array;
}

export function createWireEncoder(format: WireFormat): WireEncoder {
  const resampler = createResampler(sampleRateHz, wireRateHz(format));
  const encode = (samples: Int16Array): Uint8Array =>
    format === "audio/pcm" ? toBytes(samples) : g711Of(format).encode(samples);
  return {
    push: (samples) => encode(toInt16(resampler.push(toFloat(samples)))),
    flush: () => encode(toInt16(resampler.flush())),
  };
}

function g711Of(format: Exclude<WireFormat, "audio/pcm">): typeof g711.mulaw {
  return format === "audio/pcmu" ? g711.mulaw : g711.alaw;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
