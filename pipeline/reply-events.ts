import type { Message, ToolChoice, ToolSpec } from "../models/roles.ts";

/** One answer to be made: everything it needs, fixed at the moment it was asked for. */
export interface ReplyJob {
  readonly conversation: string;
  /** A fixed sentence to say, or what a model is to answer. */
  readonly content:
    | { readonly type: "say"; readonly text: string }
    | {
        readonly type: "answer";
        readonly messages: readonly Message[];
        /** The client's functions; calls to them are handed to the client. */
        readonly tools: readonly ToolSpec[];
        readonly toolChoice: ToolChoice;
        readonly maxTokens: number;
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
    }
  | { readonly type: "call"; readonly name: string; readonly argumentsJson: string };

/** Moments of one turn, for its trace. Each is recorded the first time it happens. */
export type ReplyMark = "lease" | "first-token" | "first-clause" | "first-speech" | "first-audio";
export type MarkReply = (mark: ReplyMark) => void;
