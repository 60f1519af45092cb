import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

/** Recordings of people, kept beside the checkout and never in it. */
const folder = new URL("../../../shared/audio/", import.meta.url);

export const hasRecordings: boolean = existsSync(folder);
/** For the title of a test that is skipped without them. */
export const recordingsNote: string = hasRecordings ? "" : " (skipped: no recordings in ../shared/audio)";

/** The samples of a 16 kHz mono WAV file with a plain header. */
export function recording(name: string): Int16Array {
  const wav = readFileSync(new URL(name, folder));
  return new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length - (wav.length % 2)));
}

const marks = z.object({
  how: z.string(),
  utterances: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]))),
});

/** Where people begin and end to speak in each recording, in seconds. */
export function speechMarks(): Readonly<Record<string, readonly (readonly [number, number])[]>> {
  const file = new URL("../fixtures/speech-marks.json", import.meta.url);
  return marks.parse(JSON.parse(readFileSync(file, "utf8"))).utterances;
}
