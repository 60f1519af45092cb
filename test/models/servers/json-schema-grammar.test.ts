import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { systemClock } from "../../../models/clock.ts";
import { EmbeddedServer } from "../../../models/servers/embedded.ts";
import { jsonSchemaGrammar } from "../../../models/servers/json-schema-grammar.ts";
import { writeTinyGguf } from "../../support/tiny-gguf.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const point = { type: "object", properties: { x: { type: "integer" }, y: { type: "integer" } }, required: ["x", "y"] };
const schemas: Readonly<Record<string, JsonSchema>> = {
  "all required": point,
  "nothing required": {
    type: "object",
    properties: { a: { type: "boolean" }, b: { type: "null" }, c: { enum: [1, 2] } },
  },
  "first and last required": {
    type: "object",
    properties: { a: { const: 'é"\\\n' }, b: { type: "boolean" }, c: { type: "boolean" }, d: { enum: ["x", null] } },
    required: ["a", "d"],
  },
  "no properties": { type: "object", properties: {} },
  choices: { anyOf: [point, { type: "null" }, { enum: ["later"] }] },
  "several types": { type: ["boolean", "null", "integer"] },
  arrays: { type: "array", items: { type: "boolean" }, minItems: 2, maxItems: 4 },
  "empty array": { type: "array", items: { type: "boolean" }, maxItems: 0 },
  "sum of parts": { allOf: [point, { type: "object", properties: { z: { type: "boolean" } }, required: ["z"] }] },
  references: {
    type: "object",
    properties: { from: { $ref: "#/$defs/point" }, to: { $ref: "#/$defs/point" } },
    required: ["from"],
    $defs: { point },
  },
};

describe("JSON that follows a schema", () => {
  let path = "";
  let model: EmbeddedServer;

  beforeAll(async () => {
    path = await writeTinyGguf({ contextTokens: 1_024, seed: 3 });
    model = new EmbeddedServer({ name: "voice", modelPath: path, clock: systemClock, log: () => undefined });
    await model.ready();
  });
  afterAll(async () => {
    await model[Symbol.asyncDispose]();
    await rm(dirname(path), { recursive: true });
  });

  /** What a model with random weights says at a high temperature: nearly any text that the grammar allows. */
  async function random(jsonSchema: JsonSchema, sequence: string): Promise<string> {
    let text = "";
    const prompt = [{ text: sequence, special: false }];
    const request = { sequence, prompt, jsonSchema, maxTokens: 900, temperature: 3, stop: [] };
    for await (const part of model.generate(request, new AbortController().signal)) text += part.text;
    return text;
  }

  test.each(Object.entries(schemas))("%s", async (_, schema) => {
    const valid = z.fromJSONSchema({ ...schema });
    const texts = await Promise.all(Array.from({ length: 16 }, (__, i) => random(schema, `try ${i}`)));
    for (const text of texts) expect(valid.safeParse(JSON.parse(text)), text).toMatchObject({ success: true });
    for (const text of texts) expect(text).toBe(text.trim());
  });

  test("makes use of the freedom that the schema gives", async () => {
    const { "nothing required": schema = {} } = schemas;
    const keys = new Set<string>();
    const object = z.record(z.string(), z.unknown());
    for (let i = 0; i < 40; i++) keys.add(Object.keys(object.parse(JSON.parse(await random(schema, "free")))).join());
    expect(keys.size).toBeGreaterThan(3);
  });

  test("may contain itself, hold any keys, or be anything: llama.cpp understands those grammars too", async () => {
    const tree = { type: "object", properties: { children: { type: "array", items: { $ref: "#" } } } };
    const map = { type: "object", additionalProperties: { type: "number" } };
    for (const schema of [
      tree,
      map,
      {},
      { type: "object" },
      { type: "string", pattern: "^a" },
      { $ref: "#/none" },
      { items: {} },
    ]) {
      const prompt = [{ text: "a", special: false }];
      const request = { sequence: "a", prompt, jsonSchema: schema, maxTokens: 40, temperature: 1, stop: [] };
      let text = "";
      for await (const part of model.generate(request, new AbortController().signal)) text += part.text;
      expect(text, jsonSchemaGrammar(schema)).not.toBe("");
    }
  });
});
