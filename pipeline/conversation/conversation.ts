import { build } from "../realtime/server-events.ts";
import { type SessionConfig, wireSession } from "../realtime/session-config.ts";
import { ask, hearSettings } from "./asking.ts";
import { Change } from "./change.ts";
import { errandNews } from "./errands.ts";
import { hear } from "./hearing.ts";
import { codingNews } from "./jobs.ts";
import { isPlaying } from "./playing.ts";
import { endReply, replied } from "./replying.ts";
import { answerNext, tellErrand, tellJob } from "./responding.ts";
import type { Conversation, ConversationEffect, ConversationEvent, StepContext, TalkState } from "./state.ts";

/** What is now true, and what must now be done. */
export interface Step {
  readonly state: Conversation;
  readonly effects: readonly ConversationEffect[];
}

/** A conversation before its first word. */
export function begin(session: SessionConfig, context: StepContext, extended = false): Step {
  const change = new Change(
    {
      id: context.newId("conv"),
      extended,
      session,
      items: [],
      hearing: null,
      awaited: [],
      commits: 0,
      recordings: 0,
      replies: [],
      errands: [],
      tellings: [],
      approvals: [],
      runningJobs: 0,
      playing: null,
      answerNext: null,
      streams: 0,
      audioSent: false,
      shownState: "listening",
      shownOwed: 0,
    },
    context,
  );
  change.send(build.sessionCreated(wireSession(session)));
  change.do({ do: "configure-hearing", settings: hearSettings(session) });
  return { state: change.state, effects: change.effects };
}

/** The one place where a conversation changes: pure, so that any history can be replayed. */
export function step(state: Conversation, event: ConversationEvent, context: StepContext): Step {
  const change = new Change(state, context);
  switch (event.type) {
    case "client":
      ask(change, event.event);
      break;
    case "heard":
      hear(change, event.event);
      break;
    case "replied":
      replied(change, event.replyId, event.event);
      break;
    case "errand":
      errandNews(change, event.errandId, event.news);
      break;
    case "coding":
      codingNews(change, event.news);
      break;
    case "wake":
      break;
    case "reply-end":
      endReply(change, event.replyId, event.error);
      break;
  }
  answerNext(change);
  tellErrand(change);
  tellJob(change);
  showState(change);
  return { state: change.state, effects: change.effects };
}

/** What the assistant is doing, in a word. */
export function talkState(state: Conversation, nowMs: number): TalkState {
  if (state.hearing?.announced) return "hearing";
  if (isPlaying(state, nowMs)) return "speaking";
  return state.replies.length > 0 || state.awaited.some((awaited) => awaited.purpose === "answer")
    ? "thinking"
    : "listening";
}

function showState(change: Change): void {
  const now = talkState(change.state, change.context.nowMs);
  const owed = change.state.errands.length;
  if (now === change.state.shownState && owed === change.state.shownOwed) return;
  change.set({ shownState: now, shownOwed: owed });
  change.send(build.state(now, owed));
}
