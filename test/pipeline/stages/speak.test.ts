import { expect, test } from "vitest";
import { ModelError } from "../../../models/errors.ts";
import type { Tts } from "../../../models/roles.ts";
import { speak } from "../../../pipeline/stages/speak.ts";
import { modelsOf } from "../../support/models-of.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const frame = (count: number) => ({ samples: new Int16Array(count), atMs: 0 });
const crash = new ModelError("host-exited", "The mouth process ended");

interface Said {
  readonly shown: string;
  readonly spoken: boolean;
  readonly frames: number[];
  readonly samples: number | null;
}

/** Says clauses with an engine and hears them to their end. */
async function hear(
  tts: Pick<Tts, "speak">,
  clauses: readonly { readonly shown: string; readonly spoken: boolean }[],
  clock: VirtualClock = new VirtualClock(),
): Promise<{ said: Said[]; marks: string[] }> {
  const said: Said[] = [];
  const marks: string[] = [];
  const options = {
    models: modelsOf({ tts: { voices: ["slt"], ...tts } }),
    clock,
    voice: "slt",
    speed: 1.25,
    speakable: (text: string) => text.replaceAll("*", "").trim(),
    log: () => undefined,
    mark: (mark: string) => marks.push(mark),
  };
  const source = async function* () {
    yield* clauses;
  };
  const run = async (): Promise<void> => {
    for await (const clause of speak(source(), options, new AbortController().signal)) {
      const frames: number[] = [];
      for await (const samples of clause.audio) frames.push(samples.length);
      said.push({ shown: clause.shown, spoken: clause.spoken, frames, samples: clause.samples() });
    }
  };
  const done = run();
  await clock.advance(60_000);
  await done;
  return { said, marks };
}
const spoken = (shown: string) => ({ shown, spoken: true });

test("each clause comes with its sound and, at its end, its length; the engine gets the words to say", async () => {
  const asked: unknown[] = [];
  const { said, marks } = await hear(
    {
      async *speak(text, options) {
        asked.push([text, options]);
        yield frame(320);
        yield frame(100);
      },
    },
    [spoken("**One**, "), spoken(" two.")],
  );
  expect(asked).toEqual([
    ["One,", { voice: "slt", speed: 1.25 }],
    ["two.", { voice: "slt", speed: 1.25 }],
  ]);
  expect(said).toEqual([
    { shown: "**One**, ", spoken: true, frames: [320, 100], samples: 420 },
    { shown: " two.", spoken: true, frames: [320, 100], samples: 420 },
  ]);
  expect(marks.slice(0, 2)).toEqual(["first-clause", "first-speech"]);
});

test("what has no words is shown and not spoken, and the engine not asked", async () => {
  const { said } = await hear(
    {
      // biome-ignore lint/correctness/useYield: it must not be called at all
      async *speak() {
        throw new Error("It was asked");
      },
    },
    [spoken(" ** ")],
  );
  expect(said).toEqual([{ shown: " ** ", spoken: false, frames: [], samples: 0 }]);
});

test("the next synthesis begins when the one before it is done", async () => {
  const clock = new VirtualClock();
  const times: string[] = [];
  await hear(
    {
      async *speak(text, _options, signal) {
        times.push(`${text} begins ${clock.nowMs()}`);
        await clock.sleep(100, signal);
        yield frame(10);
        times.push(`${text} ends ${clock.nowMs()}`);
      },
    },
    [spoken("a"), spoken("b")],
    clock,
  );
  expect(times).toEqual(["a begins 0", "a ends 100", "b begins 100", "b ends 200"]);
});

test("nor does it begin earlier when nobody has listened yet", async () => {
  const clock = new VirtualClock();
  let running = 0;
  let most = 0;
  const tts: Tts = {
    voices: ["slt"],
    async *speak(_text, _options, signal) {
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(100, signal);
      yield frame(10);
      running -= 1;
    },
  };
  const source = async function* () {
    yield* [spoken("a"), spoken("b"), spoken("c")];
  };
  const options = {
    models: modelsOf({ tts }),
    clock,
    voice: "slt",
    speed: 1,
    speakable: (text: string) => text,
    log: () => undefined,
    mark: () => undefined,
  };
  const run = async (): Promise<number> => {
    let count = 0;
    for await (const _clause of speak(source(), options, new AbortController().signal)) count += 1;
    return count;
  };
  const done = run();
  await clock.advance(1_000);
  expect(await done).toBe(3);
  expect(most).toBe(1);
});

test("an engine that dies before a sound is asked again; in mid-clause the clause ends there", async () => {
  let tries = 0;
  const { said } = await hear(
    {
      async *speak(text) {
        tries += 1;
        if (text === "late") yield frame(50);
        if (tries < 3 || text === "late") throw crash;
        yield frame(80);
      },
    },
    [spoken("early"), spoken("late"), spoken("last")],
  );
  expect(said.map(({ frames, samples }) => ({ frames, samples }))).toEqual([
    { frames: [80], samples: 80 },
    { frames: [50], samples: 50 },
    { frames: [80], samples: 80 },
  ]);
});

test("a clause that cannot be said is still shown, and the next is said", async () => {
  let tries = 0;
  const { said } = await hear(
    {
      async *speak(text) {
        tries += 1;
        if (text === "bad") throw new ModelError("engine-failed", "No");
        yield frame(80);
      },
    },
    [spoken("bad"), spoken("good")],
  );
  expect(said.map(({ shown, samples }) => `${shown} ${samples}`)).toEqual(["bad 0", "good 80"]);
  expect(tries).toBe(2);
});

test("a mouth that never comes back costs the sound, not the answer", async () => {
  let tries = 0;
  const { said } = await hear(
    {
      // biome-ignore lint/correctness/useYield: it dies every time
      async *speak() {
        tries += 1;
        throw crash;
      },
    },
    [spoken("a"), spoken("b")],
  );
  expect(said.map(({ shown, samples }) => `${shown} ${samples}`)).toEqual(["a 0", "b 0"]);
  expect(tries).toBe(6);
});

test("code is mentioned once and not read", async () => {
  const asked: string[] = [];
  const { said } = await hear(
    {
      async *speak(text) {
        asked.push(text);
        yield frame(80);
      },
    },
    [{ shown: "```\na = 1\n```", spoken: false }, spoken("Then:"), { shown: "```\nb = 2\n```", spoken: false }],
  );
  expect(asked).toHaveLength(2);
  expect(asked.join()).not.toMatch(/[=`]/);
  expect(said.map(({ samples }) => samples)).toEqual([80, 80, 0]);
});

test("the times that an engine tells become those of the shown words, as they come", async () => {
  const word = (index: number) => ({ index, startSample: 100 * index, endSample: 100 * index + 90 });
  const tts: Tts = {
    voices: ["slt"],
    async *speak(text) {
      if (text !== "It is four forty") return yield { ...frame(300), words: text.split(" ").map((_, i) => word(i)) };
      yield { ...frame(200), words: [word(0), word(1)] };
      yield frame(100);
      yield { ...frame(100), words: [word(2), word(3)] };
    },
  };
  const seen: unknown[] = [];
  const source = async function* () {
    yield spoken("It is 16:40");
    yield { shown: "```\na = 1\n```", spoken: false };
  };
  const options = {
    models: modelsOf({ tts }),
    clock: new VirtualClock(),
    voice: "slt",
    speed: 1,
    speakable: (text: string) => text.replace("16:40", "four forty"),
    log: () => undefined,
    mark: () => undefined,
  };
  for await (const clause of speak(source(), options, new AbortController().signal)) {
    for await (const _ of clause.audio) seen.push(clause.words().map(({ endSample }) => endSample));
    seen.push(clause.words());
  }
  expect(seen).toContainEqual([90, 190, 390]);
  expect(seen.slice(-2)).toEqual([[], []]);
});
