import { ModelError } from "../errors.ts";
import type { ToolSpec } from "../roles.ts";
import type { CallStyle } from "./chat-style.ts";
import { callStart } from "./chatml.ts";
import type { PromptPiece } from "./server.ts";

/** What a model that must call one of some tools is led into. */
export interface ForcedCall {
  /** Stands at the end of the prompt, as if the model had begun to write it. */
  readonly opening: readonly PromptPiece[];
  /** Of what follows. */
  readonly jsonSchema: Readonly<Record<string, unknown>>;
}

/** @throws ModelError `unsupported` when nobody knows how this model calls. */
export function forcedCall(style: CallStyle, tools: readonly ToolSpec[], padding: string): ForcedCall {
  const [first, second] = tools;
  const only = second === undefined ? first : undefined;
  switch (style) {
    case "hermes":
      return { opening: [special(callStart + padding)], jsonSchema: callSchema(tools) };
    case "llama":
      return { opening: [], jsonSchema: callSchema(tools, "parameters") };
    case "mistral-args":
      if (only !== undefined) {
        return {
          opening: [special("[TOOL_CALLS]"), plain(only.name), special("[ARGS]")],
          jsonSchema: argumentsOf(only),
        };
      }
      return mistralList(tools);
    case "mistral":
      return mistralList(tools);
    case "harmony": {
      const json = special(" <|constrain|>json<|message|>");
      if (only === undefined)
        return { opening: [special("<|channel|>commentary"), json], jsonSchema: callSchema(tools) };
      const opening = [special("<|channel|>commentary to=functions."), plain(only.name), json];
      return { opening, jsonSchema: argumentsOf(only) };
    }
    case "none":
      throw new ModelError(
        "unsupported",
        "This model's chat template does not say how it calls functions, so it cannot be made to call one. Use a model that can, or let a server run it that knows it (ollama:<model>).",
      );
  }
}

function mistralList(tools: readonly ToolSpec[]): ForcedCall {
  const jsonSchema = { type: "array", items: callSchema(tools), minItems: 1, maxItems: 1 };
  return { opening: [special("[TOOL_CALLS]")], jsonSchema };
}

/** What a call of one of these tools looks like, as a JSON schema. */
export function callSchema(tools: readonly ToolSpec[], argumentsKey = "arguments"): Readonly<Record<string, unknown>> {
  const calls = tools.map((tool) => ({
    type: "object",
    properties: { name: { const: tool.name }, [argumentsKey]: argumentsOf(tool) },
    required: ["name", argumentsKey],
  }));
  const [only] = calls;
  return calls.length === 1 && only !== undefined ? only : { oneOf: calls };
}

function argumentsOf(tool: ToolSpec): Readonly<Record<string, unknown>> {
  return { type: "object", ...tool.parameters };
}

function special(text: string): PromptPiece {
  return { text, special: true };
}

function plain(text: string): PromptPiece {
  return { text, special: false };
}
