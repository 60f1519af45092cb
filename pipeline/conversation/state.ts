import type { Message, ReplyEnd } from "../../models/roles.ts";
import type { CodingNews } from "../handoff/coding-news.ts";
import type { HearEvent, HearSettings } from "../hear-events.ts";
import type { ClientEvent } from "../realtime/client-events.ts";
import type { NewId } from "../realtime/ids.ts";
import type { AssistantMessage, Item } from "../realtime/items.ts";
import type { JobRequest } from "../realtime/job-events.ts";
import type { ServerEvent } from "../realtime/server-events.ts";
import type { SessionConfig as Session } from "../realtime/session-config.ts";
import type { Recording } from "../recordings.ts";
import type { ErrandJob, ReplyEvent, ReplyJob } from "../reply-events.ts";
import type { ItemList, SaidClause } from "./item-list.ts";

/** Speech that is going on. Until it is announced, the client has not been told: it may yet turn out to be a cough. */
export interface Hearing {
  readonly utterance: number;
  readonly itemId: string;
  readonly startMs: number;
  readonly announced: boolean;
  /** What was sent of the transcript; it only ever grows. */
  readonly shown: string;
  /** A reply was cut short by it. */
  readonly interrupted: boolean;
  /** It began while an answer was heard. */
  readonly overSound: boolean;
}

/** An utterance whose end is known and whose words are not. Below zero are recordings that the client gave. */
export interface Awaited {
  readonly utterance: number;
  readonly itemId: string;
  readonly contentIndex: number;
  readonly shown: string;
  /** What its words are for: an answer, the record only, or nothing but a "stop" that it may contain. */
  readonly purpose: "answer" | "record" | "stop-only";
  readonly interrupted: boolean;
  readonly overSound: boolean;
}

/** The message that an answer is speaking or writing just now. */
export interface OpenMessage {
  readonly item: AssistantMessage;
  readonly outputIndex: number;
  readonly text: string;
  readonly clauses: readonly SaidClause[];
  readonly sentSamples: number;
  /** Number of its binary audio stream; null while no sound was sent. */
  readonly stream: number | null;
}

/** One response, from `response.created` to its one `response.done`. Its settings are those of the moment it was asked for. */
export interface Reply {
  readonly id: string;
  readonly utterance: number | null;
  /** Out-of-band answers are not part of the conversation. */
  readonly outOfBand: boolean;
  /** It waits for the words of an utterance that was committed before it. */
  readonly waiting: boolean;
  readonly settings: ReplySettings;
  readonly output: readonly Item[];
  readonly open: OpenMessage | null;
  /** What the model said of its end; null until then, and when it says nothing. */
  readonly end: ReplyEnd | null;
}

export interface ReplySettings {
  readonly instructions: string;
  readonly modality: "audio" | "text";
  readonly voice: string;
  readonly speed: number;
  readonly format: Session["audio"]["output"]["format"];
  readonly tools: Session["tools"];
  readonly toolChoice: Session["tool_choice"];
  readonly maxOutputTokens: Session["max_output_tokens"];
  readonly metadata: Readonly<Record<string, string>> | null;
  /** Items to answer instead of the conversation. */
  readonly input: ItemList | null;
  /** Where the words come from: a model, a fixed sentence, news of a coding job, an errand, or a model after the director could not be had. */
  readonly source:
    | { readonly type: "model" }
    | { readonly type: "say"; readonly text: string }
    | ({ readonly type: "telling" } & Telling)
    | { readonly type: "errand"; readonly errandId: string }
    | { readonly type: "no-director"; readonly why: string; readonly messages: readonly Message[] };
}

/** A question that a heavy model is answering while the talk goes on. */
export interface PendingErrand {
  readonly id: string;
  /** Of the answer that sent it; its own answer has the same. */
  readonly settings: ReplySettings;
  /** What was asked. */
  readonly messages: readonly Message[];
  /** Null while nothing is known. */
  readonly news: { readonly type: "ready" } | { readonly type: "failed"; readonly why: string } | null;
}

/** News of a coding job that are told when nobody speaks. */
export interface Telling {
  readonly jobId: string;
  readonly text: string;
  /** Set when it asks for a yes to a change. */
  readonly approvalId: string | null;
  /** Before that, only a client that asks for it is told. */
  readonly notBeforeMs: number;
}

/** A change that waits for a yes. */
export interface PendingApproval {
  readonly id: string;
  readonly jobId: string;
  /** "amber seven"; null when it cannot be approved by voice. */
  readonly phrase: string | null;
  /** What is said of it. */
  readonly text: string;
  /** That was heard to its end: only from then on the phrase counts. */
  readonly told: boolean;
  /** The call that shows the client how it is applied; null before that. */
  readonly callId: string | null;
}

/** The sound that the client is playing, or has yet to play. */
export interface Playing {
  readonly itemId: string;
  readonly rateHz: number;
  readonly sentSamples: number;
  /** When its first sample is heard: as it is sent, or behind the sound before it. */
  readonly beginsMs: number;
  readonly finished: boolean;
  /** What the client said it played, and when it said so. */
  readonly acknowledged: { readonly samples: number; readonly atMs: number; readonly playing: boolean } | null;
}

/** All that is true of one connection's talk. */
export interface Conversation {
  readonly id: string;
  /** The client speaks `sotto.v1`. */
  readonly extended: boolean;
  readonly session: Session;
  readonly items: ItemList;
  readonly hearing: Hearing | null;
  readonly awaited: readonly Awaited[];
  /** Commits handed to the listener and not yet answered. */
  readonly commits: number;
  /** Recordings that the client gave so far. */
  readonly recordings: number;
  readonly replies: readonly Reply[];
  readonly errands: readonly PendingErrand[];
  readonly tellings: readonly Telling[];
  readonly approvals: readonly PendingApproval[];
  /** Coding jobs that could be stopped. */
  readonly runningJobs: number;
  readonly playing: Playing | null;
  /** An utterance ended while an answer was running that it must not interrupt; it is answered after. */
  readonly answerNext: number | null;
  readonly streams: number;
  /** An answer was heard; its voice can no longer change. */
  readonly audioSent: boolean;
  readonly shownState: TalkState;
  /** Errands that the client knows of. */
  readonly shownOwed: number;
}

export type TalkState = "listening" | "hearing" | "thinking" | "speaking";

export type ConversationEvent =
  | { readonly type: "client"; readonly event: ClientEvent }
  | { readonly type: "heard"; readonly event: HearEvent }
  | { readonly type: "replied"; readonly replyId: string; readonly event: ReplyEvent }
  | {
      readonly type: "errand";
      readonly errandId: string;
      readonly news: { readonly type: "ready" } | { readonly type: "failed"; readonly why: string };
    }
  | { readonly type: "coding"; readonly news: CodingNews }
  | { readonly type: "wake" }
  | { readonly type: "reply-end"; readonly replyId: string; readonly error: string | null };

export type ConversationEffect =
  | { readonly do: "send"; readonly event: ServerEvent }
  | {
      readonly do: "send-audio";
      readonly replyId: string;
      readonly item: { readonly id: string; readonly outputIndex: number; readonly stream: number };
      readonly format: ReplySettings["format"];
      readonly samples: Int16Array;
    }
  /** The last of an item's sound: filters are emptied. */
  | { readonly do: "end-audio"; readonly itemId: string }
  | { readonly do: "start-reply"; readonly replyId: string; readonly utterance: number | null; readonly job: ReplyJob }
  | { readonly do: "cancel-reply"; readonly replyId: string }
  | { readonly do: "start-errand"; readonly errandId: string; readonly job: ErrandJob }
  | { readonly do: "cancel-errand"; readonly errandId: string }
  | { readonly do: "configure-hearing"; readonly settings: HearSettings }
  | { readonly do: "change-input"; readonly format: Session["audio"]["input"]["format"] }
  | { readonly do: "commit-audio"; readonly eventId: string | undefined }
  | { readonly do: "clear-audio" }
  | { readonly do: "transcribe"; readonly recording: Recording }
  /** A client wants something of the coder. */
  | { readonly do: "ask-coder"; readonly request: JobRequest }
  /** A yes or no to a change; the desk decides whether it counts. */
  | {
      readonly do: "decide";
      readonly approvalId: string;
      readonly approve: boolean;
      readonly how: "voice" | "client";
      readonly eventId: string | undefined;
    }
  | { readonly do: "stop-jobs" }
  /** The news of a job were told, or begun to be. */
  | { readonly do: "note-told"; readonly jobId: string }
  /** A `wake` event so long from now. */
  | { readonly do: "wake-in"; readonly ms: number }
  | { readonly do: "stay-awake" }
  | { readonly do: "note-played"; readonly itemId: string };

/** What a step may know beside state and event: the time, and ids. */
export interface StepContext {
  readonly nowMs: number;
  readonly newId: NewId;
}
