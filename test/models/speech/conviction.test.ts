import { expect, test } from "vitest";
import { convictionOf, convinces, type Stretch } from "../../../models/speech/conviction.ts";

/** A second of audio at 16 kHz for each character: "#" loud, "." quiet. */
function audio(pattern: string): Float32Array {
  return Float32Array.from({ length: pattern.length * 16_000 }, (_, i) => {
    const level = pattern[Math.floor(i / 16_000)] === "#" ? 0.3 : 0.001;
    return i % 2 === 0 ? level : -level;
  });
}

function stretch(kind: Stretch["kind"], startS: number, durationS: number, probability: number): Stretch {
  return { kind, startS, durationS, probability };
}

const demand = { leastFitPerS: -0.5, mostUnexplained: 0.12 };
const fitting = [stretch("silence", 0, 1, 0.9), stretch("word", 1, 2, 0.6), stretch("silence", 3, 1, 0.9)];

test("words that lie on all of the speech and fit it are believed", () => {
  const conviction = convictionOf(fitting, audio(".##."));
  expect(conviction.unexplained).toBe(0);
  expect(conviction.fitPerS).toBeCloseTo(Math.log(0.6) / 2, 6);
  expect(convinces(conviction, demand)).toBe(true);
});

test("words behind which speech was taken for silence are not", () => {
  const conviction = convictionOf(fitting, audio(".###"));
  expect(conviction.unexplained).toBeCloseTo(1 / 3, 2);
  expect(convinces(conviction, demand)).toBe(false);
  expect(convinces(conviction, { ...demand, mostUnexplained: 0.5 })).toBe(true);
});

test("a pause between words is no speech that they leave out", () => {
  const paused = [stretch("word", 0, 1, 0.8), stretch("silence", 1, 1, 0.9), stretch("word", 2, 1, 0.8)];
  expect(convinces(convictionOf(paused, audio("#.#")), demand)).toBe(true);
});

test("words that fit badly are not believed, however well the silence fits", () => {
  const badly = [stretch("silence", 0, 10, 1), stretch("word", 10, 1, 0.4)];
  const conviction = convictionOf(badly, audio("..........#"));
  expect(conviction.fitPerS).toBeCloseTo(Math.log(0.4), 6);
  expect(convinces(conviction, demand)).toBe(false);
  expect(convinces(conviction, { ...demand, leastFitPerS: -1 })).toBe(true);
});

test("one sound said badly is forgiven, so a short utterance may fit worse than a long one", () => {
  const short = [stretch("word", 0, 1, 0.55)];
  const long = [0, 1, 2, 3].map((startS) => stretch("word", startS, 1, 0.55));
  expect(convinces(convictionOf(short, audio("#")), demand)).toBe(true);
  expect(convinces(convictionOf(long, audio("####")), demand)).toBe(false);
});

test("a probability too small to be printed counts as the smallest that is", () => {
  const { fitPerS } = convictionOf([stretch("word", 0, 1, 0)], audio("#"));
  expect(fitPerS).toBeCloseTo(Math.log(0.0005), 6);
});

test("no audio and no words is no error, and a click does not make speech look quiet", () => {
  expect(convictionOf([], new Float32Array(0))).toEqual({ fitPerS: 0, wordsS: 0, unexplained: 0 });
  const clicked = audio(".#.#");
  clicked[100] = 1;
  const half = [stretch("word", 1, 1, 0.8), stretch("silence", 2, 2, 0.9)];
  expect(convictionOf(half, clicked).unexplained).toBeCloseTo(0.5, 1);
});
