import { z } from "zod";
import { fliteVoices } from "./flite-voices.ts";

/** What the parent asks the mouth process to say. */
export const speakParams = z.object({
  text: z.string(),
  voice: z.enum(fliteVoices),
  speed: z.number().min(0.25).max(4),
});
export type SpeakParams = z.infer<typeof speakParams>;

/** What comes back, piece by piece: 16 kHz mono. */
export const spokenPart = z.object({ samples: z.instanceof(Int16Array) });
