import { execFile } from "node:child_process";
import { findProgram } from "./search-path.ts";

/**
 * The sound server's source with the loudspeaker's sound taken out of it, if one is set up (PipeWire's and PulseAudio's
 * module-echo-cancel). @returns its name; null when there is none, or nobody to ask
 */
export function echoCancelledSource(env: Readonly<Record<string, string | undefined>>): Promise<string | null> {
  const pactl = findProgram("pactl", env);
  if (pactl === undefined) return Promise.resolve(null);
  return new Promise((resolve) => {
    execFile(pactl, ["list", "short", "sources"], { timeout: 1_000 }, (error, stdout) => {
      resolve(error ? null : sourceIn(stdout));
    });
  });
}

/** Lines of `pactl list short sources`: number, name, module, format, state, set apart by tabs. */
export function sourceIn(listing: string): string | null {
  const names = listing.split("\n").map((line) => line.split("\t")[1] ?? "");
  return names.find((name) => /echo[-_.]?cancel/i.test(name) && !name.endsWith(".monitor")) ?? null;
}
