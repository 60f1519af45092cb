import type { Message, ReplyRequest } from "../../roles.ts";
import { offered } from "../chat-writer.ts";
import { messageWindow } from "../message-window.ts";

export type ChatBody = Readonly<Record<string, unknown>>;

export interface ChatStyle {
  /** As the server wants it named. */
  readonly model: string;
  /** Room for prompt and answer together. */
  readonly contextTokens: number;
  readonly temperature: number;
  /** Fields that only this server knows. */
  readonly extra: ChatBody;
}

/** English has about four; this leaves room for other languages. */
const charactersPerToken = 2;

/**
 * The body of a `POST /v1/chat/completions`.
 * @param said what the answer begins with, when it goes on after a pause; its tokens come out of `request.maxTokens`
 */
export function chatBody(
  request: ReplyRequest,
  style: ChatStyle,
  said?: { readonly text: string; readonly tokens: number },
): ChatBody {
  const tools = offered(request);
  const forced = request.toolChoice !== "auto" && request.toolChoice !== "none";
  const roomTokens = style.contextTokens - request.maxTokens;
  const room = roomTokens * charactersPerToken - JSON.stringify(tools).length;
  const messages = chatMessages(messageWindow(request.messages, room));
  const goesOn = said !== undefined && said.text !== "";
  return {
    model: style.model,
    messages: goesOn ? [...messages, { role: "assistant", content: said.text }] : messages,
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map((tool) => ({ type: "function", function: tool })),
          // LM Studio takes only words here. A tool that is named is the only one offered, so that "required" means it.
          tool_choice: forced ? "required" : "auto",
        }),
    max_tokens: Math.max(1, request.maxTokens - (said?.tokens ?? 0)),
    temperature: forced ? 0 : style.temperature,
    stream: true,
    stream_options: { include_usage: true },
    // Both are vLLM's; llama-server takes them too, and one before September 2025 goes on after an assistant's message anyway.
    ...(goesOn ? { continue_final_message: true, add_generation_prompt: false } : {}),
    ...style.extra,
  };
}

type ChatMessage =
  | { readonly role: "system" | "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string; readonly tool_calls?: readonly unknown[] }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

/** Templates want roles to take turns, so calls join the words that they came with. */
function chatMessages(messages: readonly Message[]): readonly ChatMessage[] {
  const chat: ChatMessage[] = [];
  for (const message of messages) {
    const last = chat.at(-1);
    if (message.from === "call") {
      const made = {
        id: message.id,
        type: "function",
        function: { name: message.name, arguments: message.argumentsJson },
      };
      if (last?.role === "assistant")
        chat[chat.length - 1] = { ...last, tool_calls: [...(last.tool_calls ?? []), made] };
      else chat.push({ role: "assistant", content: "", tool_calls: [made] });
    } else if (message.from === "result") {
      chat.push({ role: "tool", tool_call_id: message.id, content: message.output });
    } else if (message.from === "assistant") {
      if (last?.role === "assistant" && last.tool_calls === undefined) {
        chat[chat.length - 1] = { ...last, content: `${last.content}\n${message.text}` };
      } else chat.push({ role: "assistant", content: message.text });
    } else {
      chat.push({ role: message.from, content: message.text });
    }
  }
  return chat;
}
