import { describe, expect, test } from "vitest";
import { type AudioFrame, frameSamples, type Stt, sampleRateHz, type Transcript } from "../../models/roles.ts";

const frameMs = (frameSamples / sampleRateHz) * 1_000;

/** Audio as a session hands it over: whole frames, as fast as they are taken. */
export async function* framesOf(samples: Int16Array): AsyncGenerator<AudioFrame, void, void> {
  for (let frame = 0; frame * frameSamples < samples.length; frame += 1) {
    const part = new Int16Array(frameSamples);
    part.set(samples.subarray(frame * frameSamples, (frame + 1) * frameSamples));
    yield { samples: part, atMs: frame * frameMs };
  }
}

export async function heard(transcripts: AsyncIterable<Transcript>): Promise<Transcript[]> {
  const all: Transcript[] = [];
  for await (const transcript of transcripts) all.push(transcript);
  return all;
}

/** An engine and something that it understands; `open` readies it for one utterance of `text`. */
export interface SttUnderTest {
  readonly stt: Stt;
  readonly text: string;
  readonly audio: Int16Array;
}

/** What every recogniser must do. */
export function sttContract(name: string, open: () => Promise<SttUnderTest>): void {
  describe(`${name} as a recogniser`, () => {
    test("an utterance ends in exactly one final transcript, which says what was said", async () => {
      const { stt, text, audio } = await open();
      const all = await heard(stt.transcribe(framesOf(audio), new AbortController().signal));
      expect(all.filter((transcript) => transcript.final)).toHaveLength(1);
      expect(all.at(-1)).toMatchObject({ text, final: true, rejected: false });
    });

    test("an utterance without audio is final, empty and not rejected", async () => {
      const { stt } = await open();
      const all = await heard(stt.transcribe(framesOf(new Int16Array(0)), new AbortController().signal));
      expect(all).toHaveLength(1);
      expect(all[0]).toMatchObject({ text: "", final: true, rejected: false });
    });

    test("an abort ends an utterance whose audio never ends", async () => {
      const { stt, audio } = await open();
      const controller = new AbortController();
      async function* endless(): AsyncGenerator<AudioFrame, void, void> {
        yield* framesOf(audio.subarray(0, 4 * frameSamples));
        controller.abort(new Error("enough"));
        await new Promise(() => undefined);
      }
      await expect(heard(stt.transcribe(endless(), controller.signal))).rejects.toThrow("enough");
    });

    test("a signal that is already aborted hears nothing", async () => {
      const { stt, audio } = await open();
      const signal = AbortSignal.abort(new Error("too late"));
      await expect(heard(stt.transcribe(framesOf(audio), signal))).rejects.toThrow("too late");
    });

    test("whoever stops listening early can go on with the next utterance", async () => {
      const { stt, text, audio } = await open();
      for await (const _first of stt.transcribe(framesOf(new Int16Array(0)), new AbortController().signal)) break;
      const again = await open();
      const all = await heard(again.stt.transcribe(framesOf(audio), new AbortController().signal));
      expect(all.at(-1)?.text).toBe(text);
      expect(stt).toBeDefined();
    });
  });
}
