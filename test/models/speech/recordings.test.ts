import { expect, test } from "vitest";
import { Silero } from "../../../models/speech/silero.ts";
import { type NoiseKind, noise, seededNoise } from "../../support/noise.ts";
import { hasRecordings, recording, recordingsNote, speechMarks } from "../../support/recordings.ts";
import { nearest, speechIn } from "../../support/vad-run.ts";

const toleranceS = 0.1;

test.skipIf(!hasRecordings)(
  `people are heard where they speak: every utterance, each edge within 100 ms of its mark${recordingsNote}`,
  async () => {
    const silero = await Silero.load();
    for (const [name, utterances] of Object.entries(speechMarks())) {
      const { starts, ends } = await speechIn(silero, recording(name));
      for (const [start, end] of utterances) {
        expect(Math.abs(nearest(start, starts) - start), `${name}: start at ${start} s`).toBeLessThanOrEqual(
          toleranceS,
        );
        expect(Math.abs(nearest(end, ends) - end), `${name}: end at ${end} s`).toBeLessThanOrEqual(toleranceS);
      }
      const firstMark = utterances[0]?.[0] ?? 0;
      const lastMark = utterances.at(-1)?.[1] ?? 0;
      expect(starts[0], `${name}: nothing before speech`).toBeGreaterThan(firstMark - toleranceS);
      expect(ends.at(-1), `${name}: nothing after it`).toBeLessThan(lastMark + toleranceS);
    }
  },
);

test.each<NoiseKind>(["white", "pink", "babble"])(
  "a minute of %s noise 20 dB below speech starts nothing",
  async (kind) => {
    const silero = await Silero.load();
    const samples = Int16Array.from(noise(60 * 16_000, kind, seededNoise(7)), (value) => Math.round(300 * value));
    expect((await speechIn(silero, samples)).starts).toEqual([]);
  },
);
