import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { ModelError } from "../../../models/errors.ts";
import { frameSamples, type VadStream } from "../../../models/roles.ts";
import { Ears } from "../../../models/speech/ears.ts";
import { framesOf, heard, sttContract } from "../../contracts/stt-contract.ts";
import { type FliteVoice, fliteSpeech } from "../../support/flite-voice.ts";

const never = new AbortController().signal;
const jsgf = `#JSGF V1.0; grammar test;
public <phrase> = what time is it [now] | tell me [a | another] joke | what is <number> plus <number> | who are you | xyzzy;
<number> = one | two | three | four | five | six | seven | eight | nine | ten;`;
const lines: string[] = [];

function open(grammar = jsgf, pronunciations: Record<string, string> = {}): Ears {
  return new Ears({
    grammar: { jsgf: grammar, pronunciations },
    maxDecoders: 2,
    clock: systemClock,
    log: (line) => lines.push(line),
  });
}

async function utterance(text: string, voice: FliteVoice = "rms"): Promise<Int16Array> {
  const speech = await fliteSpeech(text, voice);
  const padded = new Int16Array(speech.length + 7_200);
  padded.set(speech, 4_800);
  return padded;
}

let ears: Ears;
beforeAll(async () => {
  ears = open();
  await ears.ready();
});
afterAll(async () => {
  await ears[Symbol.asyncDispose]();
});

sttContract("the ears' process", async () => ({
  stt: ears.stt,
  text: "what is seven plus three",
  audio: await utterance("what is seven plus three"),
}));

describe("the phrase recogniser", () => {
  test("words appear while somebody speaks, and only whole sentences are called complete", async () => {
    const audio = await utterance("what is seven plus three");
    async function* paced() {
      for await (const frame of framesOf(audio)) {
        await systemClock.sleep(30);
        yield frame;
      }
    }
    const all = await heard(ears.stt.transcribe(paced(), never));
    const partials = all.filter((transcript) => !transcript.final);
    expect(partials.length).toBeGreaterThan(1);
    // Which of them are shown depends on how busy the machine is.
    expect(partials.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^what( is( seven( plus)?)?)?$/));
    for (const { text, complete } of all.filter((transcript) => transcript.text.startsWith("what is seven")))
      expect(complete, text).toBe(/ plus \w+$/.test(text));
  });

  test("speech about something else is rejected, not forced into the grammar", async () => {
    for (const text of [
      "the neighbors painted their garden fence green",
      "my brother collects stamps from all over the world",
    ]) {
      const all = await heard(ears.stt.transcribe(framesOf(await utterance(text)), never));
      expect(all.at(-1), text).toEqual({ text: "", final: true, rejected: true, complete: false });
    }
  });

  test("more utterances than decoders wait their turn, and each gets its own words", async () => {
    const said = [
      "who are you",
      "what time is it now",
      "tell me a joke",
      "what is two plus four",
      "tell me another joke",
    ];
    const results = await Promise.all(
      said.map(async (text) => heard(ears.stt.transcribe(framesOf(await utterance(text)), never))),
    );
    expect(results.map((all) => all.at(-1)?.text)).toEqual(said);
  });

  test("what is longer than any phrase is rejected without being decoded", async () => {
    const all = await heard(ears.stt.transcribe(framesOf(new Int16Array(40 * 16_000)), never));
    expect(all.at(-1)).toMatchObject({ final: true, rejected: true });
  });

  test("a word nobody can pronounce is reported and costs only its own wording; pronounced, it is understood", async () => {
    expect((await ears.ready()).missingWords).toEqual(["xyzzy"]);
    await using taught = open(jsgf, { xyzzy: "Z IH Z IY" });
    expect((await taught.ready()).missingWords).toEqual([]);
    const all = await heard(taught.stt.transcribe(framesOf(await utterance("zizzy", "awb")), never));
    expect(all.at(-1)?.text).toBe("xyzzy");
  });

  test("a grammar that makes no sense fails with what is wrong about it", async () => {
    await using broken = open("public <s> = <nowhere>;");
    await expect(broken.ready()).rejects.toThrow("no rule <nowhere>");
    await expect(broken.ready()).rejects.toBeInstanceOf(ModelError);
  });
});

async function scores(stream: VadStream, samples: Int16Array): Promise<number[]> {
  const all: Promise<number>[] = [];
  for await (const frame of framesOf(samples)) all.push(stream.score(frame));
  return Promise.all(all);
}

describe("voice activity detection over the process", () => {
  test("connections score the same beside each other as alone", async () => {
    const audio = await utterance("what time is it");
    using alone = ears.vad.open();
    const expected = await scores(alone, audio);
    expect(Math.max(...expected)).toBeGreaterThan(0.9);
    const streams = Array.from({ length: 8 }, () => ears.vad.open());
    for (const result of await Promise.all(streams.map((stream) => scores(stream, audio))))
      result.forEach((probability, i) => {
        expect(probability).toBeCloseTo(expected[i] ?? Number.NaN, 4);
      });
    for (const stream of streams) stream[Symbol.dispose]();
  });

  test("a closed stream scores no more", async () => {
    const stream = ears.vad.open();
    stream[Symbol.dispose]();
    await expect(stream.score({ samples: new Int16Array(frameSamples), atMs: 0 })).rejects.toThrow("closed");
  });

  test("after the process died, scores fail until it is back, then the same stream goes on", async () => {
    await using mortal = open();
    await mortal.ready();
    using stream = mortal.vad.open();
    const frame = { samples: new Int16Array(frameSamples), atMs: 0 };
    await stream.score(frame);
    const { pid } = mortal;
    if (pid === undefined) throw new Error("no process");
    const exited = stream.score(frame).then(
      () => stream.score(frame),
      (error: unknown) => Promise.reject(error),
    );
    process.kill(pid, "SIGKILL");
    const transcript = heard(mortal.stt.transcribe(framesOf(await utterance("who are you")), never));
    await expect(transcript).rejects.toMatchObject({ code: "host-exited" });
    await exited.catch((error: unknown) => expect(error).toMatchObject({ code: "host-exited" }));
    while (mortal.pid === pid) await systemClock.sleep(5);
    await mortal.ready();
    expect(mortal.pid).not.toBe(pid);
    expect(await stream.score(frame)).toBeLessThan(0.5);
    const all = await heard(mortal.stt.transcribe(framesOf(await utterance("who are you")), never));
    expect(all.at(-1)?.text).toBe("who are you");
  });
});
