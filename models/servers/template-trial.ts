import type { Message, ToolSpec } from "../roles.ts";
import type { CallStyle, ChatPromptParams, ChatStyle } from "./chat-style.ts";
import type { PromptPiece } from "./server.ts";
import { plainHabits, type TemplateHabits } from "./template-turns.ts";

/** Writes a conversation by a template. @throws Error when it cannot, or leaves out what was said. */
type Write = (asked: ChatPromptParams, habits: TemplateHabits, isAnswering: boolean) => readonly PromptPiece[];

/**
 * Finds out what a template can write by having it written, and how its model ends a turn and calls a function.
 * @throws Error when it cannot write even question, answer and question.
 */
export function tryTemplate(write: Write): { readonly habits: TemplateHabits; readonly style: ChatStyle } {
  const talk = textOf(write({ ...plain, messages: [question, answer, next] }, plainHabits, false));
  const can = (messages: Message[], habits: TemplateHabits, tools: ToolSpec[] = []): string | undefined => {
    try {
      return textOf(write({ ...plain, messages, tools }, habits, true));
    } catch {
      return;
    }
  };
  for (const calls of ["attached", "apart", "alone"] as const) {
    for (const system of ["own", "folded"] as const) {
      const habits = { system, calls };
      const asked = [instructions, question, ...(calls === "alone" ? [] : [words]), call, result];
      const text = can(asked, habits, [probeTool]);
      if (text?.includes(probeTool.description) !== true) continue;
      if (can([...asked, answer, next], habits, [probeTool]) === undefined) continue;
      const style = styleOf(between(text, question.text, result.output));
      if (style === "none") continue;
      const stop = style === "harmony" ? ["<|return|>", "<|call|>"] : stopsIn(talk);
      return { habits, style: { calls: style, stop } };
    }
  }
  const own = { system: "own", calls: "told" } as const;
  const habits = can([instructions, question, answer, next], own) === undefined ? plainHabits : own;
  return { habits, style: { calls: "none", stop: stopsIn(talk) } };
}

const plain = { tools: [], thinking: false };
const instructions = { from: "system", text: "probe_instructions" } as const;
const question = { from: "user", text: "probe_question" } as const;
const words = { from: "assistant", text: "probe_words" } as const;
const call = { from: "call", id: "1", name: "probe_tool", argumentsJson: '{"probe_key":"probe_value"}' } as const;
const result = { from: "result", id: "1", name: "probe_tool", output: "probe_output" } as const;
const answer = { from: "assistant", text: "probe_answer" } as const;
const next = { from: "user", text: "probe_next" } as const;
const probeTool: ToolSpec = {
  name: call.name,
  description: "probe_description",
  parameters: { type: "object", properties: { probe_key: { type: "string" } } },
};

/** @param written A call of the probe tool, as the template writes it. */
function styleOf(written: string): CallStyle {
  if (!written.includes(call.name) || !written.includes("probe_value")) return "none";
  if (written.includes("[TOOL_CALLS]")) return written.includes("[ARGS]") ? "mistral-args" : "mistral";
  if (/<tool_call>\s*(\{|<function=)/.test(written)) return "hermes";
  if (/to=functions\.probe_tool\b/.test(written)) return "harmony";
  return /\{"name": ?"probe_tool", ?"parameters":/.test(written) ? "llama" : "none";
}

/** What ends a turn or begins one, by its brackets; without any, the words that stand there. */
function stopsIn(talk: string): string[] {
  const change = between(talk, answer.text, next.text);
  const tags = change.match(/<[^<>\s]{2,40}>|\[\/?[A-Z_]{2,20}\]/g)?.filter((tag) => !/think|tool/i.test(tag)) ?? [];
  if (tags.length > 0) return [...new Set(tags)];
  const [line = ""] = change.trim().split("\n");
  return line.length < 3 ? [] : [line];
}

function between(text: string, start: string, end: string): string {
  const from = text.lastIndexOf(start) + start.length;
  const to = text.indexOf(end, from);
  return to < 0 ? "" : text.slice(from, to);
}

function textOf(pieces: readonly PromptPiece[]): string {
  return pieces.map(({ text }) => text).join("");
}
