import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createToolCallParser, type ParsedPart } from "../../../models/servers/tool-call-parser.ts";

function parse(pieces: readonly string[], options: { inside?: "call" } = {}): ParsedPart[] {
  const parser = createToolCallParser(options);
  const parts = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
  const joined: ParsedPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.type === "text" && last?.type === "text") joined.splice(-1, 1, { ...last, text: last.text + part.text });
    else joined.push(part);
  }
  return joined;
}

const timeCall = { type: "call", name: "time", argumentsJson: '{"zone":"UTC"}' };

describe("a model's output", () => {
  test("without any tag is said as it is, at once", () => {
    const parser = createToolCallParser();
    expect(parser.push("Hello")).toEqual([{ type: "text", text: "Hello" }]);
    expect(parser.push(" there.")).toEqual([{ type: "text", text: " there." }]);
    expect(parser.end()).toEqual([]);
  });

  test("may call functions before, after and between words", () => {
    const call = '<tool_call>\n{"name": "time", "arguments": {"zone": "UTC"}}\n</tool_call>';
    expect(parse([`One moment. \n${call}\n${call}\nDone.`])).toEqual([
      { type: "text", text: "One moment." },
      timeCall,
      timeCall,
      { type: "text", text: " \n\n\nDone." },
    ]);
  });

  test("may end inside a call that is whole but for its closing tag", () => {
    expect(parse(['<tool_call>{"name":"time","arguments":{"zone":"UTC"}}'])).toEqual([timeCall]);
    expect(parse(['{"name":"time","arguments":"{\\"zone\\":\\"UTC\\"}"}'], { inside: "call" })).toEqual([timeCall]);
  });

  test.each([
    '{"name":"time","argum',
    '{"name":"time"}',
    '{"name":"","arguments":{}}',
    '{"name":"time","arguments":"soon"}',
    "[]",
    "",
  ])("whose call cannot be read says so: %s", (text) => {
    expect(parse([`<tool_call>${text}</tool_call>`])).toEqual([{ type: "malformed", text }]);
  });

  test("keeps its thoughts to itself", () => {
    expect(parse(["<think>\nHm, <tool_call> no.\n</think>\n\nYes."])).toEqual([{ type: "text", text: "Yes." }]);
    expect(parse(["<think>never closed"])).toEqual([]);
  });

  test("means the same however it is cut into pieces", () => {
    const fragments = fc.constantFrom(
      '<tool_call>{"name":"time","arguments":{}}</tool_call>',
      "<tool_call>{</tool_call>",
      "<think>so</think>",
      "<tool",
      "</",
      "<",
      "plain words ",
      "2 < 3",
      "\n",
    );
    const output = fc.array(fragments, { maxLength: 8 }).map((texts) => texts.join(""));
    fc.assert(
      fc.property(output, fc.array(fc.integer({ min: 1, max: 7 })), (text, sizes) => {
        const pieces: string[] = [];
        let at = 0;
        for (const size of [...sizes, text.length]) {
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(parse(pieces)).toEqual(parse([text]));
      }),
      { numRuns: 1_000 },
    );
  });
});
