import { deflateRawSync, inflateRawSync } from "node:zlib";
import { z } from "zod";

const earsOptions = z.object({
  grammar: z.object({
    /** What the recogniser understands, in JSGF. */
    jsgf: z.string(),
    /** How words are said that the package's dictionary lacks: word to ARPAbet phones, as in `{ sotto: "S AA T OW" }`. */
    pronunciations: z.record(z.string(), z.string()),
  }),
  /** Decoders at most; each is a thread that can keep one core busy. */
  maxDecoders: z.number().int().min(1),
});
export type EarsOptions = z.infer<typeof earsOptions>;

/** Options as one command-line argument: they are there again whenever the process is started again. Packed, as Windows allows 32 KB. */
export function packOptions(options: EarsOptions): string {
  return deflateRawSync(JSON.stringify(options)).toString("base64");
}

/** @throws ZodError or SyntaxError when the argument was not made by `packOptions`. */
export function unpackOptions(argument: string): EarsOptions {
  return earsOptions.parse(JSON.parse(inflateRawSync(Buffer.from(argument, "base64")).toString()));
}
