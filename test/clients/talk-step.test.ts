import { expect, test } from "vitest";
import { heardAndRest } from "../../clients/assistant-line.ts";
import { statusOf, type TalkEvent, type TalkState, talkStart } from "../../clients/talk-state.ts";
import { talkStep } from "../../clients/talk-step.ts";
import type { ServerEventMessage } from "../../pipeline/realtime/server-event-schema.ts";

const ready: TalkEvent = { type: "link", link: { status: "ready" } };
const server = (event: ServerEventMessage): TalkEvent => ({ type: "server", event });
const ids = { response_id: "r", item_id: "a" };
const audio = (samples: number): TalkEvent => ({ type: "audio", responseId: "r", itemId: "a", samples });
const played = (playedSamples: number, playing: boolean): TalkEvent => ({
  type: "played",
  report: { itemId: "a", playedSamples, playing },
});
const speechStarted = server({ type: "input_audio_buffer.speech_started", item_id: "u", audio_start_ms: 0 });
const done = (status: string): TalkEvent => server({ type: "response.done", response: { id: "r", status } });
const itemDone = (status: string): TalkEvent =>
  server({
    type: "response.output_item.done",
    response_id: "r",
    output_index: 0,
    item: { id: "a", type: "message", status },
  });
const answer = [
  server({ type: "response.created", response: { id: "r", status: "in_progress" } }),
  server({ type: "response.output_audio_transcript.delta", ...ids, delta: "One two three." }),
  audio(24_000),
  server({ type: "response.output_audio_transcript.delta", ...ids, delta: " Four five six." }),
  audio(24_000),
];

function after(...events: readonly TalkEvent[]): TalkState {
  return events.reduce(talkStep, talkStart);
}

function words(state: TalkState): readonly string[] {
  return state.lines.map((line) => {
    if (line.from !== "assistant") return `${line.from}: ${line.text}`;
    const { heard, rest } = heardAndRest(line);
    return `${line.status}: ${heard}|${rest}`;
  });
}

test("it is connecting until the session is agreed on, and again when the line is lost", () => {
  expect(statusOf(talkStart)).toBe("connecting");
  expect(statusOf(after(ready))).toBe("listening");
  const lost = after(ready, {
    type: "link",
    link: { status: "waiting", attempt: 1, retryInMs: 250, why: "lost", httpStatus: null, silent: false },
  });
  expect(statusOf(lost)).toBe("connecting");
  expect(statusOf(after({ type: "link", link: { status: "refused", why: "no", httpStatus: 401 } }))).toBe("error");
});

test("without our extension the state is told from the other events", () => {
  expect(statusOf(after(ready, speechStarted))).toBe("hearing");
  expect(
    statusOf(
      after(ready, speechStarted, server({ type: "input_audio_buffer.speech_stopped", item_id: "u", audio_end_ms: 9 })),
    ),
  ).toBe("thinking");
  expect(statusOf(after(ready, ...answer, played(10, true)))).toBe("speaking");
  expect(statusOf(after(ready, ...answer, played(10, true), speechStarted, played(20, false), done("cancelled")))).toBe(
    "hearing",
  );
});

test("with it the service says it, and sound that is still playing has the last word", () => {
  const state = server({ type: "sotto.state", state: "thinking" });
  expect(statusOf(after(ready, state, speechStarted))).toBe("thinking");
  expect(statusOf(after(ready, ...answer, played(10, true), server({ type: "sotto.state", state: "listening" })))).toBe(
    "speaking",
  );
});

test("what a person says grows, and is replaced by what was understood in the end", () => {
  const delta = (text: string): TalkEvent =>
    server({ type: "conversation.item.input_audio_transcription.delta", item_id: "u", delta: text });
  const partial = after(ready, speechStarted, delta("wat "), delta("time"));
  expect(words(partial)).toEqual(["user: wat time"]);
  const complete = server({
    type: "conversation.item.input_audio_transcription.completed",
    item_id: "u",
    transcript: "what time is it",
  });
  expect(talkStep(partial, complete).lines).toMatchObject([{ text: "what time is it", status: "final" }]);
});

test("a cough leaves no line behind", () => {
  const complete = server({
    type: "conversation.item.input_audio_transcription.completed",
    item_id: "u",
    transcript: " ",
  });
  expect(after(ready, speechStarted, complete).lines).toEqual([]);
});

test("an answer appears as it is spoken, and whole when it has been", () => {
  expect(words(after(ready, ...answer))).toEqual(["speaking: |One two three. Four five six."]);
  expect(words(after(ready, ...answer, played(24_000, true)))).toEqual(["speaking: One two three.| Four five six."]);
  const end = [itemDone("completed"), done("completed")];
  expect(words(after(ready, ...answer, ...end))).toEqual(["speaking: |One two three. Four five six."]);
  expect(words(after(ready, ...answer, ...end, played(48_000, false)))).toEqual([
    "done: One two three. Four five six.|",
  ]);
});

test("an answer that was cut off keeps what was heard apart from what was not", () => {
  const cut = after(ready, ...answer, played(24_000, true), speechStarted, played(26_000, false), done("cancelled"));
  expect(words(cut)).toEqual(["interrupted: One two three. Four| five six.", "user: "]);
});

test("the service calls every part done that it cuts off; what had come is still not all there was", () => {
  const long = server({
    type: "response.output_audio_transcript.delta",
    ...ids,
    delta: " And then a good deal more of the same.",
  });
  const before = after(ready, ...answer, long, audio(4_800), played(49_000, true), speechStarted);
  const parts = [server({ type: "response.output_audio.done", ...ids, content_index: 0 }), itemDone("incomplete")];
  const cut = [...parts, done("cancelled"), played(51_000, false)].reduce(talkStep, before);
  expect(words(cut)[0]).toBe("interrupted: One two three. Four five six. And| then a good deal more of the same.");
});

test("an answer that was played to its end before the service called it done is done, not cut off", () => {
  const early = after(ready, ...answer, played(48_000, false));
  expect(words(early)[0]).toMatch(/^speaking: /);
  expect(words(talkStep(early, itemDone("completed")))[0]).toMatch(/^done: /);
  expect(words(talkStep(early, done("cancelled")))[0]).toMatch(/^interrupted: /);
});

test("an answer that was whole when it was cut off is still cut off", () => {
  const end = [itemDone("completed"), done("completed")];
  expect(words(after(ready, ...answer, ...end, played(24_000, true), played(24_100, false)))[0]).toMatch(
    /^interrupted: /,
  );
});

test("an answer in writing needs no loudspeaker", () => {
  const events = [
    server({ type: "response.output_text.delta", ...ids, delta: "Hel" }),
    server({ type: "response.output_text.delta", ...ids, delta: "lo" }),
  ];
  expect(words(after(ready, ...events))).toEqual(["speaking: Hello|"]);
  expect(
    words(
      after(ready, ...events, server({ type: "response.output_text.done", ...ids, text: "Hello" }), done("completed")),
    ),
  ).toEqual(["done: Hello|"]);
});

test("a latency finds its answer, be it early or completed later", () => {
  const latency = (parts: Record<string, number>): TalkEvent => server({ type: "sotto.latency", turn: 1, parts });
  const early = after(ready, latency({ stt_ms: 1 }), ...answer);
  expect(early.lines).toMatchObject([{ latency: { turn: 1, parts: { stt_ms: 1 } } }]);
  const late = talkStep(early, latency({ stt_ms: 1, first_played_ms: 9 }));
  expect(late.lines).toMatchObject([{ latency: { parts: { first_played_ms: 9 } } }]);
});

test("a new connection is a new conversation, and says so only when there was one", () => {
  const lost: TalkEvent = {
    type: "link",
    link: { status: "waiting", attempt: 1, retryInMs: 250, why: "lost", httpStatus: null, silent: false },
  };
  expect(after(ready, lost, ready).lines).toEqual([]);
  const again = after(ready, ...answer, lost, ready);
  expect(words(again).at(-1)).toMatch(/^client: Connected again/);
  // Once, however often, as long as nobody says anything.
  expect([lost, ready, lost, ready].reduce(talkStep, again).lines).toEqual(again.lines);
});

test("errors are shown until the next answer, but not that there was nothing to cancel", () => {
  const error = (code: string): TalkEvent => server({ type: "error", error: { code, message: "Oh." } });
  expect(after(ready, error("response_cancel_not_active")).problem).toBeNull();
  expect(after(ready, error("server_error")).problem).toBe("Oh.");
  expect(after(ready, error("server_error"), ...answer).problem).toBeNull();
});

test("what was heard never shrinks while more sound comes", () => {
  let state = after(
    ready,
    server({ type: "response.output_audio_transcript.delta", ...ids, delta: "7 times 8 makes 56." }),
  );
  let longest = 0;
  for (let tick = 1; tick <= 40; tick += 1) {
    // Sound comes in bursts, well ahead of being played.
    if (tick % 5 === 1) state = talkStep(state, audio(6_000));
    state = talkStep(state, played(tick * 1_200, true));
    const [line] = state.lines;
    const heard = line?.from === "assistant" ? heardAndRest(line).heard.length : 0;
    expect(heard).toBeGreaterThanOrEqual(longest);
    longest = heard;
  }
});
