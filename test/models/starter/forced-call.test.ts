import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argumentsSchema, fallbackArguments } from "../../../models/starter/forced-call.ts";

const light = { type: "object", properties: { on: { type: "boolean" } }, required: ["on"] };
const choices = (text: string): unknown => argumentsSchema(light, text)["properties"];

describe("arguments of a call that must be made", () => {
  test.each([
    ["turn on the light", [true]],
    ["Switch the light off!", [false]],
    ["don't enable it", [true, false]],
    ["disable the alarm", [false]],
    ["a coffee with milk", [true]],
    ["and the light?", [true, false]],
  ])("%j leaves %j", (text, expected) => {
    expect(choices(text)).toEqual({ on: { enum: expected } });
  });

  test("are numbers and words of the user's, and what the schema lists", () => {
    const parameters = {
      type: "object",
      properties: {
        degrees: { type: "number" },
        unit: { type: "string", enum: ["celsius", "fahrenheit"] },
        room: { type: "string" },
        note: { type: "string" },
      },
      required: ["degrees", "unit", "room"],
    };
    expect(argumentsSchema(parameters, "make it twenty in here")).toEqual({
      type: "object",
      properties: {
        degrees: { enum: [20] },
        unit: { type: "string", enum: ["celsius", "fahrenheit"] },
        room: { enum: ["make it twenty in here", "make", "it", "twenty", "in", "here"] },
      },
      required: ["degrees", "unit", "room"],
      additionalProperties: false,
    });
  });

  test("the fallback fits whatever was said", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const schema = argumentsSchema(light, text);
        expect(fallbackArguments(schema)).toEqual({ on: expect.any(Boolean) });
      }),
    );
  });
});
