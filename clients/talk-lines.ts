import { type AssistantLine, newAnswer } from "./assistant-line.ts";

export interface UserLine {
  readonly from: "user";
  readonly id: string;
  readonly text: string;
  readonly status: "partial" | "final";
}

/** Something the client itself has to say, such as that the conversation began anew. */
export interface NoteLine {
  readonly from: "client";
  readonly id: string;
  readonly text: string;
}

export type TalkLine = UserLine | AssistantLine | NoteLine;

const keptLines = 200;

export function withLine(lines: readonly TalkLine[], line: TalkLine): readonly TalkLine[] {
  const index = lines.findLastIndex((other) => other.id === line.id);
  return index < 0 ? [...lines, line].slice(-keptLines) : lines.with(index, line);
}

export function withoutLine(lines: readonly TalkLine[], id: string): readonly TalkLine[] {
  return lines.filter((line) => line.id !== id);
}

export function userLine(lines: readonly TalkLine[], id: string): UserLine {
  const found = lines.findLast((line) => line.id === id);
  return found?.from === "user" ? found : { from: "user", id, text: "", status: "partial" };
}

export function assistantLine(lines: readonly TalkLine[], id: string, responseId: string): AssistantLine {
  const found = lines.findLast((line) => line.id === id);
  return found?.from === "assistant" ? found : newAnswer(id, responseId);
}
