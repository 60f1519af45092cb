import type { Message, ToolChoice, ToolSpec } from "../../models/roles.ts";
import type { Item } from "../realtime/items.ts";
import type { WireTool, WireToolChoice } from "../realtime/tool-schema.ts";
import { heardText } from "../stages/heard.ts";
import type { ItemList, ItemRecord } from "./item-list.ts";

/** Messages beyond this are left out, oldest first: a small model's context is short, and early turns matter least. */
const mostMessages = 40;

/** What a model is shown of a conversation: instructions, then what was said and *heard*. */
export function messagesOf(instructions: string, items: ItemList): Message[] {
  const names = new Map<string, string>();
  const said = items.flatMap((record) => messageOf(record, names));
  const system: Message[] = instructions === "" ? [] : [{ from: "system", text: instructions }];
  return [...system, ...recent(said)];
}

/** The text of an answer as far as it was heard. */
export function heardOf({ item, said }: ItemRecord): string {
  if (item.type !== "message") return "";
  if (said === undefined || said.heardSamples === null) return item.content.map(textOf).join("");
  return heardText(said.clauses, said.heardSamples);
}

function messageOf(record: ItemRecord, names: Map<string, string>): Message[] {
  const { item } = record;
  switch (item.type) {
    case "message": {
      const text = heardOf(record).trim();
      return text === "" ? [] : [{ from: item.role, text }];
    }
    case "function_call":
      names.set(item.call_id, item.name);
      return [{ from: "call", id: item.call_id, name: item.name, argumentsJson: item.arguments }];
    case "function_call_output":
      return [{ from: "result", id: item.call_id, name: names.get(item.call_id) ?? "unknown", output: item.output }];
    case "mcp_list_tools":
    case "mcp_call":
    case "mcp_approval_request":
    case "mcp_approval_response":
      return [];
  }
}

/** The newest messages, cut so that they do not begin with the result of a call that is no longer there. */
function recent(messages: readonly Message[]): Message[] {
  const kept = messages.slice(-mostMessages);
  const first = kept.findIndex((message) => message.from !== "result");
  return first === -1 ? [] : kept.slice(first);
}

type Content = Extract<Item, { type: "message" }>["content"][number];

function textOf(part: Content): string {
  return part.type === "input_text" || part.type === "output_text" ? part.text : (part.transcript ?? "");
}

/** The functions among the tools; a model is not told of others. */
export function toolSpecsOf(tools: readonly WireTool[]): ToolSpec[] {
  return tools.flatMap((tool) =>
    tool.type === "function" ? [{ name: tool.name, description: tool.description, parameters: tool.parameters }] : [],
  );
}

export function toolChoiceOf(choice: WireToolChoice): ToolChoice {
  if (typeof choice === "string") return choice;
  return choice.type === "function" && "name" in choice && typeof choice.name === "string"
    ? { name: choice.name }
    : "auto";
}
