/** 16-bit little-endian samples, as they cross the wire, and what programs reckon with. */

/** Samples a second on the wire, both ways. */
export const wireRateHz = 24_000;
export const bytesPerSample = 2;

/** @param bytes an odd last byte is half a sample and is left out */
export function samplesOfBytes(bytes: Uint8Array): Int16Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Int16Array(Math.floor(bytes.byteLength / bytesPerSample));
  for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt16(i * bytesPerSample, true);
  return samples;
}

export function bytesOfSamples(samples: Int16Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * bytesPerSample);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => {
    view.setInt16(i * bytesPerSample, sample, true);
  });
  return bytes;
}

/** @returns samples from −1 to 1 */
export function floatsOfSamples(samples: Int16Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(samples.length);
  samples.forEach((sample, i) => {
    floats[i] = sample / 0x8000;
  });
  return floats;
}

/** @param floats from −1 to 1; louder is clipped, not wrapped */
export function samplesOfFloats(floats: Float32Array): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(floats.length);
  floats.forEach((value, i) => {
    samples[i] = Math.max(-0x8000, Math.min(0x7fff, Math.round(value * 0x8000)));
  });
  return samples;
}

/** Loudness as people see it on a meter. @returns 0 (−60 dB or less) to 1 (full scale) */
export function meterLevel(samples: Int16Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += (sample / 0x8000) ** 2;
  const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.max(0, Math.min(1, 1 + decibels / 60));
}
