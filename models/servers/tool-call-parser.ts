import { z } from "zod";
import type { ReplyContent } from "../roles.ts";
import { callEnd, callStart } from "./chatml.ts";
import { heldBack } from "./held-back.ts";

/** What a model's raw output turns out to be; `malformed` is a call that nobody can read. */
export type ParsedPart = ReplyContent | { readonly type: "malformed"; readonly text: string };

/** Splits a model's streamed output into words to say and functions to call; `<think>…</think>` is left out. */
export interface ToolCallParser {
  push(text: string): ParsedPart[];
  /** Call once, after the last piece. */
  end(): ParsedPart[];
}

/** @param options.inside Where the output begins: in a call when the prompt already opened one. */
export function createToolCallParser(options: { readonly inside?: "call" } = {}): ToolCallParser {
  let mode: "text" | "call" | "think" = options.inside ?? "text";
  let buffer = "";
  /** White space is passed on only when words follow it: nobody wants to hear the gap before a call. */
  let gap = "";
  let spoken = false;

  function say(text: string): ParsedPart[] {
    const all = gap + text;
    const kept = all.trimEnd();
    gap = all.slice(kept.length);
    const words = spoken ? kept : kept.trimStart();
    if (words === "") return [];
    spoken = true;
    return [{ type: "text", text: words }];
  }

  function push(text: string): ParsedPart[] {
    buffer += text;
    const parts: ParsedPart[] = [];
    for (;;) {
      if (mode === "text") {
        const tag = firstTag(buffer);
        if (tag === undefined) {
          const held = heldBack(buffer, openings);
          parts.push(...say(buffer.slice(0, buffer.length - held)));
          buffer = buffer.slice(buffer.length - held);
          return parts;
        }
        parts.push(...say(buffer.slice(0, tag.at)));
        buffer = buffer.slice(tag.at + tag.text.length);
        mode = tag.text === callStart ? "call" : tag.text === thinkStart ? "think" : "text";
      } else {
        const closing = mode === "call" ? callEnd : thinkEnd;
        const at = buffer.indexOf(closing);
        if (at < 0) {
          if (mode === "think") buffer = buffer.slice(buffer.length - heldBack(buffer, [thinkEnd]));
          return parts;
        }
        if (mode === "call") parts.push(readCall(buffer.slice(0, at)));
        buffer = buffer.slice(at + closing.length);
        mode = "text";
      }
    }
  }

  function end(): ParsedPart[] {
    const rest = buffer;
    buffer = "";
    if (mode === "call") return [readCall(rest)];
    return mode === "text" ? say(rest) : [];
  }

  return { push, end };
}

const thinkStart = "<think>";
const thinkEnd = "</think>";
/** A closing tag without its opening happens when a chat template opened it; what stood before is gone already. */
const openings = [callStart, thinkStart, thinkEnd, callEnd];

function firstTag(text: string): { readonly at: number; readonly text: string } | undefined {
  let found: { readonly at: number; readonly text: string } | undefined;
  for (const tag of openings) {
    const at = text.indexOf(tag);
    if (at >= 0 && (found === undefined || at < found.at)) found = { at, text: tag };
  }
  return found;
}

const jsonObject = z.record(z.string(), z.unknown());
const call = z.object({
  name: z.string().min(1),
  arguments: jsonObject.or(
    z.string().transform((text, context) => objectIn(text) ?? context.addIssue("not an object")),
  ),
});

function readCall(text: string): ParsedPart {
  const parsed = call.safeParse(objectIn(text));
  if (!parsed.success) return { type: "malformed", text };
  return { type: "call", name: parsed.data.name, argumentsJson: JSON.stringify(parsed.data.arguments) };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    return jsonObject.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
