import { z } from "zod";
import type { ToolSpec } from "../../../models/roles.ts";
import type { Action } from "../edits/action.ts";

/** The text actions as functions, for models that call functions well. */
export function coderTools(checks: readonly string[]): readonly ToolSpec[] {
  const path = { type: "string", description: "relative to the folder" };
  return [
    tool("list_files", "Lists the files of the folder.", {}),
    tool("search", "Finds lines that hold a text, in all files.", { text: { type: "string" } }, ["text"]),
    tool(
      "read_file",
      "Shows a file, or lines of it counted from 1.",
      { path, from_line: { type: "integer" }, to_line: { type: "integer" } },
      ["path"],
    ),
    tool("write_file", "Writes a whole file.", { path, text: { type: "string", description: "all of it" } }, [
      "path",
      "text",
    ]),
    tool(
      "edit_file",
      "Replaces a part of a file.",
      {
        path,
        search: { type: "string", description: "whole lines as they are in the file, once" },
        replace: { type: "string", description: "what stands there instead" },
      },
      ["path", "search", "replace"],
    ),
    ...(checks.length === 0
      ? []
      : [tool("run_check", "Runs a check of the user's.", { name: { type: "string", enum: checks } }, ["name"])]),
    tool("finish", "Everything is written.", { summary: { type: "string", description: "one sentence" } }, ["summary"]),
    tool("give_up", "It can not be done.", { why: { type: "string", description: "one sentence" } }, ["why"]),
  ];
}

/** A call as the action it is, or what is wrong with it in a sentence for the model. */
export type ReadCall =
  | { readonly ok: true; readonly action: Action }
  | { readonly ok: false; readonly problem: string };

export function readCall({ name, argumentsJson }: { readonly name: string; readonly argumentsJson: string }): ReadCall {
  const reader = readers.get(name);
  if (reader === undefined)
    return { ok: false, problem: `There is no function "${name}". There are: ${[...readers.keys()].join(", ")}.` };
  const parsed = reader.safeParse(fromJson(argumentsJson));
  if (parsed.success) return { ok: true, action: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  return { ok: false, problem: `${name}: ${where === "" ? "" : `"${where}": `}${issue?.message ?? "bad arguments"}.` };
}

const text = z.string();
const path = z.string().min(1);
/** With "\n" at the end of every line, as actions have it. */
const lines = z.string().transform((value) => {
  const unix = value.replaceAll("\r\n", "\n");
  return unix === "" || unix.endsWith("\n") ? unix : `${unix}\n`;
});
/** Models write numbers as strings now and then, and null for what is missing. */
const line = z.preprocess(
  (value) => (value === null || value === "" ? undefined : value),
  z.coerce.number().int().min(1).optional(),
);

const readers = new Map<string, z.ZodType<Action>>([
  ["list_files", z.unknown().transform((): Action => ({ type: "list" }))],
  ["search", z.object({ text: text.min(1) }).transform((call): Action => ({ type: "search", text: call.text }))],
  [
    "read_file",
    z.object({ path, from_line: line, to_line: line }).transform(
      (call): Action => ({
        type: "read",
        path: call.path,
        ...(call.from_line === undefined ? {} : { fromLine: call.from_line }),
        ...(call.to_line === undefined ? {} : { toLine: call.to_line }),
      }),
    ),
  ],
  ["write_file", z.object({ path, text: lines }).transform((call): Action => ({ type: "whole-file", ...call }))],
  [
    "edit_file",
    z.object({ path, search: text.min(1).pipe(lines), replace: lines }).transform(
      (call): Action => ({
        type: "replace",
        path: call.path,
        blocks: [{ search: call.search, replace: call.replace }],
      }),
    ),
  ],
  ["run_check", z.object({ name: text.min(1) }).transform((call): Action => ({ type: "check", name: call.name }))],
  ["finish", z.object({ summary: text }).transform((call): Action => ({ type: "done", summary: call.summary }))],
  ["give_up", z.object({ why: text }).transform((call): Action => ({ type: "cannot", why: call.why }))],
]);

function tool(
  name: string,
  description: string,
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[] = [],
): ToolSpec {
  return { name, description, parameters: { type: "object", properties, required, additionalProperties: false } };
}

function fromJson(json: string): unknown {
  try {
    return JSON.parse(json === "" ? "{}" : json);
  } catch {
    return undefined;
  }
}
