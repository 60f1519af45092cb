import type { z } from "zod";
import { type RealtimeError, type RealtimeErrorCode, realtimeError } from "./errors.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Says the first thing that is wrong with `input` in the protocol's words.
 * @param under where `input` itself stands in the event, for example `["session"]`
 */
export function errorOfIssue(
  error: z.ZodError,
  input: unknown,
  about: { readonly under?: Path; readonly eventId?: string | undefined } = {},
): RealtimeError {
  const issue = deepest(error.issues);
  const param = paramOf([...(about.under ?? []), ...issue.path]);
  const found = valueAt(input, issue.path);
  const { code, message, at } = describe(issue, param, found);
  return realtimeError(code, message, { param: at ?? param, eventId: about.eventId });
}

/** `["item", "content", 0, "text"]` → `item.content[0].text`. */
export function paramOf(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}

interface Description {
  readonly code: RealtimeErrorCode;
  readonly message: string;
  readonly at?: string;
}

function describe(issue: Issue, param: string, found: unknown): Description {
  if (issue.code === "custom") return { code: "invalid_value", message: `Invalid '${param}'. ${issue.message}` };
  if (issue.code === "unrecognized_keys") {
    const at = paramOf(param === "" ? [issue.keys[0] ?? ""] : [param, issue.keys[0] ?? ""]);
    return { code: "unknown_parameter", message: `Unknown parameter: '${at}'.`, at };
  }
  if (found === undefined) {
    return { code: "missing_required_parameter", message: `Missing required parameter: '${param}'.` };
  }
  switch (issue.code) {
    case "invalid_type":
      return {
        code: "invalid_type",
        message: `Invalid type for '${param}': expected ${nameOf(issue.expected)}, but got ${typeName(found)} instead.`,
      };
    case "invalid_value":
      return unsupported(found, issue.values);
    case "invalid_union":
      if ("options" in issue && Array.isArray(issue.options)) return unsupported(found, issue.options);
      return { code: "invalid_value", message: `Invalid value for '${param}'. ${issue.message}` };
    case "too_big":
      return {
        code: limitCode(issue.origin, found, "above"),
        message: `Invalid '${param}': the most is ${issue.maximum}.`,
      };
    case "too_small":
      return {
        code: limitCode(issue.origin, found, "below"),
        message: `Invalid '${param}': the least is ${issue.minimum}.`,
      };
    default:
      return { code: "invalid_value", message: `Invalid value for '${param}'. ${issue.message}` };
  }
}

function unsupported(found: unknown, values: readonly unknown[]): Description {
  const list = values.map((value) => `'${String(value)}'`).join(", ");
  if (typeof found === "string") {
    return { code: "invalid_value", message: `Invalid value: '${shortened(found)}'. Supported values are: ${list}.` };
  }
  const shown = typeof found === "number" || typeof found === "boolean" ? String(found) : typeName(found);
  return { code: "invalid_value", message: `Invalid value: ${shown}. Supported values are: ${list}.` };
}

function limitCode(origin: string, found: unknown, side: "above" | "below"): RealtimeErrorCode {
  if (origin === "string") return side === "above" ? "string_above_max_length" : "string_below_min_length";
  if (origin === "array") return side === "above" ? "array_above_max_length" : "array_below_min_length";
  if (Number.isInteger(found)) return side === "above" ? "integer_above_max_value" : "integer_below_min_value";
  return side === "above" ? "decimal_above_max_value" : "decimal_below_min_value";
}

/** The first issue; of a union's branches, the one that got furthest into the value, for that is the one meant. */
function deepest(issues: readonly Issue[]): Issue {
  const [first] = issues;
  if (first === undefined) throw new TypeError("A failed parse has at least one issue");
  if (first.code !== "invalid_union") return first;
  const inner = first.errors
    .filter((branch) => branch.length > 0)
    .map(deepest)
    .filter((issue) => issue.path.length > 0)
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (inner === undefined) return first;
  return { ...inner, path: [...first.path, ...inner.path] };
}

function valueAt(input: unknown, path: Path): unknown {
  let value: unknown = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

function nameOf(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    int: "an integer",
    number: "a number",
    string: "a string",
    boolean: "a boolean",
    array: "an array",
    tuple: "an array",
    object: "an object",
    record: "an object",
  };
  return names[expected] ?? expected;
}

/** "null", "an array", "a string": what a value is, for people. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return `a ${typeof value}`;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
