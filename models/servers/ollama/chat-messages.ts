import type { Message as OllamaMessage, Tool } from "ollama";
import { z } from "zod";
import type { Message, ToolSpec } from "../../roles.ts";

const callArguments = z.record(z.string(), z.unknown());

/** A conversation as `/api/chat` takes it. Calls that follow each other belong to one message of the assistant. */
export function chatMessages(messages: readonly Message[]): OllamaMessage[] {
  const sent: OllamaMessage[] = [];
  let calls: NonNullable<OllamaMessage["tool_calls"]> | undefined;
  for (const message of messages) {
    if (message.from === "call") {
      if (calls === undefined) {
        calls = [];
        sent.push({ role: "assistant", content: "", tool_calls: calls });
      }
      calls.push({ function: { name: message.name, arguments: argumentsOf(message.argumentsJson) } });
      continue;
    }
    calls = undefined;
    if (message.from === "result") sent.push({ role: "tool", content: message.output, tool_name: message.name });
    else sent.push({ role: message.from, content: message.text });
  }
  return sent;
}

/** What a model wrote as arguments of a call; none when that was no JSON object. */
function argumentsOf(json: string): Record<string, unknown> {
  try {
    return callArguments.parse(JSON.parse(json));
  } catch {
    return {};
  }
}

export function chatTools(tools: readonly ToolSpec[]): Tool[] {
  return tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters },
  }));
}
