import { z } from "zod";

/** What the ears say about themselves when they are ready. */
export const earsInfo = z.object({
  vad: z.string(),
  stt: z.string(),
  /** Words of the grammar that the recogniser cannot pronounce; wordings with them are not understood. */
  missingWords: z.array(z.string()),
});
export type EarsInfo = z.infer<typeof earsInfo>;

/** Input of both methods of the ears' process: a stretch of audio. */
export const audio: z.ZodType<Int16Array> = z.instanceof(Int16Array);

/** Part of a `vad` call: one for each frame, in order. */
export const probability: z.ZodNumber = z.number();

/** Part of a `transcribe` call. */
export const transcript = z.object({
  text: z.string(),
  final: z.boolean(),
  rejected: z.boolean(),
  complete: z.boolean(),
});

/** A grammar for quiet and for noise, and how its words are said, as Sphinx reads them. */
const decoderFiles = z.object({ fsg: z.string(), noisyFsg: z.string(), dictionary: z.string() });
export type DecoderFiles = z.infer<typeof decoderFiles>;

/** What a decoding thread is sent: its files, then jobs, one at a time. */
export const toDecoder = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("load"), files: decoderFiles }),
  z.object({ kind: z.literal("decode"), id: z.number(), samples: audio, partial: z.boolean() }),
]);
export type ToDecoder = z.infer<typeof toDecoder>;

/** What a decoding thread sends: that it is ready, then one line for each job. */
export const decoded = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("failed"), message: z.string() }),
  /** `words` is empty when nothing was understood. */
  z.object({ kind: z.literal("words"), id: z.number(), words: z.array(z.string()) }),
]);
export type Decoded = z.infer<typeof decoded>;
