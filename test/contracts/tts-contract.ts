import { describe, expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import { type AudioFrame, type SpeechFrame, sampleRateHz, type Tts } from "../../models/roles.ts";

const never = new AbortController().signal;

/** Everything a speech engine says to a text, as one stretch of sound with its frames. */
export async function spoken(
  tts: Tts,
  text: string,
  options: { readonly voice: string; readonly speed?: number },
  signal: AbortSignal = never,
): Promise<{ readonly frames: readonly SpeechFrame[]; readonly samples: Int16Array }> {
  const frames: SpeechFrame[] = [];
  for await (const frame of tts.speak(text, { voice: options.voice, speed: options.speed ?? 1 }, signal))
    frames.push(frame);
  return { frames, samples: Int16Array.from(frames.flatMap((frame) => [...frame.samples])) };
}

/** What every speech engine must do. `open` gives the engine under test, ready. */
export function ttsContract(name: string, open: () => Promise<Tts>): void {
  describe(`${name} as a speech engine`, () => {
    test("every voice it names can be heard", async () => {
      const tts = await open();
      expect(tts.voices.length).toBeGreaterThan(0);
      for (const voice of tts.voices) {
        const { samples } = await spoken(tts, "Good morning to you.", { voice });
        expect(samples.length, voice).toBeGreaterThan(sampleRateHz / 10);
        expect(Math.max(...samples), voice).toBeGreaterThan(1_000);
      }
    });

    test("frames follow each other without gap or overlap, none longer than 40 ms", async () => {
      const tts = await open();
      const text = "One two three four five six seven eight nine ten. ".repeat(12);
      const { frames } = await spoken(tts, text, { voice: tts.voices[0] ?? "" });
      let sample = 0;
      for (const frame of frames) {
        expect(frame.atMs).toBeCloseTo((sample * 1_000) / sampleRateHz, 6);
        expect(frame.samples.length).toBeGreaterThan(0);
        expect(frame.samples.length).toBeLessThanOrEqual(0.04 * sampleRateHz);
        sample += frame.samples.length;
      }
    });

    test("more words take longer, and twice the speed about half as long", async () => {
      const tts = await open();
      const voice = tts.voices[0] ?? "";
      const short = await spoken(tts, "One two three.", { voice });
      const long = await spoken(tts, "One two three four five six seven eight nine.", { voice });
      const fast = await spoken(tts, "One two three four five six seven eight nine.", { voice, speed: 2 });
      expect(long.samples.length).toBeGreaterThan(1.8 * short.samples.length);
      expect(fast.samples.length / long.samples.length).toBeGreaterThan(0.4);
      expect(fast.samples.length / long.samples.length).toBeLessThan(0.65);
    });

    test("words are timed in order and within the sound, or not at all", async () => {
      const tts = await open();
      const text = "Well, one  two three. - “Four” five, 6 seven eight: nine ten eleven twelve! ".repeat(6);
      const written = text.match(/\S+/g) ?? [];
      for (const speed of [1, 1.7]) {
        const { frames, samples } = await spoken(tts, text, { voice: tts.voices[1] ?? "", speed });
        const words = frames.flatMap((frame) => frame.words ?? []);
        let before = { index: 0, endSample: 0 };
        for (const word of words) {
          expect(word.index).toBeGreaterThanOrEqual(before.index);
          expect(word.startSample).toBeGreaterThanOrEqual(before.endSample);
          expect(word.endSample).toBeGreaterThan(word.startSample);
          before = word;
        }
        expect(before.endSample).toBeLessThanOrEqual(samples.length);
        if (words.length === 0) continue;
        const timed = new Set(words.map(({ index }) => index));
        expect(written.filter((word, index) => timed.has(index) !== /\w/.test(word))).toEqual([]);
      }
    });

    test("nothing to say is no sound and no error", async () => {
      const tts = await open();
      for (const text of ["", "   ", "…", "🎉"]) {
        expect((await spoken(tts, text, { voice: tts.voices[0] ?? "" })).frames, text).toEqual([]);
      }
    });

    test("an abort ends the sound before the next frame, with the signal's reason", async () => {
      const tts = await open();
      const controller = new AbortController();
      const reason = new Error("cut");
      const heard: AudioFrame[] = [];
      const speaking = async (): Promise<void> => {
        const voice = tts.voices[0] ?? "";
        const text = "This sentence is far too long to be finished before somebody says stop.";
        for await (const frame of tts.speak(text, { voice, speed: 1 }, controller.signal)) {
          heard.push(frame);
          if (heard.length === 3) controller.abort(reason);
        }
      };
      await expect(speaking()).rejects.toBe(reason);
      expect(heard).toHaveLength(3);
    });

    test("a signal that is already aborted makes no sound", async () => {
      const tts = await open();
      const speaking = spoken(
        tts,
        "Never heard.",
        { voice: tts.voices[0] ?? "" },
        AbortSignal.abort(new Error("before")),
      );
      await expect(speaking).rejects.toThrow("before");
    });

    test("speakers at the same time each get their own words", async () => {
      const tts = await open();
      const voices = [tts.voices[0] ?? "", tts.voices[1] ?? ""];
      const texts = ["The first speaker.", "And here is the second one speaking.", "Three.", "Four and five and six."];
      const all = texts.map((text, i) => ({ text, voice: voices[i % 2] ?? "" }));
      const alone: Int16Array[] = [];
      for (const { text, voice } of all) alone.push((await spoken(tts, text, { voice })).samples);
      const together = await Promise.all(all.map(({ text, voice }) => spoken(tts, text, { voice })));
      for (const [i, { samples }] of together.entries()) expect(samples, texts[i]).toEqual(alone[i]);
    });

    test("one speaker's abort does not touch another", async () => {
      const tts = await open();
      const voice = tts.voices[0] ?? "";
      const controller = new AbortController();
      const alone = await spoken(tts, "I am still speaking.", { voice });
      const cut = spoken(tts, "I am cut off.", { voice }, controller.signal);
      const going = spoken(tts, "I am still speaking.", { voice });
      controller.abort(new Error("cut"));
      await expect(cut).rejects.toThrow("cut");
      expect((await going).samples.length).toBe(alone.samples.length);
    });

    test("an unknown voice is refused by name", async () => {
      const tts = await open();
      const speaking = spoken(tts, "Hello.", { voice: "nobody" });
      await expect(speaking).rejects.toThrow(/"nobody"/);
      await expect(speaking).rejects.toBeInstanceOf(ModelError);
    });
  });
}
