import { expect, test } from "vitest";
import { messagesOf } from "../../../pipeline/conversation/messages.ts";
import { ConversationDriver } from "../../support/conversation-driver.ts";

const second = 16_000;

/** One answer has been sent to its end and has 400 ms to play; the next one, of two seconds, follows at once. */
function twoAnswers(): { readonly talk: ConversationDriver; readonly firstItem: string | undefined } {
  const talk = new ConversationDriver();
  talk.say(1, "what time is it");
  talk.speak(talk.lastReply.replyId, "It is ten.", 1_000);
  const firstItem = talk.state.playing?.itemId;
  talk.nowMs = 600;
  talk.end(talk.lastReply.replyId);
  talk.client({ type: "response.create" });
  const { replyId } = talk.lastReply;
  talk.reply(replyId, { type: "clause", shown: "And it rains.", spoken: true });
  const words = [0, 0.5, 1].map((at) => ({ startSample: at * second, endSample: (at + 0.5) * second }));
  talk.reply(replyId, { type: "audio", samples: new Int16Array(2 * second), clauseSamples: 2 * second, words });
  return { talk, firstItem };
}

function interrupted(talk: ConversationDriver, atMs: number): string | undefined {
  talk.nowMs = atMs;
  talk.hear({ type: "speech-start", utterance: 2, atMs });
  talk.hear({ type: "speech-progress", utterance: 2, speechMs: 320 });
  const last = messagesOf("", talk.state.items).at(-1);
  return last?.from === "assistant" ? last.text : undefined;
}

test("an answer that follows another is played behind it, not from when it is sent", () => {
  // It begins at 1000; the middles of its words are heard at 1250, 1750 and 2250.
  const heardAt = [1_001, 1_240, 1_260, 1_740, 1_760, 2_240, 2_260].map((atMs) => interrupted(twoAnswers().talk, atMs));
  const rest = ["It is ten.", "It is ten.", "And", "And", "And it", "And it", "And it rains."];
  expect(heardAt).toEqual(rest);
});

test("nothing of it was heard while the one before was playing", () => {
  expect(interrupted(twoAnswers().talk, 900)).toBe("It is ten.");
});

test("behind an answer that the client reports on, it is the report that counts", () => {
  const talk = new ConversationDriver();
  talk.say(1, "what time is it");
  const { replyId } = talk.lastReply;
  talk.speak(replyId, "It is ten.", 1_000);
  const itemId = talk.state.playing?.itemId;
  talk.nowMs = 600;
  // The client is 300 ms late: it has 700 ms to play.
  talk.client({ type: "sotto.playback", item_id: itemId, played_samples: 0.3 * 24_000, playing: true });
  talk.end(replyId);
  talk.client({ type: "response.create" });
  talk.speak(talk.lastReply.replyId, "Yes.", 1_000);
  expect(talk.state.playing?.beginsMs).toBe(1_300);
});

test("it begins at once when nothing else is playing, or a client plays no more", () => {
  for (const report of [false, true]) {
    const talk = new ConversationDriver();
    talk.say(1, "what time is it");
    talk.speak(talk.lastReply.replyId, "It is ten.", 1_000);
    talk.end(talk.lastReply.replyId);
    talk.nowMs = report ? 600 : 1_200;
    const itemId = talk.state.playing?.itemId;
    if (report) talk.client({ type: "sotto.playback", item_id: itemId, played_samples: 100, playing: false });
    talk.client({ type: "response.create" });
    talk.speak(talk.lastReply.replyId, "Yes.", 1_000);
    expect(talk.state.playing?.beginsMs).toBe(talk.nowMs);
  }
});

test("three short answers in a row queue up behind each other", () => {
  const talk = new ConversationDriver();
  talk.say(1, "what time is it");
  const begins: (number | undefined)[] = [];
  for (let n = 0; n < 3; n += 1) {
    talk.speak(talk.lastReply.replyId, "Yes.", 300);
    begins.push(talk.state.playing?.beginsMs);
    talk.end(talk.lastReply.replyId);
    talk.nowMs += 50;
    if (n < 2) talk.client({ type: "response.create" });
  }
  expect(begins).toEqual([0, 300, 600]);
});
