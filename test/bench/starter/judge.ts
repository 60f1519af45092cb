import type { ReplyPart } from "../../../models/roles.ts";
import { confirmations } from "../../../models/starter/guard.ts";
import type { ToolName } from "../../../models/starter/phrase-book/intent.ts";
import { refusal } from "../../../models/starter/phrase-book/out-of-domain.ts";
import type { Case } from "./cases.ts";

export type Verdict = "right" | "asked first" | "refused" | "wrong";

const changing: ReadonlySet<string> = new Set<ToolName>(confirmations.keys());
const nothingSaid = "I have not said anything yet.";

/** What an answer is worth. Asking before a change counts as right where the change was meant. */
export function judge({ expected, args, before = [] }: Case, parts: readonly ReplyPart[]): Verdict {
  const call = parts.find((part) => part.type === "call");
  const said = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const wanted = "call" in expected ? expected.call : undefined;
  if (call !== undefined) {
    if (call.name !== wanted) return "wrong";
    return args === undefined || JSON.stringify(args) === call.argumentsJson ? "right" : "wrong";
  }
  if ("say" in expected && said === expected.say) return "right";
  if (said === refusal) return "refused";
  const last = before.at(-1);
  if (wanted === "repeat" && said === (last?.from === "assistant" ? last.text : nothingSaid)) return "right";
  const asked = [...confirmations].find(([, question]) => question === said)?.[0];
  return asked !== undefined && asked === wanted ? "asked first" : "wrong";
}

/** Whether something would have been changed that nobody asked for. */
export function changedWrongly({ expected }: Case, parts: readonly ReplyPart[]): boolean {
  const wanted = "call" in expected ? expected.call : undefined;
  return parts.some((part) => part.type === "call" && changing.has(part.name) && part.name !== wanted);
}

/** Whether every call's arguments are a JSON object. */
export function validJson(parts: readonly ReplyPart[]): boolean {
  return parts.every((part) => {
    if (part.type !== "call") return true;
    try {
      const value: unknown = JSON.parse(part.argumentsJson);
      return typeof value === "object" && value !== null && !Array.isArray(value);
    } catch {
      return false;
    }
  });
}
