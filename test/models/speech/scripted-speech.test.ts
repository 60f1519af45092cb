import { expect, test } from "vitest";
import { frameSamples } from "../../../models/roles.ts";
import { loudnessVad, scriptedStt } from "../../../models/speech/scripted-speech.ts";
import { framesOf, heard, sttContract } from "../../contracts/stt-contract.ts";

const never = new AbortController().signal;

sttContract("scriptedStt", async () => ({
  // The script also answers calls without audio.
  stt: scriptedStt(["what time is it", "what time is it"]),
  text: "what time is it",
  audio: new Int16Array(50 * frameSamples),
}));

test("words appear one by one, and the last of them completes the text", async () => {
  const all = await heard(
    scriptedStt(["who are you"], 2).transcribe(framesOf(new Int16Array(8 * frameSamples)), never),
  );
  expect(all.map(({ text, complete }) => [text, complete])).toEqual([
    ["who", false],
    ["who are", false],
    ["who are you", true],
    ["who are you", true],
  ]);
});

test("an entry without text, and whatever comes after the script, is rejected", async () => {
  const stt = scriptedStt([undefined]);
  for (const _call of [1, 2]) {
    const all = await heard(stt.transcribe(framesOf(new Int16Array(20 * frameSamples)), never));
    expect(all).toEqual([{ text: "", final: true, rejected: true, complete: false }]);
  }
});

test("loud frames are speech, quiet ones are not, and a closed stream scores no more", async () => {
  const stream = loudnessVad.open();
  const frame = (value: number) => ({ samples: new Int16Array(frameSamples).fill(value), atMs: 0 });
  expect(await stream.score(frame(3_000))).toBeGreaterThan(0.9);
  expect(await stream.score(frame(5))).toBeLessThan(0.1);
  stream[Symbol.dispose]();
  await expect(stream.score(frame(0))).rejects.toThrow("closed");
});
