import type { RealtimeError } from "../realtime/errors.ts";
import { build, type ServerEvent } from "../realtime/server-events.ts";
import type { Conversation, ConversationEffect, Hearing, Playing, Reply, StepContext } from "./state.ts";

/** One step in the making: the state so far and the effects so far. It lives for a single call of `step`. */
export class Change {
  readonly context: StepContext;
  readonly effects: ConversationEffect[] = [];
  state: Conversation;

  constructor(state: Conversation, context: StepContext) {
    this.state = state;
    this.context = context;
  }

  set(part: Partial<Conversation>): void {
    this.state = { ...this.state, ...part };
  }

  do(effect: ConversationEffect): void {
    this.effects.push(effect);
  }

  send(event: ServerEvent): void {
    this.effects.push({ do: "send", event });
  }

  refuse(error: RealtimeError): void {
    this.send(build.error(error));
  }

  reply(id: string): Reply | undefined {
    return this.state.replies.find((reply) => reply.id === id);
  }

  /** The answer that belongs to the conversation, if one is running. */
  get active(): Reply | undefined {
    return this.state.replies.find((reply) => !reply.outOfBand);
  }

  putReply(changed: Reply): void {
    this.set({ replies: this.state.replies.map((reply) => (reply.id === changed.id ? changed : reply)) });
  }

  changeHearing(part: Partial<Hearing>): void {
    const { hearing } = this.state;
    if (hearing !== null) this.set({ hearing: { ...hearing, ...part } });
  }

  changePlaying(part: Partial<Playing>): void {
    const { playing } = this.state;
    if (playing !== null) this.set({ playing: { ...playing, ...part } });
  }
}
