import { expect, test } from "vitest";
import { playout } from "../../../pipeline/stages/playout.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const frameMs = 20;

/** Clauses of so many frames; between two frames the engine takes `everyMs`. */
async function* clauses(clock: VirtualClock, frames: readonly number[], everyMs = 0) {
  for (const count of frames) {
    const audio = async function* (): AsyncGenerator<Int16Array> {
      for (let n = 0; n < count; n += 1) {
        await clock.sleep(everyMs);
        yield new Int16Array(frameMs * 16);
      }
    };
    yield {
      shown: `${count}`,
      spoken: count > 0,
      audio: audio(),
      samples: () => count * frameMs * 16,
      words: () => [],
    };
  }
}

async function play(frames: readonly number[], everyMs = 0): Promise<{ times: number[]; trace: string[] }> {
  const clock = new VirtualClock();
  const times: number[] = [];
  const trace: string[] = [];
  const mark = (name: string): void => {
    if (times.length === 0) trace.push(name);
  };
  const run = async (): Promise<void> => {
    const { signal } = new AbortController();
    for await (const event of playout(clauses(clock, frames, everyMs), { clock, leadMs: 400, mark }, signal)) {
      if (event.type === "clause") trace.push(`clause ${event.shown} @${clock.nowMs()}`);
      else times.push(clock.nowMs());
    }
  };
  const done = run();
  await clock.advance(60_000);
  await done;
  return { times, trace };
}

test("sound runs ahead by the lead, then goes out at the pace of playing", async () => {
  const { times } = await play([100]);
  expect(times.slice(0, 21)).toEqual(Array.from({ length: 21 }, () => 0));
  expect(times.slice(21)).toEqual(Array.from({ length: 79 }, (_, n) => (n + 1) * frameMs));
});

test("the pace goes on from clause to clause; a clause is announced with its first sound", async () => {
  const { times, trace } = await play([30, 0, 30]);
  expect(times).toEqual((await play([60])).times);
  expect(trace).toEqual(["clause 30 @0", "first-audio", "clause 0 @180", "clause 30 @180"]);
});

test("an engine slower than speech is not waited for twice: what is late goes out at once", async () => {
  const { times } = await play([10], 50);
  expect(times).toEqual(Array.from({ length: 10 }, (_, n) => (n + 1) * 50));
});

test("after a gap it runs ahead by the lead again, and no further", async () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const audio = async function* (): AsyncGenerator<Int16Array> {
    yield new Int16Array(frameMs * 16);
    await clock.sleep(1_000);
    for (let n = 0; n < 40; n += 1) yield new Int16Array(frameMs * 16);
  };
  const source = async function* () {
    yield { shown: "", spoken: true, audio: audio(), samples: () => null, words: () => [] };
  };
  const run = async (): Promise<void> => {
    const { signal } = new AbortController();
    for await (const event of playout(source(), { clock, leadMs: 400, mark: () => undefined }, signal)) {
      if (event.type === "audio") times.push(clock.nowMs());
    }
  };
  const done = run();
  await clock.advance(5_000);
  await done;
  expect(times.filter((atMs) => atMs === 1_000)).toHaveLength(21);
  expect(times.at(-1)).toBe(1_000 + 19 * frameMs);
});

test("an abort ends it while it waits, without another sample", async () => {
  const clock = new VirtualClock();
  const scope = new AbortController();
  let sent = 0;
  const run = async (): Promise<void> => {
    for await (const event of playout(
      clauses(clock, [100]),
      { clock, leadMs: 400, mark: () => undefined },
      scope.signal,
    )) {
      if (event.type === "audio") sent += 1;
    }
  };
  const done = expect(run()).rejects.toThrow("Enough");
  await clock.advance(10);
  const before = sent;
  scope.abort(new Error("Enough"));
  await done;
  await clock.advance(1_000);
  expect(sent).toBe(before);
  expect(clock.sleepers).toBe(0);
});
