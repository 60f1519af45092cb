import { expect, test } from "vitest";
import { latencyParts, TraceBook } from "../../pipeline/trace.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

test("the parts of a turn are spans, and what no engine accounts for is overhead", () => {
  const marks = new Map([
    ["lease", 1_105] as const,
    ["first-token", 1_145] as const,
    ["first-clause", 1_165] as const,
    ["first-speech", 1_265] as const,
  ]);
  expect(latencyParts({ silenceMs: 360, endedMs: 1_000, transcriptMs: 1_100, marks }, 1_270)).toEqual({
    endpoint_wait_ms: 360,
    stt_ms: 100,
    lease_ms: 5,
    first_token_ms: 40,
    first_clause_ms: 20,
    first_audio_ms: 100,
    // Five for the lease, five behind the first speech.
    overhead_ms: 10,
  });
});

test("a fixed sentence has no model in it", () => {
  const marks = new Map([["first-clause", 1_002] as const, ["first-speech", 1_032] as const]);
  const parts = latencyParts({ silenceMs: 0, endedMs: 1_000, transcriptMs: 1_000, marks }, 1_033);
  expect(parts).toMatchObject({
    lease_ms: 0,
    first_token_ms: 0,
    first_clause_ms: 2,
    first_audio_ms: 30,
    overhead_ms: 1,
  });
});

/** A turn whose words are known after 80 ms and whose first sound is sent 200 ms later. */
async function turn(book: TraceBook, clock: VirtualClock, utterance: number): Promise<(mark: "first-audio") => void> {
  book.utteranceEnd(utterance, 360);
  await clock.advance(80);
  book.transcript(utterance);
  const mark = book.replyStart(`resp_${utterance}`, utterance);
  await clock.advance(200);
  mark("first-audio");
  return mark;
}

test("the first sound sent tells the latency, once; the first sound played completes it, once", async () => {
  const clock = new VirtualClock();
  const book = new TraceBook(clock);
  const mark = await turn(book, clock, 1);
  expect(book.firstSent("resp_1", "item_1")).toMatchObject({ turn: 1, parts: { endpoint_wait_ms: 360, stt_ms: 80 } });
  expect(book.firstSent("resp_1", "item_2")).toBeUndefined();
  await clock.advance(40);
  // Only the first time counts.
  mark("first-audio");
  book.replyEnd("resp_1");
  expect(book.firstPlayed("item_9")).toBeUndefined();
  const played = book.firstPlayed("item_1");
  expect(played).toMatchObject({ turn: 1, parts: { stt_ms: 80, overhead_ms: 200, first_played_ms: 680 } });
  expect(book.firstPlayed("item_1")).toBeUndefined();
});

test("an answer out of band does not take the turn's times away", async () => {
  const clock = new VirtualClock();
  const book = new TraceBook(clock);
  book.utteranceEnd(1, 360);
  book.replyStart("aside", null);
  await clock.advance(80);
  book.transcript(1);
  book.replyStart("resp_1", 1);
  expect(book.firstSent("resp_1", "item_1")).toMatchObject({ turn: 2, parts: { endpoint_wait_ms: 360, stt_ms: 80 } });
  expect(book.firstSent("aside", "item_2")).toMatchObject({ turn: 1, parts: { endpoint_wait_ms: 0, stt_ms: 0 } });
});

test("a reply that never made a sound is forgotten, and so are old ones that were never acknowledged", async () => {
  const clock = new VirtualClock();
  const book = new TraceBook(clock);
  await turn(book, clock, 1);
  book.replyEnd("resp_1");
  expect(book.firstSent("resp_1", "item_1")).toBeUndefined();
  for (let n = 2; n <= 8; n += 1) {
    await turn(book, clock, n);
    book.firstSent(`resp_${n}`, `item_${n}`);
    book.replyEnd(`resp_${n}`);
  }
  expect([2, 3, 4, 5, 6, 7, 8].filter((n) => book.firstPlayed(`item_${n}`) !== undefined)).toEqual([5, 6, 7, 8]);
});

test("utterances that nobody answers are not collected without end", () => {
  const book = new TraceBook(new VirtualClock());
  for (let n = 1; n <= 100; n += 1) book.utteranceEnd(n, 360);
  book.replyStart("old", 1);
  expect(book.firstSent("old", "item_1")).toMatchObject({ parts: { endpoint_wait_ms: 0 } });
  book.replyStart("new", 100);
  expect(book.firstSent("new", "item_2")).toMatchObject({ parts: { endpoint_wait_ms: 360 } });
});
