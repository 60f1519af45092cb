/** Sound from a file. */
export interface WavAudio {
  readonly rateHz: number;
  /** Mono, −1 to 1; several channels are averaged. */
  readonly samples: Float32Array<ArrayBuffer>;
}

/** The file is no WAV file, or one of a kind that we cannot read. The message says which, without the file's name. */
export class WavError extends Error {
  override readonly name = "WavError";
}

/**
 * Reads PCM of 8, 16, 24 or 32 bits and IEEE floats of 32 or 64 bits, also as WAVE_FORMAT_EXTENSIBLE. A file that was
 * cut off, or written by a recorder that never filled in its sizes, is read as far as it goes.
 *
 * Written here because the npm decoders that still live know no EXTENSIBLE header or throw on unfinished files.
 */
export function readWav(file: Uint8Array): WavAudio {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12 || tag(view, 0) !== "RIFF" || tag(view, 8) !== "WAVE") {
    throw new WavError("not a WAV file (it does not begin with RIFF … WAVE)");
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const name = tag(view, at);
    const start = at + 8;
    const bytes = Math.min(view.getUint32(at + 4, true), file.length - start);
    if (name === "fmt ") format = readFormat(view, start, bytes);
    if (name === "data") {
      if (!format) throw new WavError("damaged: its sound comes before the description of its format");
      return readSamples(new DataView(view.buffer, view.byteOffset + start, bytes), format);
    }
    at = start + bytes + (bytes % 2);
  }
  throw new WavError("damaged: it has no sound in it");
}

interface Format {
  readonly channels: number;
  readonly rateHz: number;
  readonly bytes: number;
  readonly float: boolean;
}

const pcm = 1;
const ieeeFloat = 3;
const extensible = 0xfffe;

function readFormat(view: DataView, at: number, bytes: number): Format {
  if (bytes < 16) throw new WavError("damaged: the description of its format is cut off");
  const given = view.getUint16(at, true);
  // The sub-format's first two bytes are the old code; the rest is the same for all.
  const code = given === extensible && bytes >= 40 ? view.getUint16(at + 24, true) : given;
  const channels = view.getUint16(at + 2, true);
  const rateHz = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  const known = code === pcm ? [8, 16, 24, 32].includes(bits) : code === ieeeFloat && [32, 64].includes(bits);
  if (!known) throw new WavError(`in a format that is not read here (code ${code}, ${bits} bits); PCM with 16 bits is`);
  if (channels === 0 || rateHz < 1_000 || rateHz > 768_000) {
    throw new WavError(`damaged: it claims ${channels} channels at ${rateHz} Hz`);
  }
  return { channels, rateHz, bytes: bits / 8, float: code === ieeeFloat };
}

function readSamples(view: DataView, format: Format): WavAudio {
  const { channels, rateHz, bytes } = format;
  const value = sampleReader(format);
  const samples = new Float32Array(Math.floor(view.byteLength / (bytes * channels)));
  for (let i = 0; i < samples.length; i += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += value(view, (i * channels + channel) * bytes);
    samples[i] = sum / channels;
  }
  return { rateHz, samples };
}

function sampleReader({ bytes, float }: Format): (view: DataView, at: number) => number {
  if (float)
    return bytes === 4
      ? (view, at) => finite(view.getFloat32(at, true))
      : (view, at) => finite(view.getFloat64(at, true));
  switch (bytes) {
    case 1:
      return (view, at) => (view.getUint8(at) - 128) / 128;
    case 2:
      return (view, at) => view.getInt16(at, true) / 0x8000;
    case 3:
      return (view, at) => (view.getInt8(at + 2) * 0x10000 + view.getUint16(at, true)) / 0x800000;
    default:
      return (view, at) => view.getInt32(at, true) / 0x80000000;
  }
}

function finite(value: number): number {
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}
