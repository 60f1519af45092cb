import { existsSync, readFileSync } from "node:fs";
import { createResampler } from "../../pipeline/realtime/resampler.ts";
import { samplesOfFloats, wireRateHz } from "../pcm16.ts";
import { fileFault } from "./file-fault.ts";
import { TalkFailure } from "./talk-options.ts";
import { readWav, WavError } from "./wav-reader.ts";

/** One thing to say, and when. */
export interface PlannedTurn {
  readonly what: { readonly type: "sound"; readonly name: string; readonly samples: Int16Array } | TypedTurn;
  /** Cuts in so long after the answer before began to be heard; null waits until it is over. */
  readonly cutInMs: number | null;
}
interface TypedTurn {
  readonly type: "text";
  readonly text: string;
}

/** Reads everything before the conversation begins, so that a mistake in the third name does not spoil the first two. */
export function planTurns(
  files: readonly string[],
  text: string | readonly string[] | undefined = [],
): readonly PlannedTurn[] {
  const texts = typeof text === "string" ? [text] : text;
  if (texts.some((words) => words.trim() === ""))
    throw new TalkFailure('--text needs words, such as --text "what time is it".');
  const typed = texts.map((words): PlannedTurn => ({ what: { type: "text", text: words }, cutInMs: null }));
  return [...typed, ...files.map(planFile)];
}

/** @param given a file's name, or `name@800` */
export function planFile(given: string): PlannedTurn {
  const [, path, after] = existsSync(given) ? [] : (/^(.+)@(\d{1,6})$/.exec(given) ?? []);
  const name = path ?? given;
  return { what: { type: "sound", name, samples: soundOf(name) }, cutInMs: after === undefined ? null : Number(after) };
}

/** @returns the file's sound at the wire's rate */
function soundOf(path: string): Int16Array {
  try {
    const { rateHz, samples } = readWav(readFileSync(path));
    if (samples.length === 0) throw new WavError("empty: there is no sound in it");
    const resampler = createResampler(rateHz, wireRateHz);
    const head = samplesOfFloats(resampler.push(samples));
    const tail = samplesOfFloats(resampler.flush());
    const all = new Int16Array(head.length + tail.length);
    all.set(head);
    all.set(tail, head.length);
    return all;
  } catch (error) {
    if (error instanceof WavError) throw new TalkFailure(`${path} is ${error.message}`);
    if (error instanceof Error && "code" in error) throw unreadable(path, error);
    throw error;
  }
}

function unreadable(path: string, error: Error): TalkFailure {
  const why = `Cannot read ${path}: ${fileFault(error, "read")}`;
  const [, file] = /^(.+)@[^/@]*$/.exec(path) ?? [];
  if (file === undefined || !existsSync(file)) return new TalkFailure(why);
  return new TalkFailure(`${why}. To cut into the answer before, say after how many milliseconds: ${file}@900`);
}
