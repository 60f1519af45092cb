import type { ReplyContent } from "../roles.ts";

/** What a model's raw output turns out to be; `malformed` is a call that nobody can read. */
export type ParsedPart = ReplyContent | { readonly type: "malformed"; readonly text: string };

/** Splits a model's streamed output into words to say and functions to call; its thoughts are left out. */
export interface ToolCallParser {
  push(text: string): ParsedPart[];
  /** Call once, after the last piece. */
  end(): ParsedPart[];
}
