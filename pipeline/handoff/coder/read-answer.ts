import type { ReplyContent } from "../../../models/roles.ts";
import type { Action } from "../edits/action.ts";
import { parseAnswer } from "../edits/answer.ts";
import type { CoderAnswer, NativeCall } from "./coder-state.ts";
import { readCall } from "./coder-tools.ts";

/** An answer as it came from the model. */
export interface RawAnswer {
  readonly parts: readonly ReplyContent[];
  readonly writtenTokens: number;
  readonly cut: boolean;
}

/** Calls count when there are any; a model that should call functions and writes text actions instead is understood as well. */
export function readAnswer({ parts, writtenTokens, cut }: RawAnswer, turn: number): CoderAnswer {
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const cost = { writtenTokens, cut };
  const made = parts.filter((part) => part.type === "call");
  if (made.length === 0) return { text: withoutThoughts(text), calls: [], ...parseAnswer(text), ...cost };
  const actions: Action[] = [];
  const problems: string[] = [];
  const calls = made.map(({ name, argumentsJson }, index): NativeCall => {
    const read = readCall({ name, argumentsJson });
    if (read.ok) actions.push(read.action);
    else problems.push(read.problem);
    const works = read.ok && read.action.type !== "done" && read.action.type !== "cannot";
    // Chat forms parse the arguments again, and stop at those that are no JSON.
    return { id: `call-${turn}-${index + 1}`, name, argumentsJson: read.ok ? argumentsJson || "{}" : "{}", works };
  });
  return { text: withoutThoughts(text), calls, actions, problems, ...cost };
}

/** Models do better when they do not see again how they came to an answer; some servers leave out the mark that begins it. */
function withoutThoughts(text: string): string {
  const whole = text.replaceAll(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/g, "");
  return whole.replace(/^[\s\S]*<\/think(?:ing)?>/, "").trim();
}
