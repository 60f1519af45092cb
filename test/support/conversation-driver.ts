import { begin, step } from "../../pipeline/conversation/conversation.ts";
import type { Conversation, ConversationEffect, ConversationEvent } from "../../pipeline/conversation/state.ts";
import type { HearEvent } from "../../pipeline/hear-events.ts";
import { parseClientEvent } from "../../pipeline/realtime/client-event-parser.ts";
import type { NewId } from "../../pipeline/realtime/ids.ts";
import type { ServerEvent } from "../../pipeline/realtime/server-events.ts";
import { defaultSession } from "../../pipeline/realtime/session-config.ts";
import type { ReplyEvent } from "../../pipeline/reply-events.ts";

/** Ids that count: item_1, resp_2, … */
export function countingIds(): NewId {
  let count = 0;
  return (prefix) => `${prefix}_${++count}`;
}

/** Runs the reducer by hand: what a session does, without anything behind it. */
export class ConversationDriver {
  state: Conversation;
  nowMs = 0;
  /** Everything that was ever to be done, in order. */
  readonly effects: ConversationEffect[] = [];
  readonly #newId: NewId = countingIds();

  constructor() {
    const { state, effects } = begin(defaultSession({ id: "sess_1" }), this.#context());
    this.state = state;
    this.effects.push(...effects);
  }

  get sent(): ServerEvent[] {
    return this.effects.flatMap((effect) => (effect.do === "send" ? [effect.event] : []));
  }

  /** The effects of one event. */
  take(event: ConversationEvent): readonly ConversationEffect[] {
    const { state, effects } = step(this.state, event, this.#context());
    this.state = state;
    this.effects.push(...effects);
    return effects;
  }

  /** @param message as a client writes it. @returns what is sent because of it. */
  client(message: Record<string, unknown>): ServerEvent[] {
    const parsed = parseClientEvent(JSON.stringify(message));
    if (!parsed.ok) throw new Error(`The test sends what no client may: ${parsed.error.message}`);
    return sentOf(this.take({ type: "client", event: parsed.event }));
  }

  hear(event: HearEvent): ServerEvent[] {
    return sentOf(this.take({ type: "heard", event }));
  }

  reply(replyId: string, event: ReplyEvent): ServerEvent[] {
    return sentOf(this.take({ type: "replied", replyId, event }));
  }

  end(replyId: string, error: string | null = null): ServerEvent[] {
    return sentOf(this.take({ type: "reply-end", replyId, error }));
  }

  /** A whole utterance from its start to its transcript. */
  say(utterance: number, text: string, rejected = false): ServerEvent[] {
    const startMs = this.nowMs;
    return [
      ...this.hear({ type: "speech-start", utterance, atMs: startMs }),
      ...this.hear({ type: "speech-progress", utterance, speechMs: 320 }),
      ...this.hear({ type: "utterance-end", utterance, startMs, endMs: startMs + 1_000, silenceMs: 500 }),
      ...this.hear({ type: "transcript", utterance, text, rejected, audioMs: 500 }),
    ];
  }

  /** The reply that was started last. */
  get lastReply(): Extract<ConversationEffect, { do: "start-reply" }> {
    const started = this.effects.findLast((effect) => effect.do === "start-reply");
    if (started?.do !== "start-reply") throw new Error("No reply was started");
    return started;
  }

  /** A spoken clause of so many milliseconds. */
  speak(replyId: string, shown: string, ms: number): void {
    this.reply(replyId, { type: "clause", shown, spoken: true });
    this.reply(replyId, { type: "audio", samples: new Int16Array(ms * 16), clauseSamples: ms * 16 });
  }

  #context(): { nowMs: number; newId: NewId } {
    return { nowMs: this.nowMs, newId: this.#newId };
  }
}

function sentOf(effects: readonly ConversationEffect[]): ServerEvent[] {
  return effects.flatMap((effect) => (effect.do === "send" ? [effect.event] : []));
}
