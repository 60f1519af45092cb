import type { Message, ToolSpec } from "../roles.ts";
import type { PromptPiece } from "./server.ts";

/** How a ChatML model wants to be shown functions and their results. */
export interface ChatDialect {
  /** Who a function's result is said to come from. */
  readonly resultRole: "tool" | "user";
  /** Wraps a result inside its turn, for models whose results arrive in a user turn. */
  readonly resultTag?: string;
  /** Between `<tool_call>` and the JSON, and between the JSON and `</tool_call>`. */
  readonly callPadding: "" | "\n";
  /** Tells the model about its functions, as a part of the system turn; "" for models that know theirs by heart. */
  readonly describeTools: (tools: readonly ToolSpec[]) => string;
}

/** Hermes-style calls, as Qwen, Hermes and most other ChatML models were trained on. */
export const hermesDialect: ChatDialect = {
  resultRole: "user",
  resultTag: "tool_response",
  callPadding: "\n",
  describeTools: (tools) =>
    [
      "\n\n# Tools\n\nThese functions may be called when they help, described by JSON schema:\n<tools>",
      ...tools.map((tool) => JSON.stringify({ type: "function", function: tool })),
      '</tools>\n\nTo call one, answer with its name and arguments as JSON:\n<tool_call>\n{"name": "…", "arguments": {…}}\n</tool_call>',
    ].join("\n"),
};

export const callStart = "<tool_call>";
export const callEnd = "</tool_call>";
export const turnEnd = "<|im_end|>";

/** Opens an assistant turn: what a prompt ends with when the model is to speak next. */
export const assistantStart: PromptPiece = special("<|im_start|>assistant\n");

/**
 * A conversation as ChatML, without the opening of the next assistant turn. All words that people, models or functions
 * wrote are plain pieces, so that "<|im_end|>" in a message stays text.
 */
export function chatmlTurns(
  messages: readonly Message[],
  tools: readonly ToolSpec[],
  dialect: ChatDialect,
): PromptPiece[] {
  const pieces: PromptPiece[] = [];
  const description = tools.length === 0 ? "" : dialect.describeTools(tools);
  const [first, ...others] = messages;
  const opensWithSystem = first?.from === "system";
  if (opensWithSystem || description !== "") {
    pieces.push(special("<|im_start|>system\n"), plain((opensWithSystem ? first.text : "") + description), endOfTurn);
  }
  let role = "";
  for (const message of opensWithSystem ? others : messages) {
    const next = roleOf(message, dialect);
    // A call belongs to the turn of the words before it; results of one round share a turn.
    const continues = next === role && (message.from === "call" || message.from === "result");
    if (continues) pieces.pop();
    else pieces.push(special(`<|im_start|>${next}\n`));
    pieces.push(...content(message, dialect, continues), endOfTurn);
    role = next;
  }
  return pieces.filter((piece) => piece.text !== "");
}

function roleOf(message: Message, dialect: ChatDialect): string {
  if (message.from === "call") return "assistant";
  return message.from === "result" ? dialect.resultRole : message.from;
}

function content(message: Message, dialect: ChatDialect, continues: boolean): PromptPiece[] {
  const gap = continues ? [plain("\n")] : [];
  if (message.from === "call") {
    const json = `{"name": ${JSON.stringify(message.name)}, "arguments": ${message.argumentsJson}}`;
    const { callPadding } = dialect;
    return [...gap, special(callStart + callPadding), plain(json), special(callPadding + callEnd)];
  }
  if (message.from !== "result") return [plain(message.text)];
  const { resultTag } = dialect;
  if (resultTag === undefined) return [...gap, plain(message.output)];
  return [...gap, special(`<${resultTag}>\n`), plain(message.output), special(`\n</${resultTag}>`)];
}

const endOfTurn: PromptPiece = special(`${turnEnd}\n`);

function special(text: string): PromptPiece {
  return { text, special: true };
}

function plain(text: string): PromptPiece {
  return { text, special: false };
}
