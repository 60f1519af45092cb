import { describe, expect, test } from "vitest";
import type { ReplyEnd } from "../../../models/roles.ts";
import type { ServerEvent } from "../../../pipeline/realtime/server-events.ts";
import { ConversationDriver } from "../../support/conversation-driver.ts";

const usage = { inputTokens: 120, cachedTokens: 100, outputTokens: 8 };
const wireUsage = {
  total_tokens: 128,
  input_tokens: 120,
  output_tokens: 8,
  input_token_details: { text_tokens: 120, audio_tokens: 0, cached_tokens: 100 },
  output_token_details: { text_tokens: 8, audio_tokens: 0 },
};

/** An answer that says something and comes to an end. */
function answered(end: ReplyEnd | null, how: "ends" | "fails" | "is cancelled" = "ends"): ServerEvent[] {
  const talk = new ConversationDriver();
  talk.client({ type: "response.create" });
  const { replyId } = talk.lastReply;
  talk.speak(replyId, "Once upon a", 500);
  if (end !== null) talk.reply(replyId, end);
  if (how === "is cancelled") talk.client({ type: "response.cancel" });
  talk.end(replyId, how === "fails" ? "It fell over" : null);
  return talk.sent;
}
const doneOf = (sent: readonly ServerEvent[]) => sent.filter((event) => event.type === "response.done");

describe("response.done", () => {
  test("is incomplete, and so is the item, when the model had no tokens left", () => {
    const sent = answered({ type: "end", reason: "length", usage });
    expect(doneOf(sent)).toMatchObject([
      {
        response: {
          status: "incomplete",
          status_details: { type: "incomplete", reason: "max_output_tokens" },
          usage: wireUsage,
          output: [{ status: "incomplete", content: [{ transcript: "Once upon a" }] }],
        },
      },
    ]);
    const items = sent.filter((event) => event.type === "conversation.item.done");
    expect(items.at(-1)).toMatchObject({ item: { status: "incomplete" } });
  });

  test("says what a whole answer cost", () => {
    const [done, ...others] = doneOf(answered({ type: "end", reason: "end", usage }));
    expect(others).toEqual([]);
    expect(done).toMatchObject({
      response: { status: "completed", status_details: null, usage: wireUsage, output: [{ status: "completed" }] },
    });
  });

  test("says nothing of a cost that nobody knows", () => {
    for (const end of [null, { type: "end", reason: "end", usage: null } as const])
      expect(doneOf(answered(end))).toMatchObject([{ response: { status: "completed", usage: null } }]);
  });

  test("of an answer that failed or was cancelled after its last token says so all the same", () => {
    const end = { type: "end", reason: "length", usage } as const;
    expect(doneOf(answered(end, "fails"))).toMatchObject([{ response: { status: "failed", usage: wireUsage } }]);
    expect(doneOf(answered(end, "is cancelled"))).toMatchObject([
      { response: { status: "cancelled", status_details: { reason: "client_cancelled" }, usage: wireUsage } },
    ]);
  });
});
