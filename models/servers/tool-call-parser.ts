import type { ToolSpec } from "../roles.ts";
import type { CallStyle } from "./chat-style.ts";
import { callEnd, callStart } from "./chatml.ts";
import { heldBack } from "./held-back.ts";
import type { ParsedPart, ToolCallParser } from "./parsed-part.ts";
import { SaidWords } from "./said-words.ts";
import { readCalls } from "./written-call.ts";

export type { ParsedPart } from "./parsed-part.ts";

export interface CallParserOptions {
  /** Where the output begins, when the prompt already opened something. */
  readonly inside?: "call" | "think";
  readonly style?: Exclude<CallStyle, "harmony">;
  /** What may be called; a bare JSON text is a call only where there is something. */
  readonly tools?: readonly ToolSpec[];
}

/** Reads `<tool_call>…</tool_call>`, leaves `<think>…</think>` out, and knows the marks of the style. */
export function createToolCallParser({ inside, style = "hermes", tools = [] }: CallParserOptions = {}): ToolCallParser {
  const spans = [...usual, ...(own[style] ?? [])];
  const openings = spans.map(({ opening }) => opening);
  let span: Span | undefined = inside === undefined ? undefined : inside === "call" ? usual[0] : usual[1];
  let buffer = "";
  /** Llama says nothing before its JSON that would tell it from words. */
  let mayBeJson = style === "llama" && tools.length > 0;
  const words = new SaidWords();

  function push(text: string): ParsedPart[] {
    buffer += text;
    const parts: ParsedPart[] = [];
    for (;;) {
      if (span === undefined) {
        if (mayBeJson && !words.spoken) {
          if (/^\s*(\{|$)/.test(buffer)) return parts;
          mayBeJson = false;
        }
        const found = firstOf(spans, buffer);
        if (found === undefined) {
          const held = heldBack(buffer, openings);
          parts.push(...words.say(buffer.slice(0, buffer.length - held)));
          buffer = buffer.slice(buffer.length - held);
          return parts;
        }
        parts.push(...words.say(buffer.slice(0, found.at)));
        buffer = buffer.slice(found.at + found.span.opening.length);
        if (found.span.holds !== "nothing") span = found.span;
      } else {
        const { closing, holds } = span;
        const at = closing === undefined ? -1 : buffer.indexOf(closing);
        if (closing === undefined || at < 0) {
          if (holds === "thoughts") buffer = buffer.slice(buffer.length - heldBack(buffer, [closing ?? ""]));
          return parts;
        }
        if (holds === "call") parts.push(...readCalls(buffer.slice(0, at), tools));
        buffer = buffer.slice(at + closing.length);
        span = undefined;
      }
    }
  }

  function end(): ParsedPart[] {
    const rest = buffer;
    buffer = "";
    if (span !== undefined) return span.holds === "call" ? readCalls(rest, tools) : [];
    if (!mayBeJson || words.spoken || rest.trim() === "") return words.say(rest);
    const read = readCalls(rest, tools);
    return read.some(({ type }) => type === "malformed") ? words.say(rest) : read;
  }

  return { push, end };
}

interface Span {
  readonly opening: string;
  /** Without one it goes on to the end. */
  readonly closing?: string;
  readonly holds: "call" | "thoughts" | "nothing";
}

/** A closing tag without its opening happens when a chat template opened it; what stood before is gone already. */
const usual: readonly [Span, Span, ...Span[]] = [
  { opening: callStart, closing: callEnd, holds: "call" },
  { opening: "<think>", closing: "</think>", holds: "thoughts" },
  { opening: "</think>", holds: "nothing" },
  { opening: callEnd, holds: "nothing" },
];
const mistral: readonly Span[] = [
  { opening: "[TOOL_CALLS]", holds: "call" },
  { opening: "[THINK]", closing: "[/THINK]", holds: "thoughts" },
];
const own: Readonly<Partial<Record<CallStyle, readonly Span[]>>> = {
  llama: [{ opening: "<|python_tag|>", holds: "call" }],
  mistral,
  "mistral-args": mistral,
};

function firstOf(spans: readonly Span[], text: string): { readonly at: number; readonly span: Span } | undefined {
  let found: { readonly at: number; readonly span: Span } | undefined;
  for (const span of spans) {
    const at = text.indexOf(span.opening);
    if (at >= 0 && (found === undefined || at < found.at)) found = { at, span };
  }
  return found;
}
