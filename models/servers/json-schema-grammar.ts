import { z } from "zod";

/**
 * GBNF for the JSON texts that fit a schema, without white space but for a blank after ":" and ",". Properties come in the
 * schema's order, optional ones may be left out, and none are invented where `properties` are given. What a grammar
 * cannot say (pattern, minimum, uniqueItems, …) is not enforced. `$ref` works inside the document.
 */
export function jsonSchemaGrammar(document: Readonly<Record<string, unknown>>): string {
  const rules = new Map<string, string>(anyJson);
  const named = new Map<string, string>();

  function rule(prefix: string, body: string): string {
    const name = `${prefix}-${rules.size}`;
    rules.set(name, body);
    return name;
  }

  function visit(input: unknown): string {
    if (input === false) return rule("never", '"\\x00"');
    const parsed = schema.safeParse(input);
    if (!parsed.success) return "value";
    const it = parsed.data;
    if (it.$ref !== undefined) return reference(it.$ref);
    if (it.allOf !== undefined) return visit(merged(it, it.allOf));
    const choices = it.anyOf ?? it.oneOf;
    if (choices !== undefined) return oneOf(choices.map(visit));
    if (it.const !== undefined) return literal(it.const);
    if (it.enum !== undefined) return oneOf(it.enum.map(literal));
    const types = it.type ?? (it.properties === undefined ? (it.items === undefined ? "any" : "array") : "object");
    return oneOf([types].flat().map((type) => typed(type, it)));
  }

  function typed(type: string, it: Schema): string {
    if (type === "object") return object(it);
    if (type === "array") return array(it);
    return basicTypes.get(type) ?? "value";
  }

  function object(it: Schema): string {
    const required = new Set(it.required ?? []);
    const members = Object.entries(it.properties ?? {}).map(([key, value]) => ({
      text: `${literal(key)} ":" blank ${visit(value)}`,
      optional: !required.has(key),
    }));
    if (it.properties === undefined && it.additionalProperties !== false) {
      if (it.additionalProperties === undefined || it.additionalProperties === true) return "object";
      const member = rule("member", `string ":" blank ${visit(it.additionalProperties)}`);
      return rule("map", `"{" (${member} ("," blank ${member})*)? "}"`);
    }
    // From the back: what may follow once something stands, and how the object may begin at this member or a later one.
    let after = '""';
    let start = '""';
    for (const { text, optional } of members.toReversed()) {
      const first = `${text} ${after}`;
      start = optional ? rule("start", `${first} | ${start}`) : rule("start", first);
      after = rule("after", optional ? `("," blank ${text})? ${after}` : `"," blank ${text} ${after}`);
    }
    return rule("object", `"{" ${start} "}"`);
  }

  function array(it: Schema): string {
    const item = rule("item", visit(it.items ?? {}));
    const least = Math.min(it.minItems ?? 0, mostRepeats);
    const most = it.maxItems === undefined ? undefined : Math.min(it.maxItems, mostRepeats);
    if (most === 0) return rule("array", '"[]"');
    const further = `("," blank ${item}){${Math.max(0, least - 1)},${most === undefined ? "" : most - 1}}`;
    const items = `${item} ${further}`;
    return rule("array", `"[" ${least === 0 ? `(${items})?` : items} "]"`);
  }

  function reference(ref: string): string {
    const known = named.get(ref);
    if (known !== undefined) return known;
    const name = `ref-${named.size}`;
    named.set(ref, name);
    // The name stands before the rule is made, so that a schema may contain itself.
    rules.set(name, visit(resolved(document, ref)));
    return name;
  }

  function oneOf(bodies: readonly string[]): string {
    return bodies.length === 1 ? (bodies[0] ?? "value") : rule("choice", bodies.join(" | "));
  }

  rules.set("root", visit(document));
  return [...rules].map(([name, body]) => `${name} ::= ${body}`).join("\n");
}

const schema = z.object({
  $ref: z.string().optional(),
  type: z.string().or(z.array(z.string()).min(1)).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).min(1).optional(),
  anyOf: z.array(z.unknown()).min(1).optional(),
  oneOf: z.array(z.unknown()).min(1).optional(),
  allOf: z.array(z.unknown()).min(1).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  minItems: z.number().int().min(0).optional(),
  maxItems: z.number().int().min(0).optional(),
});
type Schema = z.infer<typeof schema>;

/** llama.cpp writes repeats out one by one. */
const mostRepeats = 100;

function literal(value: unknown): string {
  return JSON.stringify(JSON.stringify(value));
}

/** All of several schemas at once, as far as objects go: their properties and requirements add up. */
function merged(outer: Schema, parts: readonly unknown[]): Record<string, unknown> {
  const { allOf: _, ...rest } = outer;
  const all = [rest, ...parts.flatMap((part) => schema.safeParse(part).data ?? [])];
  const given = (it: object): [string, unknown][] => Object.entries(it).filter(([, value]) => value !== undefined);
  const properties = all.flatMap((it) => Object.entries(it.properties ?? {}));
  return {
    ...Object.fromEntries(all.flatMap(given)),
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    required: all.flatMap((it) => it.required ?? []),
  };
}

function resolved(document: unknown, ref: string): unknown {
  if (!ref.startsWith("#")) return {};
  const object = z.record(z.string(), z.unknown());
  let at: unknown = document;
  for (const part of ref.slice(1).split("/").slice(1)) {
    at = object.safeParse(at).data?.[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return at;
}

const basicTypes: ReadonlyMap<string, string> = new Map([
  ["string", "string"],
  ["number", "number"],
  ["integer", "integer"],
  ["boolean", "boolean"],
  ["null", '"null"'],
  ["any", "value"],
]);
/** Whole numbers have at most 15 digits, all of which a JavaScript number keeps. */
const anyJson: readonly (readonly [string, string])[] = [
  ["value", 'object | array | string | number | boolean | "null"'],
  ["object", '"{" (string ":" blank value ("," blank string ":" blank value)*)? "}"'],
  ["array", '"[" (value ("," blank value)*)? "]"'],
  ["string", '"\\"" ([^"\\\\\\x00-\\x1F\\x7F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\\""'],
  ["integer", '"-"? ("0" | [1-9] [0-9]{0,14})'],
  ["number", 'integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?'],
  ["boolean", '"true" | "false"'],
  ["blank", '" "?'],
];
