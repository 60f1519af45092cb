import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import type { HostProcess } from "../../../models/host/host-process.ts";
import type { Tts } from "../../../models/roles.ts";
import { fliteTts, mouthProcess } from "../../../models/speech/flite-tts.ts";
import { scriptedTts } from "../../../models/speech/scripted-tts.ts";
import { spoken, ttsContract } from "../../contracts/tts-contract.ts";

let host: HostProcess;
let flite: Tts;

beforeAll(async () => {
  host = mouthProcess({ clock: systemClock, log: () => undefined });
  flite = fliteTts(host);
  await host.ready();
});
afterAll(async () => host[Symbol.asyncDispose]());

ttsContract("flite", () => Promise.resolve(flite));
ttsContract("the scripted engine", () => Promise.resolve(scriptedTts()));

describe("flite", () => {
  test("speaks at once and pauses at the clause's end: longest after a sentence", async () => {
    for (const voice of ["slt", "rms", "awb", "kal"]) {
      const [sentence, clause, words] = await Promise.all(
        ["All is one.", "All is one,", "All is one"].map(async (text) =>
          silenceMs((await spoken(flite, text, { voice })).samples),
        ),
      );
      for (const at of [sentence, clause, words]) expect(at?.before, voice).toBeLessThan(60);
      expect(sentence?.behind, voice).toBeGreaterThan(100);
      expect(sentence?.behind, voice).toBeLessThan(200);
      expect(clause?.behind, voice).toBeLessThan(150);
      expect(clause?.behind, voice).toBeGreaterThan(words?.behind ?? 0);
      expect(words?.behind, voice).toBeGreaterThan(20);
    }
  });

  test("tells when each word is heard, in all voices, and a last one by itself", async () => {
    for (const voice of ["slt", "rms", "awb", "kal"]) {
      const { frames, samples } = await spoken(flite, "Is it so? It is twenty-five past two, said Ann. Yes!", {
        voice,
      });
      const words = frames.flatMap((frame) => frame.words ?? []);
      expect(
        words.map(({ index }) => index),
        voice,
      ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(samples.length - (words.at(-1)?.endSample ?? 0), voice).toBeLessThan(3_000);
    }
  });

  test("OpenAI's voice names are understood, in any case", async () => {
    const own = await spoken(flite, "Hello.", { voice: "slt" });
    for (const voice of ["alloy", "Coral", "SHIMMER"]) {
      expect((await spoken(flite, "Hello.", { voice })).samples, voice).toEqual(own.samples);
    }
    expect((await spoken(flite, "Hello.", { voice: "cedar" })).samples).not.toEqual(own.samples);
  });

  test("a word that looks like an option is spoken", async () => {
    for (const text of ["--help", "-o /io/text", "-voice nobody", "-"]) {
      const { frames } = await spoken(flite, text, { voice: "kal" });
      expect(frames.length > 0, text).toBe(/[a-z]/.test(text));
    }
  });

  test("any text is survived, in the same process", async () => {
    const pid = host.pid;
    const mixed = fc.string({ unit: "binary", maxLength: 200 });
    const ascii = fc.string({ unit: "binary-ascii", maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(mixed, ascii), async (text) => {
        await spoken(flite, text, { voice: "kal" });
      }),
      { numRuns: 150 },
    );
    expect(host.pid).toBe(pid);
  });

  test("a text as long as a page is spoken whole, in pieces", async () => {
    const sentence = "The quick brown fox jumps over the lazy dog, and then it goes home. ";
    const one = await spoken(flite, sentence, { voice: "kal" });
    const page = await spoken(flite, sentence.repeat(30), { voice: "kal" });
    expect(page.samples.length).toBeGreaterThan(25 * one.samples.length);
    const word = await spoken(flite, "a".repeat(2_000), { voice: "kal" });
    expect(word.samples.length).toBeGreaterThan(0);
  });

  test("a clause does not wait for somebody else's page, nor for one that was aborted", async () => {
    const done: string[] = [];
    const say = async (name: string, text: string, signal?: AbortSignal): Promise<void> => {
      await spoken(flite, text, { voice: "kal" }, signal).catch(() => undefined);
      done.push(name);
    };
    const aborted = new AbortController();
    const page = "The quick brown fox jumps over the lazy dog, and then it goes home. ".repeat(150);
    const all = [say("aborted page", page, aborted.signal), say("page", page)];
    for await (const _ of flite.speak(page, { voice: "kal", speed: 1 }, aborted.signal)) break;
    aborted.abort(new Error("cut"));
    all.push(say("clause", "Here I am."));
    await Promise.all(all);
    expect(done).toEqual(["aborted page", "clause", "page"]);
  });

  test("when its process dies the speaker is told, and the next one is heard again", async () => {
    const pid = host.pid ?? 0;
    const speaking = spoken(flite, "This is cut off by an accident. ".repeat(40), { voice: "slt" });
    process.kill(pid, "SIGKILL");
    await expect(speaking).rejects.toMatchObject({ name: "ModelError", code: "host-exited" });
    await host.ready();
    expect(host.pid).not.toBe(pid);
    expect((await spoken(flite, "Here I am again.", { voice: "slt" })).samples.length).toBeGreaterThan(8_000);
  });
});

function silenceMs(samples: Int16Array): { readonly before: number; readonly behind: number } {
  const loud = Math.max(...samples) / 20;
  const first = samples.findIndex((sample) => Math.abs(sample) > loud);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > loud);
  return { before: first / 16, behind: (samples.length - last) / 16 };
}
