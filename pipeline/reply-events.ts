import type { Message, ReplyEnd, ToolChoice, ToolSpec } from "../models/roles.ts";
import type { WordTime } from "./word-times.ts";

/** One answer to be made: everything it needs, fixed at the moment it was asked for. */
export interface ReplyJob {
  readonly conversation: string;
  /** A fixed sentence to say, what an errand brought back, or what a model is to answer. */
  readonly content:
    | { readonly type: "say"; readonly text: string }
    | { readonly type: "errand"; readonly errandId: string }
    | {
        readonly type: "answer";
        readonly messages: readonly Message[];
        /** The client's functions; calls to them are handed to the client. */
        readonly tools: readonly ToolSpec[];
        readonly toolChoice: ToolChoice;
        readonly maxTokens: number;
        /**
         * How the director may be had: later, by an errand; now, however long that takes; or not at all, because it was tried and
         * the user is to be told why.
         */
        readonly director: { readonly how: "errand" | "now" } | { readonly how: "never"; readonly why: string };
      };
  readonly modality: "audio" | "text";
  readonly voice: string;
  /** 1 is normal. */
  readonly speed: number;
}

/** What comes out of making an answer, in order. `audio` belongs to the clause before it. */
export type ReplyEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "clause"; readonly shown: string; readonly spoken: boolean }
  | {
      readonly type: "audio";
      readonly samples: Int16Array;
      /** Length of the whole clause's sound, once it is known. */
      readonly clauseSamples: number | null;
      /** When the first words of the clause are heard, as far as an engine tells. */
      readonly words?: readonly WordTime[];
    }
  | { readonly type: "call"; readonly name: string; readonly argumentsJson: string }
  /** The model's own last word on it. */
  | ReplyEnd
  /** A heavy model is to answer this while the talk goes on. */
  | { readonly type: "errand"; readonly job: ErrandJob };

/** A question for a heavy model. */
export interface ErrandJob {
  readonly conversation: string;
  readonly role: "director";
  readonly messages: readonly Message[];
  readonly maxTokens: number;
}

/** Moments of one turn, for its trace. Each is recorded the first time it happens. */
export type ReplyMark = "lease" | "first-token" | "first-clause" | "first-speech" | "first-audio" | "director";
export type MarkReply = (mark: ReplyMark) => void;
