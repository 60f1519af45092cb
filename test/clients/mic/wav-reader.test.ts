import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readWav, WavError } from "../../../clients/mic/wav-reader.ts";
import { writeWav } from "../../../clients/mic/wav-writer.ts";
import { floatsOfSamples } from "../../../clients/pcm16.ts";

interface Kind {
  readonly code: number;
  readonly bits: number;
  readonly channels?: number;
  readonly extensible?: boolean;
  readonly write: (view: DataView, at: number, value: number) => void;
}

/** A WAV file by hand, with a chunk that nobody knows before the sound. */
function wavOf(kind: Kind, values: readonly number[], rateHz = 16_000): Uint8Array {
  const { code, bits, channels = 1, extensible = false, write } = kind;
  const formatBytes = extensible ? 40 : 16;
  const dataBytes = (values.length * bits) / 8;
  const file = new Uint8Array(12 + 8 + formatBytes + 8 + 4 + 8 + dataBytes);
  const view = new DataView(file.buffer);
  const tag = (at: number, text: string): void => {
    for (const [i, char] of [...text].entries()) view.setUint8(at + i, char.charCodeAt(0));
  };
  tag(0, "RIFF");
  view.setUint32(4, file.length - 8, true);
  tag(8, "WAVEfmt ");
  view.setUint32(16, formatBytes, true);
  view.setUint16(20, extensible ? 0xfffe : code, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rateHz, true);
  view.setUint16(34, bits, true);
  if (extensible) view.setUint16(44, code, true);
  let at = 20 + formatBytes;
  tag(at, "LIST");
  // An odd length is followed by one byte of padding.
  view.setUint32(at + 4, 3, true);
  at += 12;
  tag(at, "data");
  view.setUint32(at + 4, dataBytes, true);
  for (const [i, value] of values.entries()) write(view, at + 8 + (i * bits) / 8, value);
  return file;
}

const kinds: Readonly<Record<string, Kind>> = {
  "8 bits": { code: 1, bits: 8, write: (view, at, value) => view.setUint8(at, 128 + value * 128) },
  "16 bits": { code: 1, bits: 16, write: (view, at, value) => view.setInt16(at, value * 0x8000, true) },
  "24 bits": {
    code: 1,
    bits: 24,
    write: (view, at, value) => {
      const whole = value * 0x800000;
      view.setUint8(at, whole & 255);
      view.setUint8(at + 1, (whole >> 8) & 255);
      view.setUint8(at + 2, (whole >> 16) & 255);
    },
  },
  "32 bits": { code: 1, bits: 32, write: (view, at, value) => view.setInt32(at, value * 0x80000000, true) },
  "32-bit floats": { code: 3, bits: 32, write: (view, at, value) => view.setFloat32(at, value, true) },
  "64-bit floats": { code: 3, bits: 64, write: (view, at, value) => view.setFloat64(at, value, true) },
};
const values = [0, 0.5, -0.5, 0.25, -1, -0.25];

describe.each(Object.entries(kinds))("%s", (_, kind) => {
  test("are read", () => {
    expect([...readWav(wavOf(kind, values)).samples]).toEqual(values);
  });
  test("are read under an extensible header", () => {
    expect([...readWav(wavOf({ ...kind, extensible: true }, values)).samples]).toEqual(values);
  });
  test("of two channels are averaged", () => {
    expect([...readWav(wavOf({ ...kind, channels: 2 }, values)).samples]).toEqual([0.25, -0.125, -0.625]);
  });
});

test("what was written is read back", () => {
  fc.assert(
    fc.property(fc.int16Array(), fc.integer({ min: 8_000, max: 96_000 }), (samples, rateHz) => {
      expect(readWav(writeWav(samples, rateHz))).toEqual({ rateHz, samples: floatsOfSamples(samples) });
    }),
  );
});

test("a file that was cut off is read as far as it goes", () => {
  const whole = writeWav(Int16Array.of(1, 2, 3, 4), 24_000);
  expect(readWav(whole.subarray(0, whole.length - 3)).samples.length).toBe(2);
});

test("a recorder that never filled in the length is no obstacle", () => {
  const file = writeWav(Int16Array.of(1, 2, 3), 24_000);
  new DataView(file.buffer).setUint32(40, 0xffffffff, true);
  expect(readWav(file).samples.length).toBe(3);
});

test.each([
  ["text", new TextEncoder().encode("hello, I am not a sound file at all"), /not a WAV/],
  ["nothing", new Uint8Array(0), /not a WAV/],
  ["no sound", writeWav(Int16Array.of(1), 24_000).subarray(0, 36), /no sound/],
  ["compressed sound", wavOf({ code: 85, bits: 16, write: () => undefined }, [0]), /code 85, 16 bits/],
  ["no channels", wavOf({ code: 1, bits: 16, channels: 0, write: () => undefined }, [0]), /0 channels/],
])("%s is refused with the reason", (_, file, reason) => {
  expect(() => readWav(file)).toThrow(WavError);
  expect(() => readWav(file)).toThrow(reason);
});

test("any damage is either read or refused, never anything else", () => {
  const file = wavOf(
    { code: 1, bits: 16, write: (view, at, value) => view.setInt16(at, value * 0x8000, true) },
    values,
  );
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.nat(255), fc.nat(file.length), (at, value, length) => {
      const broken = file.slice(0, length);
      if (at < broken.length) broken[at] = value;
      try {
        for (const sample of readWav(broken).samples) expect(Math.abs(sample)).toBeLessThanOrEqual(1);
      } catch (error) {
        expect(error).toBeInstanceOf(WavError);
      }
    }),
    { numRuns: 1_000 },
  );
});
