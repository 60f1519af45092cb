import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConversationDriver } from "../../support/conversation-driver.ts";

/** One thing that may happen next; what it needs to know it takes from the conversation of the moment. */
type Happening = (talk: ConversationDriver) => void;

const text = fc.constantFrom("", "what time is it", "stop", "yes", "create a fizz buzz script");

/** Utterances begin, go on and end in any order and half of them never properly. */
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  fc.nat(2_000).map(
    (ms): Happening =>
      (talk) => {
        talk.nowMs += ms;
      },
  ),
  fc.constant<Happening>((talk) => {
    utterance += 1;
    talk.hear({ type: "speech-start", utterance, atMs: talk.nowMs });
  }),
  fc.nat(900).map(
    (speechMs): Happening =>
      (talk) =>
        talk.hear({ type: "speech-progress", utterance, speechMs }),
  ),
  text.map(
    (words): Happening =>
      (talk) =>
        talk.hear({ type: "partial", utterance, text: words }),
  ),
  fc.constant<Happening>((talk) =>
    talk.hear({ type: "utterance-end", utterance, startMs: 0, endMs: talk.nowMs, silenceMs: 400 }),
  ),
  fc.tuple(text, fc.boolean()).map(
    ([words, rejected]): Happening =>
      (talk) =>
        talk.hear({ type: "transcript", utterance, text: rejected ? "" : words, rejected, audioMs: 500 }),
  ),
  fc.constant<Happening>((talk) =>
    talk.hear({ type: "transcript-error", utterance, message: "gone", atMs: talk.nowMs }),
  ),
  fc.constant<Happening>((talk) => talk.hear({ type: "buffer-cleared", dropped: utterance, atMs: talk.nowMs })),
  fc.constant<Happening>((talk) => talk.hear({ type: "idle-timeout", startMs: 0, endMs: talk.nowMs })),
  // Replies of any age go on talking, also those that were cancelled long ago.
  fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 600 })).map(
    ([which, ms]): Happening =>
      (talk) => {
        const id = someReply(talk, which);
        if (id !== undefined) talk.speak(id, `words ${ms} `, ms);
      },
  ),
  fc.nat(20).map(
    (which): Happening =>
      (talk) => {
        const id = someReply(talk, which);
        if (id !== undefined) talk.reply(id, { type: "call", name: "lamp", argumentsJson: "{}" });
      },
  ),
  fc.tuple(fc.nat(20), fc.option(fc.constant("engine failed"))).map(
    ([which, error]): Happening =>
      (talk) => {
        const id = someReply(talk, which);
        if (id !== undefined) talk.end(id, error);
      },
  ),
  fc
    .constantFrom<Record<string, unknown>>(
      { type: "response.create" },
      { type: "response.create", response: { conversation: "none", input: [] } },
      { type: "response.create", response: { output_modalities: ["text"] } },
      { type: "response.cancel" },
      { type: "input_audio_buffer.commit" },
      { type: "input_audio_buffer.clear" },
      { type: "output_audio_buffer.clear" },
      {
        type: "conversation.item.create",
        item: { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
      },
      { type: "session.update", session: { type: "realtime", output_modalities: ["text"] } },
      { type: "session.update", session: { type: "realtime", output_modalities: ["audio"] } },
    )
    .map(
      (message): Happening =>
        (talk) => {
          talk.client(message);
          // The listener answers every commit; here at once, and with nothing.
          if (message["type"] === "input_audio_buffer.commit") talk.hear({ type: "commit-empty", eventId: undefined });
        },
    ),
  fc.tuple(fc.nat(20), fc.nat(60_000), fc.boolean()).map(
    ([which, samples, playing]): Happening =>
      (talk) => {
        const item = talk.state.items[which]?.item;
        if (item === undefined) return;
        talk.client({ type: "sotto.playback", item_id: item.id, played_samples: samples, playing });
        talk.client({ type: "conversation.item.truncate", item_id: item.id, content_index: 0, audio_end_ms: samples });
      },
  ),
  fc.nat(20).map(
    (which): Happening =>
      (talk) => {
        const item = talk.state.items[which]?.item;
        if (item !== undefined) talk.client({ type: "conversation.item.delete", item_id: item.id });
      },
  ),
);

let utterance = 0;

function someReply(talk: ConversationDriver, which: number): string | undefined {
  const ids = talk.effects.flatMap((effect) => (effect.do === "start-reply" ? [effect.replyId] : []));
  return ids[which % Math.max(1, ids.length)];
}

function live(history: readonly Happening[]): ConversationDriver {
  utterance = 0;
  const talk = new ConversationDriver();
  for (const happening of history) happening(talk);
  return talk;
}

/** Silence, then every reply comes to its end, and so do those that waited for it. */
function endAll(talk: ConversationDriver): void {
  for (let [reply] = talk.state.replies; reply !== undefined; [reply] = talk.state.replies) talk.end(reply.id);
}

const histories = fc.array(happenings, { maxLength: 60 });

describe("whatever happened before", () => {
  test("never deaf: the next utterance is answered", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const talk = live(history);
        talk.client({ type: "session.update", session: { type: "realtime" } });
        const before = talk.effects.length;
        // Two in a row: the first may still have to interrupt a reply or end somebody else's utterance.
        for (const _ of [1, 2]) {
          utterance += 1;
          talk.say(utterance, "hello");
        }
        expect(talk.effects.slice(before).some((effect) => effect.do === "start-reply")).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("every response.created gets exactly one response.done, and nothing comes after it", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const talk = live(history);
        endAll(talk);
        const open = new Set<string>();
        const done = new Set<string>();
        for (const event of talk.sent) {
          if (event.type === "response.created") {
            expect(open.has(event.response.id) || done.has(event.response.id)).toBe(false);
            open.add(event.response.id);
          } else if (event.type === "response.done") {
            expect(open.delete(event.response.id)).toBe(true);
            done.add(event.response.id);
          } else if ("response_id" in event) expect(open.has(event.response_id)).toBe(true);
        }
        expect([...open]).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("every added gets its done, once, and no sound follows a cancel", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const talk = live(history);
        endAll(talk);
        const added: string[] = [];
        const done: string[] = [];
        const cancelled = new Set<string>();
        for (const effect of talk.effects) {
          if (effect.do === "cancel-reply") cancelled.add(effect.replyId);
          if (effect.do === "send-audio") expect(cancelled.has(effect.replyId)).toBe(false);
          if (effect.do !== "send") continue;
          if (effect.event.type === "response.output_item.added") added.push(effect.event.item.id);
          if (effect.event.type === "response.output_item.done") done.push(effect.event.item.id);
        }
        expect(done.toSorted()).toEqual(added.toSorted());
      }),
      { numRuns: 300 },
    );
  });

  test("at most one answer of the conversation is active", () => {
    fc.assert(
      fc.property(histories, (history) => {
        utterance = 0;
        const talk = new ConversationDriver();
        for (const happening of history) {
          happening(talk);
          expect(talk.state.replies.filter((reply) => !reply.outOfBand).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("speech_started and speech_stopped take turns", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const open = new Set<string>();
        for (const event of live(history).sent) {
          if (event.type === "input_audio_buffer.speech_started") {
            expect(open.has(event.item_id)).toBe(false);
            open.add(event.item_id);
          } else if (event.type === "input_audio_buffer.speech_stopped") expect(open.delete(event.item_id)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
