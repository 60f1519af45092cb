import { isAbsolute, relative, sep } from "node:path";
import type { AgentNews } from "../coding-agent.ts";
import { type AgentUpdate, pathsOf, type ToolCallNews, type ToolKind } from "./agent-messages.ts";
import { oneLine } from "./one-line.ts";

/** A tool call, put together from all that was said of it. */
export interface ToolCallFacts {
  readonly kind: ToolKind;
  readonly title: string;
  readonly paths: readonly string[];
  readonly showsChange: boolean;
}

/** What an agent has told of its turn so far. */
export interface AgentStory {
  readonly calls: ReadonlyMap<string, ToolCallFacts>;
  /** The message that it is writing, or wrote last. */
  readonly message: { readonly id: string | null; readonly text: string; readonly open: boolean };
  /** What was told last, so that nothing is told twice in a row. */
  readonly told: string;
}

export const noStory: AgentStory = { calls: new Map(), message: { id: null, text: "", open: false }, told: "" };

const mostMessageChars = 20_000;
/** Of calls that are long over nobody asks any more. */
const mostCalls = 2_000;

/** @param folder absolute path that paths are shown relative to */
export function tellStory(
  story: AgentStory,
  update: AgentUpdate,
  folder: string,
): { readonly story: AgentStory; readonly news: AgentNews | null } {
  switch (update.sessionUpdate) {
    case "agent_message_chunk": {
      const id = update.messageId ?? null;
      const { message } = story;
      const text = message.open && message.id === id ? message.text + update.content.text : update.content.text;
      return { story: { ...story, message: { id, text: text.slice(-mostMessageChars), open: true } }, news: null };
    }
    case "agent_thought_chunk":
      return news(story, { type: "note", text: "Thinking" });
    case "plan": {
      const now = update.entries.find(({ status }) => status === "in_progress");
      return now === undefined ? { story, news: null } : news(story, note(now.content));
    }
    case "tool_call":
    case "tool_call_update": {
      const facts = mergeCall(story.calls.get(update.toolCallId), update);
      const calls = new Map([...story.calls].slice(-mostCalls)).set(update.toolCallId, facts);
      const after = { ...story, calls, message: { ...story.message, open: false } };
      return news(after, newsOf(facts, folder));
    }
  }
}

/** What is known of a call after more was said of it. */
export function mergeCall(before: ToolCallFacts | undefined, said: ToolCallNews): ToolCallFacts {
  const paths = pathsOf(said);
  return {
    kind: said.kind ?? before?.kind ?? "other",
    title: said.title ?? before?.title ?? "",
    paths: [...new Set([...(before?.paths ?? []), ...paths])],
    showsChange:
      before?.showsChange === true ||
      (said.content ?? []).some(
        (part) => typeof part === "object" && part !== null && "type" in part && part.type === "diff",
      ),
  };
}

function newsOf({ kind, title, paths: [path] }: ToolCallFacts, folder: string): AgentNews | null {
  switch (kind) {
    case "read":
      return path === undefined ? note(title) : { type: "reading", path: shown(path, folder) };
    case "edit":
    case "delete":
    case "move":
      return path === undefined ? note(title) : { type: "editing", path: shown(path, folder) };
    case "search":
      return { type: "searching", text: oneLine(title, 120) };
    case "think":
      return { type: "note", text: "Thinking" };
    case "execute":
    case "fetch":
    case "switch_mode":
    case "other":
      return note(title);
  }
}

function news(
  story: AgentStory,
  told: AgentNews | null,
): { readonly story: AgentStory; readonly news: AgentNews | null } {
  if (told === null) return { story, news: null };
  const line = JSON.stringify(told);
  return line === story.told ? { story, news: null } : { story: { ...story, told: line }, news: told };
}

function note(text: string): AgentNews | null {
  const line = oneLine(text, 160);
  return line === "" ? null : { type: "note", text: line };
}

function shown(path: string, folder: string): string {
  const inner = isAbsolute(path) ? relative(folder, path) : path;
  const line = inner === "" || inner.startsWith("..") || isAbsolute(inner) ? path : inner.split(sep).join("/");
  return oneLine(line, 200);
}
