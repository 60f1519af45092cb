import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeWav } from "../../clients/mic/wav-writer.ts";

/** One thing that a microphone hears. */
export interface Heard {
  readonly atMs: number;
  readonly samples: Int16Array;
}

/** Writes what a microphone will hear, with silence in between, as a WAV file. @returns its path */
export function writeMicrophoneFile(heard: readonly Heard[], rateHz: number, lastsMs: number): string {
  const all = new Int16Array((lastsMs * rateHz) / 1_000);
  for (const { atMs, samples } of heard) all.set(samples, Math.round((atMs * rateHz) / 1_000));
  const path = join(mkdtempSync(join(tmpdir(), "sotto-microphone-")), "microphone.wav");
  writeFileSync(path, writeWav(all, rateHz));
  return path;
}

export function tone(ms: number, hertz: number, rateHz: number): Int16Array {
  return Int16Array.from(
    { length: (ms * rateHz) / 1_000 },
    (_, i) => 12_000 * Math.sin((2 * Math.PI * hertz * i) / rateHz),
  );
}
