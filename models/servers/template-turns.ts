import type { Message } from "../roles.ts";
import type { TemplateWords } from "./template-words.ts";

/** What a template can write. */
export interface TemplateHabits {
  /** `folded`: it knows no system turn; what the system says begins the first turn of the user. */
  readonly system: "own" | "folded";
  /**
   * What is said before a call: in the turn of the call, in one of its own, or not shown. `told`: calls are not written at all; in the
   * turn of the user it says what they gave.
   */
  readonly calls: "attached" | "apart" | "alone" | "told";
}

/** What any template can write that takes turns of user and assistant. */
export const plainHabits: TemplateHabits = { system: "folded", calls: "told" };

/** A message as chat templates expect it. */
export type TemplateMessage = Readonly<Record<string, unknown>> & { readonly role: string };

type Turn =
  | { readonly from: "user" | "assistant"; readonly text: string }
  | {
      readonly from: "call";
      readonly words: string;
      readonly name: string;
      readonly arguments: unknown;
      readonly output: string;
    };

/** The conversation as such messages: the system at most once and first, then never twice the same person, beginning with the user. */
export function templateMessages(
  messages: readonly Message[],
  habits: TemplateHabits,
  words: TemplateWords,
): TemplateMessage[] {
  const [first, ...others] = messages;
  const system = first?.from === "system" && habits.system === "own" ? first.text : "";
  const turns = joined(first !== undefined && system !== "" ? others : messages, habits);
  const written = turns.flatMap((turn, index) => ofTurn(turn, index, habits, words));
  return system.trim() === "" ? written : [{ role: "system", content: words.said(system) }, ...written];
}

/** One turn for what the same person said in a row; a call with its result; the system's later words are said to the assistant. */
function joined(messages: readonly Message[], { calls }: TemplateHabits): Turn[] {
  const turns: Turn[] = [];
  const say = (from: "user" | "assistant", text: string): void => {
    const last = turns.at(-1);
    if (text.trim() === "") return;
    if (turns.length === 0 && from === "assistant") turns.push({ from: "user", text: opening });
    if (last?.from === from) turns.splice(-1, 1, { from, text: `${last.text}\n\n${text}` });
    else turns.push({ from, text });
  };
  for (const [index, message] of messages.entries()) {
    switch (message.from) {
      case "system":
      case "user":
        say("user", message.text);
        break;
      case "assistant":
        say("assistant", message.text);
        break;
      case "call": {
        const output = outputOf(message.id, messages);
        if (calls === "told") say("user", told(message.name, message.argumentsJson, output));
        else turns.push(callAfter(turns, message, output));
        break;
      }
      case "result": {
        const isOfCall = messages.slice(0, index).some((other) => other.from === "call" && other.id === message.id);
        if (!isOfCall) say("user", told(message.name, "", message.output));
        break;
      }
    }
  }
  if (!turns.some(({ from }) => from === "user")) turns.unshift({ from: "user", text: opening });
  return turns;
}

/** Takes the words before the call into its turn. */
function callAfter(turns: Turn[], { name, argumentsJson }: Extract<Message, { from: "call" }>, output: string): Turn {
  const last = turns.at(-1);
  const words = last?.from === "assistant" ? last.text : "";
  if (words !== "") turns.pop();
  return { from: "call", words, name, arguments: objectIn(argumentsJson), output };
}

function ofTurn(turn: Turn, index: number, habits: TemplateHabits, words: TemplateWords): TemplateMessage[] {
  if (turn.from !== "call") return [{ role: turn.from, content: words.said(turn.text) }];
  // Mistral wants exactly nine letters or digits.
  const id = `call${String(index).padStart(5, "0")}`;
  const call = { type: "function", id, function: { name: turn.name, arguments: words.inJson(turn.arguments) } };
  const isApart = habits.calls === "apart" && turn.words !== "";
  return [
    ...(isApart ? [{ role: "assistant", content: words.said(turn.words) }] : []),
    { role: "assistant", content: habits.calls === "attached" ? words.said(turn.words) : "", tool_calls: [call] },
    { role: "tool", name: turn.name, tool_call_id: id, content: words.said(turn.output || nothing) },
  ];
}

function outputOf(id: string, messages: readonly Message[]): string {
  const result = messages.find((message) => message.from === "result" && message.id === id);
  return result?.from === "result" ? result.output : nothing;
}

function told(name: string, argumentsJson: string, output: string): string {
  return `(${name}${argumentsJson === "" || argumentsJson === "{}" ? "" : ` ${argumentsJson}`}: ${output || nothing})`;
}

function objectIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

const opening = "(The conversation begins.)";
const nothing = "(nothing yet)";
