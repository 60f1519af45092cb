import fc from "fast-check";
import { expect, test } from "vitest";
import { frameSamples } from "../../../models/roles.ts";
import { initialVadState, stepVad, type VadEvent, type VadState, vadSettings } from "../../../pipeline/stages/vad.ts";

const frameMs = 32;
const samples = new Int16Array(frameSamples);

/** The events of a sequence of probabilities, one a frame. */
function eventsOf(probabilities: readonly number[], settings = vadSettings(0.5)): VadEvent[] {
  let state: VadState = initialVadState;
  return probabilities.flatMap((probability, frame) => {
    const step = stepVad(state, { frame: { samples, atMs: frame * frameMs }, probability }, settings);
    state = step.state;
    return step.events;
  });
}

const edges = (events: readonly VadEvent[]): VadEvent[] =>
  events.filter((event) => event.type === "speech-start" || event.type === "speech-end");
const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);

test("speech begins with its first frame and ends with its last, though both are known later", () => {
  const events = eventsOf([...times(5, 0), ...times(20, 0.9), ...times(10, 0)]);
  expect(edges(events)).toEqual([
    { type: "speech-start", atMs: 5 * frameMs },
    { type: "speech-end", atMs: 24.5 * frameMs },
  ]);
});

test("a click is not speech", () => {
  expect(eventsOf([...times(5, 0), 0.99, 0.99, ...times(20, 0)])).toEqual([]);
});

test("a gap in the first word does not undo it", () => {
  const [start] = edges(eventsOf([0.9, 0.1, 0.9, 0.1, 0.9, 0.9]));
  expect(start).toEqual({ type: "speech-start", atMs: 0 });
});

test("between the two thresholds things stay as they are", () => {
  expect(eventsOf(times(50, 0.4))).toEqual([]);
  expect(edges(eventsOf([...times(5, 0.9), ...times(50, 0.4)]))).toHaveLength(1);
  expect(edges(eventsOf([...times(5, 0.9), ...times(50, 0.3)]))).toHaveLength(2);
});

test("the closure of a consonant is not the end of speech", () => {
  expect(edges(eventsOf([...times(10, 0.9), 0.1, 0.1, ...times(10, 0.9)]))).toHaveLength(1);
});

test("progress counts from the start of speech, silence from its end", () => {
  const events = eventsOf([...times(6, 0.9), ...times(6, 0)]);
  const progress = events.flatMap((event) => (event.type === "speech-progress" ? [event.speechMs] : []));
  const silence = events.flatMap((event) => (event.type === "silence" ? [event.sinceMs] : []));
  expect(progress).toEqual([96, 128, 160, 192, 224, 256]);
  expect(silence).toEqual([112, 144, 176, 208]);
});

test("a lower threshold hears what a higher one does not", () => {
  const murmur = times(20, 0.4);
  expect(edges(eventsOf(murmur, vadSettings(0.3)))).toHaveLength(1);
  expect(edges(eventsOf(murmur, vadSettings(0.7)))).toHaveLength(0);
});

/** A room at 100, then frames of the given loudness and probability. */
function loud(frames: readonly (readonly [number, number])[]): VadEvent[] {
  let state: VadState = initialVadState;
  const room = times(20, 100).map((value) => [value, 0] as const);
  return [...room, ...frames].flatMap(([value, probability], i) => {
    const frame = { samples: new Int16Array(frameSamples).fill(value), atMs: (i - 20) * frameMs };
    const step = stepVad(state, { frame, probability }, vadSettings(0.5));
    state = step.state;
    return step.events;
  });
}

test("a soft first sound belongs to speech when it rises out of the room, not when it is the room", () => {
  const word = times(8, 3_000).map((value) => [value, 0.9] as const);
  expect(edges(loud([[900, 0.3], [900, 0.2], ...word]))).toEqual([{ type: "speech-start", atMs: 0 }]);
  expect(edges(loud([[100, 0.3], [100, 0.2], ...word]))).toEqual([{ type: "speech-start", atMs: 2 * frameMs }]);
  expect(edges(loud([[900, 0.05], [900, 0.05], ...word]))).toEqual([{ type: "speech-start", atMs: 2 * frameMs }]);
});

test("a loud last sound belongs to speech though the detector does not know it", () => {
  const word = times(8, 3_000).map((value) => [value, 0.9] as const);
  const [, ended] = edges(loud([...word, [2_000, 0], [100, 0], [100, 0], [100, 0]]));
  expect(ended).toEqual({ type: "speech-end", atMs: 8.5 * frameMs });
  const [, faded] = edges(loud([...word, [200, 0], [100, 0], [100, 0], [100, 0]]));
  expect(faded).toEqual({ type: "speech-end", atMs: 7.5 * frameMs });
});

const anyProbabilities = fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)), {
  maxLength: 200,
});

test("starts and ends alternate, and time never goes back", () => {
  fc.assert(
    fc.property(anyProbabilities, fc.double({ min: 0, max: 1, noNaN: true }), (probabilities, threshold) => {
      let last = 0;
      edges(eventsOf(probabilities, vadSettings(threshold))).forEach((event, i) => {
        expect(event.type).toBe(i % 2 === 0 ? "speech-start" : "speech-end");
        if (event.type !== "speech-start" && event.type !== "speech-end") return;
        expect(event.atMs).toBeGreaterThanOrEqual(last);
        last = event.atMs;
      });
      expect(last).toBeLessThanOrEqual(probabilities.length * frameMs);
    }),
  );
});

test("every frame of speech gives progress, every frame after speech gives silence, never both", () => {
  fc.assert(
    fc.property(anyProbabilities, (probabilities) => {
      let state: VadState = initialVadState;
      let hasSpoken = false;
      probabilities.forEach((probability, frame) => {
        const step = stepVad(state, { frame: { samples, atMs: frame * frameMs }, probability }, vadSettings(0.5));
        state = step.state;
        hasSpoken ||= step.events.some((event) => event.type === "speech-start");
        const kinds = step.events.filter((event) => event.type === "speech-progress" || event.type === "silence");
        expect(kinds).toHaveLength(hasSpoken ? 1 : 0);
      });
    }),
  );
});
