import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import createModule, { type Decoder, type SoundSwallowerModule } from "soundswallower";
import { z } from "zod";
import { sampleRateHz } from "../roles.ts";
import { convictionOf, convinces, type Demand, type Stretch } from "./conviction.ts";
import { denoise } from "./denoise.ts";
import type { DecoderFiles } from "./ears-messages.ts";
import { isGarbage } from "./fsg.ts";
import { withoutSilence } from "./loud-frames.ts";
import { sttModelFolder } from "./stt-grammar.ts";
import { lowered } from "./voice-height.ts";

const featureSettings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** Below this the utterance is decoded as one in noise. */
const noisyBelowDb = 25;

/**
 * When words are believed. Measured with test/bench/stt.bench.ts: in quiet, right words leave out 0.07 of the speech at worst; where the
 * search went astray they leave out 0.16 and more. In noise what is left of it looks like speech. A way out of the grammar that is
 * dearer, and a closer look at what came out, keep more right words and fewer wrong ones than either alone.
 */
const demands = {
  quiet: { leastFitPerS: -0.45, mostUnexplained: 0.12 },
  noisy: { leastFitPerS: -0.46, mostUnexplained: 0.3 },
};
/** Speech about something else is seldom this short, and the book's own is most easily mistaken for it when it is. */
const secondLookSamples = 2.6 * sampleRateHz;

interface Beams {
  readonly beam: number;
  readonly pbeam: number;
  readonly wbeam: number;
  readonly maxhmmpf?: number;
  /** Gaussians that count for a sound; 4 without. */
  readonly topn?: number;
}

/** What a decoder gives up early. In noise, and for words said unclearly, the right ones look bad for a while. */
const quietBeams = { beam: 1e-48, pbeam: 1e-48, wbeam: 7e-29 };
/** Wide, but with a cap on how much is followed at once, which is what wide beams cost most for. */
const noisyBeams = { beam: 1e-72, pbeam: 1e-72, wbeam: 1e-52, maxhmmpf: 3_000, topn: 8 };

/** Decodes whole utterances against one grammar. Synchronous, so it belongs in a thread of its own. */
export class PhraseDecoder {
  readonly #quiet: Decoder;
  /** Slower; loaded when the first utterances may already come. */
  #noisy: Decoder | undefined;

  private constructor(quiet: Decoder) {
    this.#quiet = quiet;
  }

  /** Gives a decoder that can be used, and a promise of its being as good as it gets. */
  static async load(
    files: DecoderFiles,
  ): Promise<{ readonly decoder: PhraseDecoder; readonly complete: Promise<void> }> {
    const options: Partial<SoundSwallowerModule> & { readonly modelBase: string } = { modelBase: sttModelFolder() };
    const module = await createModule(options);
    // The package reads its settings, grammar and dictionary from files only.
    const folder = await mkdtemp(join(tmpdir(), "sotto-ears-"));
    const remove = (): Promise<void> => rm(folder, { recursive: true });
    const load = async (fsg: string, beams: Beams): Promise<Decoder> => {
      const decoder = new module.Decoder({
        samprate: sampleRateHz,
        featparams: join(folder, "features.json"),
        dict: join(folder, "words.dict"),
        fsg: join(folder, fsg),
        // A pause or a breath between words costs little.
        silprob: 0.1,
        loglevel: "FATAL",
        ...beams,
      });
      await decoder.initialize();
      return decoder;
    };
    try {
      const settings = join(sttModelFolder(), "en-us", "feat_params.json");
      // We take noise out ourselves: the package's way costs more words than it saves.
      const features = { ...featureSettings.parse(JSON.parse(await readFile(settings, "utf8"))), remove_noise: false };
      await writeFile(join(folder, "features.json"), JSON.stringify(features));
      await writeFile(join(folder, "words.dict"), padded(files.dictionary));
      await writeFile(join(folder, "quiet.fsg"), padded(files.fsg));
      await writeFile(join(folder, "noisy.fsg"), padded(files.noisyFsg));
      const decoder = new PhraseDecoder(await load("quiet.fsg", quietBeams));
      const finish = async (): Promise<void> => {
        try {
          decoder.#noisy = await load("noisy.fsg", noisyBeams);
        } finally {
          await remove();
        }
      };
      return { decoder, complete: finish() };
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** The words of the grammar that were said, none when it was anything else; of `partial` audio, the words that have been said so far. */
  decode(samples: Int16Array, partial: boolean): readonly string[] {
    const { samples: quieter, signalToNoiseDb } = denoise(Float32Array.from(samples, (sample) => sample / 32_768));
    const isNoisy = signalToNoiseDb < noisyBelowDb;
    const clean = lowered(isNoisy ? withoutSilence(quieter) : quieter);
    const noisy = this.#noisy ?? this.#quiet;
    const first = textOf(isNoisy ? noisy : this.#quiet, clean, partial);
    if (partial) return wordsOf(first);
    if (isNoisy) return believed(noisy, first, clean, demands.noisy);
    const words = believed(this.#quiet, first, clean, demands.quiet);
    if (words.length > 0 || (isGarbage(first) && samples.length > secondLookSamples)) return words;
    // Short, or given up on the way: look again, more patiently.
    return believed(noisy, textOf(noisy, clean, false), clean, demands.quiet);
  }
}

/** The words of a decoder's last utterance if they are of the grammar and fit. */
function believed(decoder: Decoder, text: string, samples: Float32Array, demand: Demand): readonly string[] {
  const words = wordsOf(text);
  return words.length > 0 && convinces(convictionOf(stretchesOf(decoder), samples), demand) ? words : [];
}

function wordsOf(text: string): readonly string[] {
  return text === "" || isGarbage(text) ? [] : text.split(" ");
}

/** The last utterance's words and silences. The decoder writes `<sil>` or `[NOISE]` where nobody speaks, and `(NULL)` at the end of the grammar. */
function stretchesOf(decoder: Decoder): readonly Stretch[] {
  const stretches = decoder.get_alignment().w ?? [];
  return stretches
    .filter(({ t }) => t !== "(NULL)")
    .map(({ t, b, d, p }) => ({ kind: /^[<[]/.test(t) ? "silence" : "word", startS: b, durationS: d, probability: p }));
}

/**
 * soundswallower 0.6.3 writes a zero one byte behind the memory that it takes for a file. That harms nothing unless the file just
 * fills what the allocator hands out, in steps of 8 bytes with 4 of its own; empty lines keep us away from that.
 */
function padded(text: string): string {
  return text + "\n".repeat((8 - (Buffer.byteLength(text) % 8)) % 8);
}

function textOf(decoder: Decoder, samples: Float32Array, partial: boolean): string {
  decoder.start();
  // All at once: only then are the features normalised over the whole utterance rather than by what came before.
  decoder.process_audio(samples, false, true);
  // Once stopped, the decoder only knows whole utterances of the grammar.
  const soFar = partial ? decoder.get_text() : "";
  decoder.stop();
  return partial ? soFar : decoder.get_text();
}
