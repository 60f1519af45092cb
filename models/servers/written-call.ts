import { z } from "zod";
import type { ToolSpec } from "../roles.ts";
import type { ParsedPart } from "./parsed-part.ts";

/** The calls in a text that a model has marked as one, in whichever way it has learnt. */
export function readCalls(text: string, tools: readonly ToolSpec[]): ParsedPart[] {
  const trimmed = text.trim();
  if (/^<function=/.test(trimmed)) return [taggedCall(trimmed, tools) ?? { type: "malformed", text }];
  const whole = jsonCalls(trimmed);
  if (whole !== undefined) return whole;
  // Mistral repeats its mark before each, and newer ones write the name outside of the JSON.
  return trimmed.split("[TOOL_CALLS]").flatMap((part): ParsedPart[] => {
    return namedCall(part) ?? jsonCalls(part) ?? [{ type: "malformed", text: part === trimmed ? text : part }];
  });
}

/** The call of a function whose arguments are all that the text holds. */
export function argumentsCall(name: string, text: string): ParsedPart {
  const found = jsonObject.safeParse(jsonIn(text));
  if (!found.success || name === "") return { type: "malformed", text };
  return { type: "call", name, argumentsJson: JSON.stringify(found.data) };
}

const jsonObject = z.record(z.string(), z.unknown());
const callArguments = jsonObject.or(
  z.string().transform((text, context) => {
    const parsed = jsonObject.safeParse(jsonIn(text));
    return parsed.success ? parsed.data : context.addIssue("not an object");
  }),
);
const name = z.string().min(1);
const call = z.union([
  z.object({ name, arguments: callArguments }),
  z.object({ name, parameters: callArguments }).transform((it) => ({ name: it.name, arguments: it.parameters })),
  z.object({ function: z.object({ name, arguments: callArguments }) }).transform((it) => it.function),
]);
const calls = call.transform((it) => [it]).or(z.array(call).min(1));

/** One call as JSON, several as a list, or, as Llama writes them, with semicolons between. */
function jsonCalls(text: string): ParsedPart[] | undefined {
  const whole = calls.safeParse(jsonIn(text));
  if (whole.success) {
    return whole.data.map((it) => ({ type: "call", name: it.name, argumentsJson: JSON.stringify(it.arguments) }));
  }
  const several = text.split(/;\s*(?=\{)/);
  const each = several.length > 1 ? several.map(jsonCalls) : [];
  return each.length > 0 && each.every((one) => one !== undefined) ? each.flat() : undefined;
}

/** `name[ARGS]{…}` or `name[CALL_ID]…[ARGS]{…}` */
function namedCall(text: string): ParsedPart[] | undefined {
  const [, function_, json] = /^\s*([\w.-]+)(?:\[CALL_ID\][\w-]*)?\[ARGS\]([\s\S]*)$/.exec(text) ?? [];
  return function_ === undefined ? undefined : [argumentsCall(function_, json ?? "")];
}

/** `<function=name><parameter=key>value</parameter>…</function>`: of the values, only the schema tells which are texts. */
function taggedCall(text: string, tools: readonly ToolSpec[]): ParsedPart | undefined {
  const [, function_] = /^<function=([\w.-]+)>/.exec(text) ?? [];
  if (function_ === undefined) return;
  const schema = tools.find((tool) => tool.name === function_)?.parameters;
  const properties = jsonObject.safeParse(schema?.["properties"]).data ?? {};
  const found = [...text.matchAll(/<parameter=([\w.-]+)>\n?([\s\S]*?)\n?<\/parameter>/g)].map(
    ([, key = "", value = ""]) => {
      const isText = z.object({ type: z.literal("string") }).safeParse(properties[key]).success;
      return [key, isText ? value : (jsonIn(value) ?? value)];
    },
  );
  return { type: "call", name: function_, argumentsJson: JSON.stringify(Object.fromEntries(found)) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
