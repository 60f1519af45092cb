import { expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import type { AudioFrame, Stt } from "../../models/roles.ts";
import { Utterance } from "../../pipeline/utterance.ts";
import { modelsOf } from "../support/models-of.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const frame = (n: number): AudioFrame => ({ samples: new Int16Array(512), atMs: n * 32 });

/** An utterance whose recogniser counts frames: a partial for each, a final `finalMs` after the last. */
function begin({ finalMs = 50, fails = 0 }: { readonly finalMs?: number; readonly fails?: number } = {}) {
  const clock = new VirtualClock();
  const session = new AbortController();
  const trace: string[] = [];
  let running = 0;
  let attempts = 0;
  const stt: Stt = {
    async *transcribe(frames, signal) {
      attempts += 1;
      running += 1;
      signal.addEventListener("abort", () => {
        running -= 1;
      });
      let places = "";
      for await (const { atMs } of frames) {
        places += ` ${atMs / 32}`;
        yield { text: places.trim(), final: false, rejected: false, complete: atMs === 96 };
      }
      await clock.sleep(finalMs, signal);
      if (attempts <= fails) throw new ModelError("engine-failed", "It broke");
      yield { text: places.trim(), final: true, rejected: false };
    },
  };
  const utterance = new Utterance(
    {
      number: 7,
      startMs: 0,
      preRoll: [frame(0), frame(1)],
      models: modelsOf({ stt }),
      clock,
      onPartial: ({ number }, text) => trace.push(`${number}: ${text}`),
      onFinal: (_utterance, { text }) => trace.push(`final ${text} @${clock.nowMs()}`),
      onError: (_utterance, message) => trace.push(`error ${message}`),
    },
    64,
    session.signal,
  );
  return { clock, session, trace, utterance, running: () => running, attempts: () => attempts };
}

test("words come while it goes on, and the last word after its end", async () => {
  const { clock, trace, utterance, running } = begin();
  await clock.advance(0);
  utterance.add(frame(2));
  await clock.advance(0);
  expect(utterance.words).toEqual({ text: "0 1 2", complete: false });
  utterance.add(frame(3));
  await clock.advance(0);
  expect(utterance.words.complete).toBe(true);
  utterance.end();
  await clock.advance(100);
  expect(trace).toEqual(["7: 0", "7: 0 1", "7: 0 1 2", "7: 0 1 2 3", "final 0 1 2 3 @50"]);
  expect(running()).toBe(0);
  expect(clock.sleepers).toBe(0);
});

test("in a pause the recogniser finishes, so that its end costs no time", async () => {
  const { clock, trace, utterance } = begin();
  utterance.pause();
  await clock.advance(200);
  expect(trace.at(-1)).not.toContain("final");
  utterance.add(frame(2));
  utterance.pause();
  utterance.end();
  expect(trace.at(-1)).toBe("final 0 1 @200");
  await clock.advance(1_000);
  expect(trace.filter((line) => line.startsWith("final"))).toHaveLength(1);
});

test("after a pause that was not the end it begins anew, with everything: what was said in the pause, too", async () => {
  const { clock, trace, utterance, running, attempts } = begin();
  await clock.advance(0);
  utterance.pause();
  await clock.advance(200);
  utterance.add(frame(2));
  utterance.resume();
  utterance.resume();
  utterance.add(frame(3));
  await clock.advance(0);
  utterance.end();
  await clock.advance(100);
  expect(attempts()).toBe(2);
  expect(trace.filter((line) => line.startsWith("final"))).toEqual(["final 0 1 2 3 @250"]);
  expect(running()).toBe(0);
});

test("a pause that ends while the recogniser still finishes drops that attempt", async () => {
  const { clock, trace, utterance, running } = begin({ finalMs: 500 });
  utterance.pause();
  await clock.advance(100);
  utterance.resume();
  await clock.advance(0);
  expect(running()).toBe(1);
  utterance.add(frame(2));
  utterance.end();
  await clock.advance(2_000);
  expect(trace.filter((line) => line.startsWith("final"))).toEqual(["final 0 1 2 @600"]);
});

test("a failure is told once, and nothing after it", async () => {
  const { clock, trace, utterance, running } = begin({ fails: 1 });
  await clock.advance(0);
  utterance.end();
  await clock.advance(100);
  utterance.resume();
  utterance.end();
  await clock.advance(100);
  expect(trace.slice(2)).toEqual(["error It broke"]);
  expect(running()).toBe(0);
});

test.each(["drop", "session"] as const)("nothing more is heard of it after its end by %s", async (how) => {
  const { clock, session, trace, utterance, running } = begin();
  await clock.advance(0);
  const before = trace.length;
  if (how === "drop") utterance.drop();
  else session.abort();
  utterance.add(frame(2));
  utterance.end();
  await clock.advance(10_000);
  expect(trace).toHaveLength(before);
  expect(running()).toBe(0);
  expect(clock.sleepers).toBe(0);
});
