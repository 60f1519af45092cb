import { expect, test } from "vitest";
import { ModelError } from "../../../models/errors.ts";
import type { AudioFrame, Models, Stt, Transcript } from "../../../models/roles.ts";
import { Channel } from "../../../pipeline/flow/channel.ts";
import { transcribe } from "../../../pipeline/stages/transcribe.ts";
import { modelsOf } from "../../support/models-of.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const heard = (text: string, final = false): Transcript => ({ text, final, rejected: false });

/** One utterance that ends when it is told to. */
function listen(clock: VirtualClock, models: Models) {
  const frames = new Channel<AudioFrame>();
  const scope = new AbortController();
  let end: (audioMs: number) => void = () => undefined;
  const audioEnded = new Promise<number>((resolve) => {
    end = resolve;
  });
  const seen: string[] = [];
  const run = async (): Promise<string> => {
    for await (const { text, final } of transcribe(frames, { models, clock, audioEnded }, scope.signal)) {
      seen.push(`${text}${final ? "." : ""}`);
    }
    return "done";
  };
  const outcome = run().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  return { frames, scope, seen, outcome, end: (audioMs = 0) => [frames.close(), end(audioMs)] };
}

test("partial transcripts, then one final; what an engine says after it is ignored", async () => {
  const clock = new VirtualClock();
  const stt: Stt = {
    async *transcribe(frames) {
      for await (const frame of frames) yield heard(`at ${frame.atMs}`);
      yield heard("all", true);
      yield heard("more");
    },
  };
  const utterance = listen(clock, modelsOf({ stt }));
  utterance.frames.push({ samples: new Int16Array(512), atMs: 0 });
  utterance.frames.push({ samples: new Int16Array(512), atMs: 32 });
  await clock.advance(0);
  expect(utterance.seen).toEqual(["at 0", "at 32"]);
  utterance.end();
  expect(await utterance.outcome).toBe("done");
  expect(utterance.seen).toEqual(["at 0", "at 32", "all."]);
  await clock.advance(0);
  expect(clock.sleepers).toBe(0);
});

test("a recogniser that hangs is given up 8 s after the last frame and the time of the audio, not earlier", async () => {
  const clock = new VirtualClock();
  const stt: Stt = {
    async *transcribe(_frames, signal) {
      yield heard("half");
      await clock.sleep(1_000_000, signal);
    },
  };
  const utterance = listen(clock, modelsOf({ stt }));
  let outcome: string | undefined;
  void utterance.outcome.then((text) => {
    outcome = text;
  });
  await clock.advance(60_000);
  utterance.end(2_000);
  await clock.advance(9_999);
  expect(outcome).toBeUndefined();
  await clock.advance(1);
  expect(outcome).toBe("The recogniser did not answer in time");
});

test("a recogniser that ends without a word is an error, not a silence", async () => {
  const clock = new VirtualClock();
  const stt: Stt = {
    async *transcribe() {
      yield heard("half");
    },
  };
  const utterance = listen(clock, modelsOf({ stt }));
  expect(await utterance.outcome).toBe("The recogniser ended without a transcript");
});

test("ears that are being restarted are waited for, five seconds at most; the audio is kept", async () => {
  const clock = new VirtualClock();
  const stt: Stt = {
    async *transcribe(frames) {
      let count = 0;
      for await (const _frame of frames) count += 1;
      yield heard(String(count), true);
    },
  };
  let failing = true;
  const models = modelsOf({ stt }, () => {
    if (failing) throw new ModelError("host-exited", "The ears process ended");
  });
  const lucky = listen(clock, models);
  lucky.frames.push({ samples: new Int16Array(512), atMs: 0 });
  await clock.advance(4_000);
  lucky.frames.push({ samples: new Int16Array(512), atMs: 32 });
  lucky.end();
  failing = false;
  await clock.advance(50);
  expect(lucky.seen).toEqual(["2."]);
  failing = true;
  const unlucky = listen(clock, models);
  await clock.advance(5_100);
  expect(await unlucky.outcome).toBe("The ears process ended");
});

test("an abort ends it at once and leaves no timer", async () => {
  const clock = new VirtualClock();
  const stt: Stt = {
    async *transcribe(_frames, signal) {
      await clock.sleep(1_000_000, signal);
      yield heard("never", true);
    },
  };
  const utterance = listen(clock, modelsOf({ stt }));
  utterance.end();
  await clock.advance(100);
  utterance.scope.abort(new Error("Enough"));
  expect(await utterance.outcome).toBe("Enough");
  await clock.advance(0);
  expect(clock.sleepers).toBe(0);
});
