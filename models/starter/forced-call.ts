import { z } from "zod";
import type { ToolSpec } from "../roles.ts";
import { normalise } from "./phrase-book/normalise.ts";
import { findNumbers } from "./phrase-book/number-words.ts";

type Schema = Readonly<Record<string, unknown>>;

const objectSchema = z.looseObject({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
});
const choices = z.looseObject({ enum: z.array(z.unknown()).min(1) });
const constant = z.looseObject({ const: z.unknown() }).refine((schema) => "const" in schema);
const typed = z.looseObject({ type: z.string() });

/**
 * A JSON schema for a call's arguments that allows only what stands in the user's words: strings are words of theirs, numbers are
 * numbers they named. A tiny model would make up the rest.
 */
export function argumentsSchema(parameters: Schema, userText: string): Schema {
  const { properties, required } = objectSchema.parse(parameters);
  const kept = required.length > 0 ? required.filter((key) => key in properties) : Object.keys(properties);
  return {
    type: "object",
    properties: Object.fromEntries(kept.map((key) => [key, narrowed(properties[key] ?? {}, userText)])),
    required: kept,
    additionalProperties: false,
  };
}

function narrowed(schema: Schema, userText: string): Schema {
  if (choices.safeParse(schema).success || constant.safeParse(schema).success) return schema;
  const type = typed.safeParse(schema).data?.type;
  switch (type) {
    case "number":
    case "integer":
      return { enum: orElse(findNumbers(normalise(userText).split(" ")), 0) };
    case "boolean":
      return { enum: truths(normalise(userText).split(" ")) };
    case "object":
      return argumentsSchema(schema, userText);
    case "array":
      return { enum: [[]] };
    case "null":
      return { enum: [null] };
    default:
      return {
        enum: orElse(
          [...new Set([userText.trim(), ...(userText.match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? [])])].slice(0, 40),
          "",
        ),
      };
  }
}

const denials = new Set(["off", "no", "not", "never", "without", "disable", "disabled", "deactivate"]);
const consents = new Set(["on", "yes", "with", "enable", "enabled", "activate"]);

/** "Turn the light on" is true. Words that say neither, or both, leave it to the model. */
function truths(words: readonly string[]): readonly boolean[] {
  const denied = words.some((word) => denials.has(word));
  const consented = words.some((word) => consents.has(word));
  return denied === consented ? [true, false] : [consented];
}

function orElse<Item>(items: readonly Item[], otherwise: Item): readonly Item[] {
  return items.length > 0 ? items : [otherwise];
}

/** Arguments that fit a schema of `argumentsSchema`: the first choice everywhere. */
export function fallbackArguments(schema: Schema): Readonly<Record<string, unknown>> {
  const { properties } = objectSchema.parse(schema);
  return Object.fromEntries(
    Object.entries(properties).map(([key, one]) => {
      const listed = choices.safeParse(one);
      if (listed.success) return [key, listed.data.enum[0]];
      const fixed = constant.safeParse(one);
      return [key, fixed.success ? fixed.data.const : fallbackArguments(one)];
    }),
  );
}

/** The tool whose name and description share most words with the user's text; the first when none does. */
export function nearestTool(tools: readonly ToolSpec[], userText: string): ToolSpec | undefined {
  const said = new Set(normalise(userText).split(" "));
  const shared = ({ name, description }: ToolSpec): number =>
    normalise(`${name.replace(/[_-]/g, " ")} ${description}`)
      .split(" ")
      .filter((word) => said.has(word)).length;
  return tools.toSorted((a, b) => shared(b) - shared(a))[0];
}
