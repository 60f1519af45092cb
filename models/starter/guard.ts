import type { Message, ReplyContent } from "../roles.ts";
import { argumentsFor } from "./arguments.ts";
import type { Answer, ToolName } from "./phrase-book/intent.ts";
import { refusal } from "./phrase-book/out-of-domain.ts";

/** Calls that change something: only the phrase book's own words set them off, anything else is asked about first. */
export const confirmations: ReadonlyMap<ToolName, string> = new Map([
  ["hand_off", "Shall I pass that to the coder?"],
  ["apply", "Shall I apply the change?"],
  ["reject", "Shall I reject the change?"],
  ["undo", "Shall I undo the last change?"],
  ["cancel", "Shall I cancel what is running?"],
]);

const nothingSaid = "I have not said anything yet.";

export interface Situation {
  /** The user's words are in the phrase book exactly. */
  readonly exact: boolean;
  readonly userText: string;
  readonly messages: readonly Message[];
}

/** What is really done about the model's answer. */
export function guarded(answer: Answer, { exact, userText, messages }: Situation): ReplyContent {
  if ("say" in answer) return { type: "text", text: answer.say };
  if (answer.call === "repeat") {
    const before = messages.findLast((message) => message.from === "assistant" && message.text.trim() !== "");
    return { type: "text", text: before?.from === "assistant" ? before.text : nothingSaid };
  }
  const question = confirmations.get(answer.call);
  if (question !== undefined && !exact) return { type: "text", text: question };
  const found = argumentsFor(answer.call, userText);
  if (found === null) return { type: "text", text: refusal };
  return { type: "call", name: answer.call, argumentsJson: JSON.stringify(found) };
}

/** The call that the voice has just asked about, and the words that it was about; null when it asked nothing. */
export function askedBefore(
  messages: readonly Message[],
): { readonly call: ToolName; readonly userText: string } | null {
  const said = messages.filter(({ from }) => from === "user" || from === "assistant");
  const [request, question] = said.slice(-3);
  if (said.length < 3 || request?.from !== "user" || question?.from !== "assistant") return null;
  const call = [...confirmations].find(([, text]) => text === question.text.trim())?.[0];
  return call === undefined ? null : { call, userText: request.text };
}
