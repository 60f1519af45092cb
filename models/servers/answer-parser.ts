import type { ToolSpec } from "../roles.ts";
import type { CallStyle } from "./chat-style.ts";
import { createHarmonyParser } from "./harmony-parser.ts";
import type { ToolCallParser } from "./parsed-part.ts";
import type { PromptPiece } from "./server.ts";
import { createToolCallParser } from "./tool-call-parser.ts";

/** Reads what follows a prompt, which may have begun the answer already. */
export function answerParser(
  style: CallStyle,
  prompt: readonly PromptPiece[],
  tools: readonly ToolSpec[],
): ToolCallParser {
  const tail = prompt
    .slice(prompt.findLastIndex(({ special }) => !special) + 1)
    .map(({ text }) => text)
    .join("");
  if (style !== "harmony") {
    return createToolCallParser({ style, tools, ...(/<think>\s*$/.test(tail) ? { inside: "think" } : {}) });
  }
  const parser = createHarmonyParser();
  const turnStart = "<|start|>assistant";
  const turn = tail.lastIndexOf(turnStart);
  if (turn >= 0) parser.push(tail.slice(turn + turnStart.length));
  return parser;
}
