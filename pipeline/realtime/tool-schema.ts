import { z } from "zod";

const jsonObject = z.record(z.string(), z.unknown());

const functionToolSchema = z
  .object({
    type: z.literal("function"),
    name: z.string().min(1).max(128),
    description: z.string().nullish(),
    parameters: jsonObject.nullish(),
  })
  .transform(({ type, name, description, parameters }) => ({
    type,
    name,
    description: description ?? "",
    parameters: parameters ?? { type: "object", properties: {} },
  }));

const mcpToolSchema = z.looseObject({ type: z.literal("mcp"), server_label: z.string().min(1) });

/** A function that the client runs; hosted MCP servers are kept and echoed, never called. */
export const toolSchema = z.discriminatedUnion("type", [functionToolSchema, mcpToolSchema]);
export type WireTool = z.output<typeof toolSchema>;

export const toolChoiceSchema = z.union(
  [
    z.enum(["auto", "none", "required"]),
    z.object({ type: z.literal("function"), name: z.string().min(1) }),
    z.looseObject({ type: z.literal("mcp"), server_label: z.string().min(1) }),
  ],
  { error: "Expected 'auto', 'none', 'required' or {type: 'function', name}." },
);
export type WireToolChoice = z.output<typeof toolChoiceSchema>;

/** Why a choice cannot be followed: it names a function that is not there. Undefined when it can. */
export function unknownChoice(choice: WireToolChoice, tools: readonly WireTool[]): string | undefined {
  const { name } = typeof choice !== "string" && choice.type === "function" ? choice : {};
  const names = tools.flatMap((tool) => (tool.type === "function" && "name" in tool ? [tool.name] : []));
  if (name === undefined || names.includes(name)) return undefined;
  return `There is no function '${name}' among the tools${names.length === 0 ? ", of which there are none" : `: ${names.join(", ")}`}.`;
}

export const maxOutputTokensSchema = z.union([z.literal("inf"), z.int().min(1).max(4096)], {
  error: "Expected an integer from 1 to 4096 or 'inf'.",
});

/** One modality: audio always comes with its transcript. */
export const outputModalitiesSchema = z.union([z.tuple([z.literal("audio")]), z.tuple([z.literal("text")])], {
  error: "Expected ['audio'] or ['text'], not both.",
});

/** Old samples ask for both; they mean spoken answers. */
export const oldModalitiesSchema = z
  .array(z.enum(["audio", "text"]))
  .min(1)
  .transform((both): OutputModalities => (both.includes("audio") ? ["audio"] : ["text"]));
export type OutputModalities = z.output<typeof outputModalitiesSchema>;

export const voiceSchema = z.union(
  [z.string().min(1).max(128), z.object({ id: z.string().min(1).max(128) }).transform((voice) => voice.id)],
  { error: "Expected the name of a voice or {id}." },
);
export const reasoningSchema = z.object({
  effort: z.enum(["minimal", "low", "medium", "high", "xhigh"]).optional(),
});
export const promptSchema = z.looseObject({ id: z.string().min(1) });
export type Reasoning = z.output<typeof reasoningSchema>;
export type Prompt = z.output<typeof promptSchema>;
