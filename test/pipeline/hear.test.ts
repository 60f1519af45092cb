import { describe, expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import type { Vad } from "../../models/roles.ts";
import { loudnessVad, type ScriptedUtterance, scriptedStt } from "../../models/speech/scripted-speech.ts";
import { Hear } from "../../pipeline/hear.ts";
import type { HearEvent, HearSettings } from "../../pipeline/hear-events.ts";
import { modelsOf } from "../support/models-of.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const byItself: NonNullable<HearSettings["detection"]> = {
  threshold: 0.5,
  prefixMs: 300,
  rule: { type: "silence", silenceMs: 512 },
  idleTimeoutMs: null,
};

class Listener {
  readonly clock = new VirtualClock();
  readonly events: HearEvent[] = [];
  readonly logs: string[] = [];
  readonly scope = new AbortController();
  readonly hear: Hear;
  readonly outcome: Promise<string>;
  ears: "there" | "away";
  openStreams = 0;

  constructor(
    detection: HearSettings["detection"] = byItself,
    script: readonly ScriptedUtterance[] = ["one two"],
    ears: "there" | "away" = "there",
  ) {
    this.ears = ears;
    const vad: Vad = {
      open: () => {
        const stream = loudnessVad.open();
        this.openStreams += 1;
        return {
          score: async (frame) => {
            if (this.ears === "away") throw new ModelError("host-exited", "The ears process ended");
            return stream.score(frame);
          },
          [Symbol.dispose]: () => {
            this.openStreams -= 1;
            stream[Symbol.dispose]();
          },
        };
      },
    };
    this.hear = new Hear({
      models: modelsOf({ vad, stt: scriptedStt(script) }, () => {
        if (this.ears === "away") throw new ModelError("host-exited", "The ears process ended");
      }),
      clock: this.clock,
      settings: { detection },
      emit: (event) => this.events.push(event),
      log: (line) => this.logs.push(line),
    });
    this.outcome = this.hear.run(this.scope.signal).then(
      () => "ended",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  /** Frames of 32 ms; the clock goes with them. */
  async frames(count: number, level: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      this.hear.push(new Int16Array(512).fill(level));
      await this.clock.advance(32);
    }
  }

  speech(count: number): Promise<void> {
    return this.frames(count, 5_000);
  }

  quiet(count: number): Promise<void> {
    return this.frames(count, 0);
  }

  /** What was heard, without what comes with every frame. */
  get story(): HearEvent[] {
    return this.events.filter(({ type }) => type !== "speech-progress" && type !== "partial");
  }
}

describe("an utterance that ends by itself", () => {
  test("is told from its start, a little before the first sound, to its words", async () => {
    const listener = new Listener();
    await listener.quiet(20);
    await listener.speech(20);
    await listener.quiet(20);
    expect(listener.story).toEqual([
      // 640 ms less the prefix is 340; the frame that holds it begins at 320.
      { type: "speech-start", utterance: 1, atMs: 320 },
      { type: "utterance-end", utterance: 1, startMs: 320, endMs: 1_792, silenceMs: 528 },
      { type: "transcript", utterance: 1, text: "one two", rejected: false, audioMs: 944 },
    ]);
    const progress = listener.events.filter(({ type }) => type === "speech-progress");
    expect(progress.at(-1)).toEqual({ type: "speech-progress", utterance: 1, speechMs: 640 });
    expect(listener.events.filter(({ type }) => type === "partial")).toEqual([
      { type: "partial", utterance: 1, text: "one" },
      { type: "partial", utterance: 1, text: "one two" },
    ]);
  });

  test("goes on after a pause; the length of speech counts from the pause on", async () => {
    const listener = new Listener(byItself, ["one", "one two", "next"]);
    await listener.speech(10);
    await listener.quiet(8);
    await listener.speech(4);
    expect(listener.events.at(-1)).toMatchObject({ type: "speech-progress", utterance: 1, speechMs: 128 });
    await listener.quiet(20);
    await listener.speech(10);
    await listener.quiet(20);
    expect(listener.story.map(({ type, ...event }) => [type, "text" in event ? event.text : undefined])).toEqual([
      ["speech-start", undefined],
      ["utterance-end", undefined],
      ["transcript", "one two"],
      ["speech-start", undefined],
      ["utterance-end", undefined],
      ["transcript", "next"],
    ]);
  });

  test("that never ends is cut after thirty seconds, and what follows is the next", async () => {
    const listener = new Listener(byItself, ["first", "second"]);
    await listener.speech(1_000);
    const ends = listener.events.filter(({ type }) => type === "utterance-end");
    expect(ends).toMatchObject([{ utterance: 1, endMs: 30_016 }]);
    expect(listener.events.filter(({ type }) => type === "speech-start")).toHaveLength(2);
  });
});

describe("push to talk", () => {
  test("a commit takes all sound since the last one, and less than 100 ms is none", async () => {
    const listener = new Listener(null, ["one", "two"]);
    await listener.quiet(3);
    listener.hear.commit("early");
    await listener.speech(10);
    listener.hear.commit("first");
    await listener.speech(5);
    listener.hear.commit("second");
    listener.hear.commit("third");
    await listener.clock.advance(0);
    expect(listener.story).toMatchObject([
      { type: "commit-empty", eventId: "early" },
      { type: "utterance-end", utterance: 1, startMs: 0, endMs: 416, silenceMs: 0 },
      { type: "transcript", utterance: 1, text: "one" },
      { type: "utterance-end", utterance: 2, startMs: 416, endMs: 576, silenceMs: 0 },
      { type: "commit-empty", eventId: "third" },
      { type: "transcript", utterance: 2, text: "two" },
    ]);
  });

  test("what was cleared is not committed", async () => {
    const listener = new Listener(null);
    await listener.speech(10);
    listener.hear.clear();
    listener.hear.commit("gone");
    await listener.clock.advance(0);
    expect(listener.story).toEqual([
      { type: "buffer-cleared", dropped: null, atMs: 320 },
      { type: "commit-empty", eventId: "gone" },
    ]);
  });

  test("keeps five minutes of a microphone that nobody commits", async () => {
    const listener = new Listener(null);
    listener.hear.push(new Int16Array(16_000 * 301));
    listener.hear.commit("late");
    await listener.clock.advance(0);
    expect(listener.story[0]).toMatchObject({ type: "utterance-end", startMs: 992, endMs: 300_992 });
  });
});

test("a commit in mid-utterance ends it there", async () => {
  const listener = new Listener();
  await listener.speech(10);
  listener.hear.commit("now");
  await listener.quiet(40);
  expect(listener.story).toMatchObject([
    { type: "speech-start", utterance: 1 },
    { type: "utterance-end", utterance: 1, silenceMs: 0, endMs: 320 },
    { type: "transcript", utterance: 1 },
  ]);
});

test("clearing in mid-utterance drops it: no end, no words", async () => {
  const listener = new Listener();
  await listener.speech(10);
  listener.hear.clear();
  await listener.quiet(40);
  expect(listener.story.slice(1)).toEqual([{ type: "buffer-cleared", dropped: 1, atMs: 320 }]);
});

test("switching detection off ends the utterance; switching it on listens again", async () => {
  const listener = new Listener(byItself, ["one", "two"]);
  await listener.speech(10);
  listener.hear.configure({ detection: null });
  await listener.speech(20);
  await listener.quiet(20);
  expect(listener.story.map(({ type }) => type)).toEqual(["speech-start", "utterance-end", "transcript"]);
  listener.hear.configure({ detection: byItself });
  await listener.speech(10);
  expect(listener.story.at(-1)).toMatchObject({ type: "speech-start", utterance: 2 });
});

test("the idle clock runs in silence, is set back by speech and by who keeps it awake, and rings again", async () => {
  const listener = new Listener({ ...byItself, idleTimeoutMs: 3_200 });
  const rings = (): number[] =>
    listener.events.flatMap((event) => (event.type === "idle-timeout" ? [event.endMs] : []));
  await listener.quiet(50);
  listener.hear.stayAwake();
  await listener.quiet(99);
  expect(rings()).toEqual([]);
  await listener.quiet(1);
  expect(rings()).toEqual([4_800]);
  await listener.speech(10);
  await listener.quiet(90);
  expect(rings()).toEqual([4_800]);
  await listener.quiet(130);
  // 3.2 s after the end of the utterance, and again.
  expect(rings()).toEqual([4_800, 8_832, 12_032]);
});

describe("when the ears' process", () => {
  test("dies, its frames count as silence, and the next utterance is heard", async () => {
    const listener = new Listener();
    await listener.quiet(10);
    listener.ears = "away";
    await listener.speech(10);
    expect(listener.story).toEqual([]);
    expect(listener.logs).toHaveLength(10);
    listener.ears = "there";
    await listener.speech(10);
    await listener.quiet(20);
    expect(listener.story.map(({ type }) => type)).toEqual(["speech-start", "utterance-end", "transcript"]);
  });

  test("is not there at the beginning, it is waited for, and nothing said meanwhile is lost", async () => {
    const listener = new Listener(byItself, ["one"], "away");
    await listener.speech(10);
    await listener.quiet(20);
    expect(listener.events).toEqual([]);
    listener.ears = "there";
    await listener.clock.advance(50);
    expect(listener.story.map(({ type }) => type)).toEqual(["speech-start", "utterance-end", "transcript"]);
  });

  test("is not there for half a minute, listening fails", async () => {
    const listener = new Listener(byItself, [], "away");
    await listener.clock.advance(30_050);
    expect(await listener.outcome).toBe("The ears process ended");
  });
});

test("the lag of each verdict is kept until somebody takes it", async () => {
  const listener = new Listener();
  await listener.quiet(5);
  expect(listener.hear.takeLagsMs()).toEqual([0, 0, 0, 0, 0]);
  expect(listener.hear.takeLagsMs()).toEqual([]);
});

test("when the client goes in mid-utterance, listening ends and its stream is closed", async () => {
  const listener = new Listener();
  await listener.speech(10);
  const before = listener.events.length;
  listener.scope.abort();
  expect(await listener.outcome).toBe("ended");
  await listener.quiet(40);
  expect(listener.events).toHaveLength(before);
  expect(listener.openStreams).toBe(0);
  expect(listener.clock.sleepers).toBe(0);
});

test("when the client goes while the ears are being granted, listening ends, too", async () => {
  const listener = new Listener();
  listener.scope.abort();
  expect(await listener.outcome).toBe("ended");
  expect(listener.openStreams).toBe(0);
});
