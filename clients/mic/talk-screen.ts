import type { TalkState } from "../talk-state.ts";

export interface SayingProgress {
  readonly turn: number;
  readonly of: number;
  /** 0 to 1. */
  readonly part: number;
}

/** Where a conversation is shown. */
export interface TalkScreen extends Disposable {
  show(before: TalkState, after: TalkState): void;
  /** A remark of the command itself. */
  tell(text: string): void;
  progress(saying: SayingProgress | null): void;
  /** How loud the microphone is, 0 to 1. */
  level(level: number): void;
}
