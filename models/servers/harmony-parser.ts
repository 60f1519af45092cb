import { heldBack } from "./held-back.ts";
import type { ParsedPart, ToolCallParser } from "./parsed-part.ts";
import { SaidWords } from "./said-words.ts";
import { argumentsCall, readCalls } from "./written-call.ts";

/**
 * Reads what gpt-oss writes behind `<|start|>assistant`: messages on channels. What it thinks (`analysis`) is left out, `final` and what
 * it says before a call are words, and what goes to `functions.…` is a call.
 */
export function createHarmonyParser(): ToolCallParser {
  let buffer = "";
  let header: string | undefined;
  const words = new SaidWords();

  function push(text: string): ParsedPart[] {
    buffer += text;
    const parts: ParsedPart[] = [];
    for (;;) {
      if (header === undefined) {
        const at = buffer.indexOf(bodyStart);
        // Words without any header are an answer.
        if (at < 0 && !mayBeHeader(buffer)) header = "final";
        else if (at < 0) return parts;
        else {
          header = buffer.slice(0, at);
          buffer = buffer.slice(at + bodyStart.length);
        }
        continue;
      }
      const end = firstEnd(buffer);
      if (end === undefined) {
        if (kindOf(header) === "call") return parts;
        const held = heldBack(buffer, ends);
        if (kindOf(header) === "words") parts.push(...words.say(buffer.slice(0, buffer.length - held)));
        buffer = buffer.slice(buffer.length - held);
        return parts;
      }
      parts.push(...body(header, buffer.slice(0, end.at)));
      // What begins without the end of what was before belongs to the next header.
      buffer = buffer.slice(/start|channel/.test(end.tag) ? end.at : end.at + end.tag.length);
      header = undefined;
    }
  }

  function body(of: string, text: string): ParsedPart[] {
    if (kindOf(of) === "words") return words.say(text);
    if (kindOf(of) === "thoughts") return [];
    const [, name] = recipient.exec(of) ?? [];
    return name === undefined ? readCalls(text, []) : [argumentsCall(name, text)];
  }

  function end(): ParsedPart[] {
    const rest = buffer;
    buffer = "";
    if (header !== undefined) return body(header, rest);
    return mayBeHeader(rest.slice(0, 3)) && rest.length > 2 ? [] : words.say(rest);
  }

  return { push, end };
}

const bodyStart = "<|message|>";
const ends = ["<|end|>", "<|call|>", "<|return|>", "<|start|>", "<|channel|>"];
const recipient = /\bto=functions\.([\w.-]+)/;

function kindOf(header: string): "thoughts" | "call" | "words" {
  if (/\bto=\S|<\|constrain\|>/.test(header)) return "call";
  return header.includes("analysis") ? "thoughts" : "words";
}

function mayBeHeader(text: string): boolean {
  const begun = text.trimStart();
  return ["<|channel|>", "<|start|>", bodyStart, "to="].some(
    (start) => begun.startsWith(start) || start.startsWith(begun),
  );
}

function firstEnd(text: string): { readonly at: number; readonly tag: string } | undefined {
  const found = ends.map((tag) => ({ at: text.indexOf(tag), tag })).filter(({ at }) => at >= 0);
  return found.sort((a, b) => a.at - b.at)[0];
}
