import { expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import { type AudioFrame, frameSamples, type Stt } from "../../models/roles.ts";
import type { HearEvent } from "../../pipeline/hear-events.ts";
import { Recordings } from "../../pipeline/recordings.ts";
import { modelsOf } from "../support/models-of.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

interface Ears {
  readonly stt: Stt;
  /** Frames of each recording. */
  readonly heard: AudioFrame[][];
  most: number;
}

/** A recogniser that counts frames, and how many recordings it has at once. */
function ears(clock: VirtualClock, fails: (recording: number) => boolean = () => false): Ears {
  let now = 0;
  const all: Ears = {
    heard: [],
    most: 0,
    stt: {
      async *transcribe(frames, signal) {
        now += 1;
        all.most = Math.max(all.most, now);
        try {
          const own: AudioFrame[] = [];
          all.heard.push(own);
          const index = all.heard.length;
          for await (const frame of frames) own.push(frame);
          await clock.sleep(100, signal);
          if (fails(index)) throw new ModelError("engine-failed", "It fell over");
          yield { text: "some", final: false, rejected: false };
          yield { text: `recording ${index}`, final: true, rejected: false };
        } finally {
          now -= 1;
        }
      },
    },
  };
  return all;
}

function start(clock: VirtualClock, { stt }: Ears) {
  const events: HearEvent[] = [];
  const life = new AbortController();
  const recordings = new Recordings({ models: modelsOf({ stt }), clock, emit: (event) => events.push(event) });
  const ended = recordings.run(life.signal);
  return { recordings, events, life, ended };
}

test("recordings become words one at a time, in their order; one that fails does not hold up the next", async () => {
  const clock = new VirtualClock();
  const subject = ears(clock, (recording) => recording === 2);
  const { recordings, events, life, ended } = start(clock, subject);
  for (const utterance of [-1, -2, -3]) {
    recordings.push({ utterance, format: "audio/pcm", bytes: new Uint8Array(48_000) });
  }
  await clock.advance(1_000);
  expect(events).toEqual([
    { type: "transcript", utterance: -1, text: "recording 1", rejected: false, audioMs: 1_000 },
    { type: "transcript-error", utterance: -2, message: "It fell over", atMs: 0 },
    { type: "transcript", utterance: -3, text: "recording 3", rejected: false, audioMs: 1_000 },
  ]);
  expect(subject.most).toBe(1);
  life.abort();
  await ended;
  expect(clock.sleepers).toBe(0);
});

test.each([
  ["audio/pcm", 48_000],
  ["audio/pcmu", 8_000],
  ["audio/pcma", 8_000],
] as const)("a second of %s comes as whole frames of 16 kHz, with silence behind it", async (format, bytes) => {
  const clock = new VirtualClock();
  const subject = ears(clock);
  const { recordings, life, ended } = start(clock, subject);
  recordings.push({ utterance: -1, format, bytes: new Uint8Array(bytes) });
  await clock.advance(500);
  const [frames = []] = subject.heard;
  expect(frames.every(({ samples }) => samples.length === frameSamples)).toBe(true);
  const heardMs = (frames.length * frameSamples) / 16;
  expect(heardMs).toBeGreaterThan(1_250);
  expect(heardMs).toBeLessThan(1_400);
  expect(frames.map(({ atMs }) => atMs)).toEqual(frames.map((_, index) => index * 32));
  life.abort();
  await ended;
});

test("nothing is told, and nothing begun, when the talk is over", async () => {
  const clock = new VirtualClock();
  const subject = ears(clock);
  const { recordings, events, life, ended } = start(clock, subject);
  for (const utterance of [-1, -2]) recordings.push({ utterance, format: "audio/pcm", bytes: new Uint8Array(48_000) });
  await clock.advance(50);
  life.abort();
  await ended;
  await clock.advance(1_000);
  expect(events).toEqual([]);
  expect(subject.heard).toHaveLength(1);
  expect(clock.sleepers).toBe(0);
});
