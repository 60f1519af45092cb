import { z } from "zod";
import { fliteVoices } from "./flite-voices.ts";

/** What the parent asks the mouth process to say. */
export const speakParams = z.object({
  text: z.string(),
  voice: z.enum(fliteVoices),
  speed: z.number().min(0.25).max(4),
});
export type SpeakParams = z.infer<typeof speakParams>;

/** What comes back: the sound of a piece, 16 kHz mono, and behind it when its words are heard in the whole sound. */
export const spokenPart = z.union([
  z.object({ samples: z.instanceof(Int16Array) }),
  z.object({
    words: z.array(z.object({ index: z.number(), startSample: z.number(), endSample: z.number() })).readonly(),
  }),
]);
export type SpokenPart = z.infer<typeof spokenPart>;
