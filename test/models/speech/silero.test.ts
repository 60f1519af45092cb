import { expect, test } from "vitest";
import { frameSamples } from "../../../models/roles.ts";
import { Silero, SileroState } from "../../../models/speech/silero.ts";
import { fliteSpeech } from "../../support/flite-voice.ts";

function framed(samples: Int16Array): Int16Array[] {
  return Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, i) =>
    samples.slice(i * frameSamples, (i + 1) * frameSamples),
  );
}

async function scores(silero: Silero, samples: Int16Array): Promise<number[]> {
  const state = new SileroState();
  return Promise.all(framed(samples).map((frame) => silero.score(state, frame)));
}

test("speech is likely while somebody speaks, unlikely in silence", async () => {
  const silero = await Silero.load();
  const quiet = await scores(silero, new Int16Array(40 * frameSamples));
  expect(Math.max(...quiet)).toBeLessThan(0.3);
  const speech = await scores(silero, await fliteSpeech("tell me what time it is in paris", "rms"));
  expect(speech.filter((probability) => probability > 0.5).length).toBeGreaterThan(speech.length / 2);
});

test("streams that share runs score as they do alone", async () => {
  const silero = await Silero.load();
  const lines = await Promise.all(
    ["who are you", "what is seven plus three", "good morning", "tell me a joke"].map((text) =>
      fliteSpeech(text, "awb"),
    ),
  );
  const alone: number[][] = [];
  for (const line of lines) alone.push(await scores(silero, line));
  expect(silero.largestBatch).toBe(1);
  const together = await Promise.all(lines.map((line) => scores(silero, line)));
  expect(silero.largestBatch).toBe(lines.length);
  together.forEach((stream, row) => {
    stream.forEach((probability, frame) => {
      expect(probability).toBeCloseTo(alone[row]?.[frame] ?? Number.NaN, 4);
    });
  });
});

test("a frame of another length is refused and harms nobody", async () => {
  const silero = await Silero.load();
  const state = new SileroState();
  await expect(silero.score(state, new Int16Array(100))).rejects.toThrow("512");
  await expect(silero.score(state, new Int16Array(frameSamples))).resolves.toBeLessThan(0.5);
});
