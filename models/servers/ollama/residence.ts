import type { LossCause, Share } from "../model-server.ts";
import type { RunningModel } from "./answers.ts";

/** A model as it was in Ollama's list when it had been loaded. */
export interface Residence {
  readonly name: string;
  readonly digest: string;
  readonly contextTokens: number | undefined;
  readonly vramBytes: number;
  readonly pinned: boolean;
}

/** Far more than anyone would keep an idle model, and far less than Ollama's "for ever" (292 years). */
const aYearMs = 365 * 24 * 60 * 60 * 1_000;

/** `keep_alive: 0` sets the end to now; the model stays in the list until its process is gone. */
const leavingMs = 1_000;

export function residenceOf(entry: RunningModel, pinned: boolean): Residence {
  const { name, digest, context_length: contextTokens, size_vram: vramBytes } = entry;
  return { name, digest, contextTokens, vramBytes, pinned };
}

/** Whether an entry of the list is this model, perhaps in another version or under another name. */
export function isSame(model: { readonly name: string; readonly digest: string }, entry: RunningModel): boolean {
  return entry.name === model.name || entry.digest === model.digest;
}

/** What became of a model, going by Ollama's list; undefined when it is as it was. */
export function lossOf(was: Residence, running: readonly RunningModel[], now: Date): LossCause | undefined {
  const is = running.find((entry) => isSame(was, entry));
  if (is === undefined) return "evicted";
  if (is.digest !== was.digest || is.context_length !== was.contextTokens) return "reloaded";
  if (is.size_vram < was.vramBytes) return "spilled";
  if (!was.pinned || is.expires_at === undefined) return undefined;
  // Ours has no end. Now it has: another program's call changed that, or brought the model back after it was evicted.
  const leftMs = new Date(is.expires_at).getTime() - now.getTime();
  if (leftMs < leavingMs) return "evicted";
  return leftMs < aYearMs ? "reloaded" : undefined;
}

/**
 * Where a loaded model's bytes are, in Ollama's own words: since 0.30 read from the runner's log, before that its prediction.
 * @param parts How it is divided over GPUs, parts of 1.
 */
export function sharesOf(entry: RunningModel, parts: ReadonlyMap<string, number>): readonly Share[] {
  const ramBytes = entry.size - entry.size_vram;
  return [
    ...(entry.size_vram > 0
      ? [...parts].map(([pool, part]) => ({ pool, bytes: Math.round(entry.size_vram * part) }))
      : []),
    ...(ramBytes > 0 ? [{ pool: "ram", bytes: ramBytes }] : []),
  ];
}
