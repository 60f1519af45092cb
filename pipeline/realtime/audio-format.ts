import { z } from "zod";

/** The audio formats of the wire: 16-bit little-endian mono at 24 kHz, or 8-bit G.711 at 8 kHz. */
export const audioFormatSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("audio/pcm"), rate: z.literal(24_000).default(24_000) }),
  z.strictObject({ type: z.literal("audio/pcmu"), rate: z.literal(8_000).optional() }).transform(withoutRate),
  z.strictObject({ type: z.literal("audio/pcma"), rate: z.literal(8_000).optional() }).transform(withoutRate),
]);
export type AudioFormat = z.output<typeof audioFormatSchema>;

export const pcm24k: AudioFormat = { type: "audio/pcm", rate: 24_000 };

/** Samples a second. */
export function rateHz(format: AudioFormat): number {
  return format.type === "audio/pcm" ? 24_000 : 8_000;
}

export function bytesPerSample(format: AudioFormat): number {
  return format.type === "audio/pcm" ? 2 : 1;
}

function withoutRate<T extends "audio/pcmu" | "audio/pcma">(format: {
  type: T;
  rate?: 8_000 | undefined;
}): { type: T } {
  return { type: format.type };
}
