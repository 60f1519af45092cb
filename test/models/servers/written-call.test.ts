import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ToolSpec } from "../../../models/roles.ts";
import { answerParser } from "../../../models/servers/answer-parser.ts";
import type { CallStyle } from "../../../models/servers/chat-style.ts";
import type { ParsedPart } from "../../../models/servers/parsed-part.ts";

const tools: readonly ToolSpec[] = [
  {
    name: "time",
    description: "Tells the time",
    parameters: { type: "object", properties: { zone: { type: "string" }, n: { type: "integer" } } },
  },
];
const timeCall = { type: "call", name: "time", argumentsJson: '{"zone":"UTC"}' };

function read(style: CallStyle, pieces: readonly string[], tail = "", offered = tools): ParsedPart[] {
  const parser = answerParser(style, [{ text: tail, special: true }], offered);
  const parts = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
  const joined: ParsedPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.type === "text" && last?.type === "text") joined.splice(-1, 1, { ...last, text: last.text + part.text });
    else joined.push(part);
  }
  return joined;
}

function inPieces(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const size of [...sizes, text.length]) {
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}

const answers: readonly (readonly [CallStyle, string, readonly ParsedPart[] | readonly object[]])[] = [
  ["llama", '{"name": "time", "parameters": {"zone": "UTC"}}', [timeCall]],
  ["llama", '<|python_tag|>{"name": "time", "parameters": {"zone": "UTC"}}', [timeCall]],
  [
    "llama",
    '<|python_tag|>{"type": "function", "name": "time", "parameters": {"zone": "UTC"}}; {"name": "time", "parameters": {"zone": "UTC"}}',
    [timeCall, timeCall],
  ],
  ["llama", '{"name": "time", "parameters": "{\\"zone\\": \\"UTC\\"}"}', [timeCall]],
  ["llama", '{"colour": "red"}', [{ type: "text", text: '{"colour": "red"}' }]],
  ["llama", 'A set is {"a", "b"}.', [{ type: "text", text: 'A set is {"a", "b"}.' }]],
  ["mistral", '[TOOL_CALLS][{"name": "time", "arguments": {"zone": "UTC"}, "id": "abcdefghi"}]', [timeCall]],
  [
    "mistral",
    'One moment.[TOOL_CALLS] [{"name": "time", "arguments": {"zone": "UTC"}}, {"name": "time", "arguments": {"zone": "UTC"}}]',
    [{ type: "text", text: "One moment." }, timeCall, timeCall],
  ],
  ["mistral", "[THINK]Hm. [TOOL_CALLS][/THINK]Yes.", [{ type: "text", text: "Yes." }]],
  [
    "mistral-args",
    '[TOOL_CALLS]time[ARGS]{"zone": "UTC"}[TOOL_CALLS]time[CALL_ID]abcdefghi[ARGS]{"zone": "UTC"}',
    [timeCall, timeCall],
  ],
  ["mistral-args", "[TOOL_CALLS]time[ARGS]{", [{ type: "malformed", text: "{" }]],
  [
    "hermes",
    "<tool_call>\n<function=time>\n<parameter=zone>\nUTC\n</parameter>\n</function>\n</tool_call>",
    [timeCall],
  ],
  [
    "hermes",
    "<tool_call><function=time><parameter=zone>12</parameter><parameter=n>12</parameter></function></tool_call>",
    [{ ...timeCall, argumentsJson: '{"zone":"12","n":12}' }],
  ],
  [
    "hermes",
    '<tool_call>{"name": "time", "arguments": {"zone": "[TOOL_CALLS]"}}</tool_call>',
    [{ ...timeCall, argumentsJson: '{"zone":"[TOOL_CALLS]"}' }],
  ],
  ["none", "Well [TOOL_CALLS] is a word.", [{ type: "text", text: "Well [TOOL_CALLS] is a word." }]],
  [
    "harmony",
    "<|channel|>analysis<|message|>Hm, what now?<|end|><|start|>assistant<|channel|>final<|message|>Hello.<|return|>",
    [{ type: "text", text: "Hello." }],
  ],
  [
    "harmony",
    '<|channel|>analysis<|message|>So.<|end|><|start|>assistant<|channel|>commentary<|message|>I look.<|end|><|start|>assistant to=functions.time<|channel|>commentary json<|message|>{"zone": "UTC"}<|call|>',
    [{ type: "text", text: "I look." }, timeCall],
  ],
  ["harmony", '<|channel|>commentary to=functions.time <|constrain|>json<|message|>{"zone": "UTC"}', [timeCall]],
  [
    "harmony",
    '<|channel|>commentary to=browser.search<|message|>{"q": 1}<|call|>',
    [{ type: "malformed", text: '{"q": 1}' }],
  ],
  ["harmony", "<|channel|>analysis<|message|>never ends", []],
  ["harmony", "<|channel|>analysis<|message|>So.<|channel|>final<|message|>Yes.", [{ type: "text", text: "Yes." }]],
  ["harmony", "To be, or not to be.", [{ type: "text", text: "To be, or not to be." }]],
  ["harmony", "to", [{ type: "text", text: "to" }]],
  ["harmony", "", []],
];

describe("what a model writes in its own format", () => {
  test.each(answers)("is read, %s: %s", (style, text, parts) => {
    expect(read(style, [text])).toEqual(parts);
  });

  test("means the same however it is cut into pieces", () => {
    fc.assert(
      fc.property(fc.constantFrom(...answers), fc.array(fc.integer({ min: 1, max: 9 })), ([style, text], sizes) => {
        expect(read(style, inPieces(text, sizes))).toEqual(read(style, [text]));
      }),
      { numRuns: 1_000 },
    );
  });

  test("words are passed on as they come, also where they could have been something else", () => {
    const parser = answerParser("llama", [], tools);
    expect(parser.push("Hel")).toEqual([{ type: "text", text: "Hel" }]);
    expect(parser.push("lo {")).toEqual([{ type: "text", text: "lo {" }]);
    const channel = answerParser("harmony", [], tools);
    expect(channel.push("<|channel|>final<|message|>Hel")).toEqual([{ type: "text", text: "Hel" }]);
  });

  test("JSON is an answer where nothing can be called", () => {
    const parser = answerParser("llama", [], []);
    expect(parser.push('{"name": ')).toEqual([{ type: "text", text: '{"name":' }]);
  });

  test("begins where the prompt has ended", () => {
    expect(read("hermes", ["Hm.</think>\n\nYes."], "<|im_start|>assistant\n<think>\n")).toEqual([
      { type: "text", text: "Yes." },
    ]);
    expect(read("hermes", ["Yes."], "<think>\n\n</think>\n\n")).toEqual([{ type: "text", text: "Yes." }]);
    expect(read("harmony", ["Yes."], "<|start|>assistant<|channel|>final<|message|>")).toEqual([
      { type: "text", text: "Yes." },
    ]);
    expect(read("harmony", ["<|channel|>analysis<|message|>Hm."], "<|start|>assistant")).toEqual([]);
  });
});
