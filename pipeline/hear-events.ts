import type { TurnRule } from "./stages/turn.ts";

/** How the microphone is listened to; null detection means that the client says when an utterance ends. */
export interface HearSettings {
  readonly detection: {
    /** Probability above which a frame counts as speech. */
    readonly threshold: number;
    /** Audio kept from before the speech began. */
    readonly prefixMs: number;
    readonly rule: TurnRule;
    /** Without speech for this long the listener says so; null for never. */
    readonly idleTimeoutMs: number | null;
  } | null;
}

/** What listening tells the conversation. `utterance` counts from 1; times are milliseconds of audio since the session began. */
export type HearEvent =
  | { readonly type: "speech-start"; readonly utterance: number; readonly atMs: number }
  | { readonly type: "speech-progress"; readonly utterance: number; readonly speechMs: number }
  | { readonly type: "partial"; readonly utterance: number; readonly text: string }
  | {
      readonly type: "utterance-end";
      readonly utterance: number;
      readonly startMs: number;
      readonly endMs: number;
      /** Silence that was waited for before the turn was held to be over. */
      readonly silenceMs: number;
    }
  | {
      readonly type: "transcript";
      readonly utterance: number;
      readonly text: string;
      readonly rejected: boolean;
      readonly audioMs: number;
    }
  | { readonly type: "transcript-error"; readonly utterance: number; readonly message: string; readonly atMs: number }
  | { readonly type: "commit-empty"; readonly eventId: string | undefined }
  /** Audio came faster than it could be heard for so long that some had to be dropped. */
  | { readonly type: "overflow" }
  | { readonly type: "buffer-cleared"; readonly dropped: number | null; readonly atMs: number }
  | { readonly type: "idle-timeout"; readonly startMs: number; readonly endMs: number };
