import { z } from "zod";
import { decodeBase64 } from "./base64.ts";
import type { NewId } from "./ids.ts";
import type { Item, MessageItem } from "./items.ts";

/** The parts of an item that clients may leave out. */
const id = z.string().min(1).max(128).nullish();
const status = z.enum(["completed", "incomplete", "in_progress"]).nullish();
const common = { id, status, object: z.string().nullish() };
export const base64Schema = z
  .string()
  .max(15 * 1024 * 1024)
  .refine((text) => decodeBase64(text) !== undefined, { error: "Expected base64-encoded audio bytes." });

const inputTextSchema = z.object({ type: z.literal("input_text"), text: z.string() });
const inputAudioSchema = z
  .object({ type: z.literal("input_audio"), audio: base64Schema.nullish(), transcript: z.string().nullish() })
  .transform(({ type, audio, transcript }) => ({
    type,
    transcript: transcript ?? null,
    ...(audio == null ? {} : { audio }),
  }));
// "text" and "audio" are the names of the retired protocol; one popular client still restores its history with them.
const outputTextSchema = z
  .object({ type: z.enum(["output_text", "text"]), text: z.string() })
  .transform(({ text }) => ({ type: "output_text" as const, text }));
const outputAudioSchema = z
  .object({ type: z.enum(["output_audio", "audio"]), audio: base64Schema.nullish(), transcript: z.string().nullish() })
  .transform(({ audio, transcript }) => ({
    type: "output_audio" as const,
    transcript: transcript ?? "",
    ...(audio == null ? {} : { audio }),
  }));

const message = { ...common, type: z.literal("message") };
const messageSchema = z.discriminatedUnion("role", [
  z.object({ ...message, role: z.literal("system"), content: z.array(inputTextSchema).min(1) }),
  z.object({
    ...message,
    role: z.literal("user"),
    content: z.array(z.discriminatedUnion("type", [inputTextSchema, inputAudioSchema])).min(1),
  }),
  z.object({
    ...message,
    role: z.literal("assistant"),
    content: z.array(z.discriminatedUnion("type", [outputTextSchema, outputAudioSchema])).min(1),
  }),
]);

const mcpToolSchema = z
  .looseObject({
    name: z.string(),
    description: z.string().nullish(),
    input_schema: z.record(z.string(), z.unknown()).nullish(),
  })
  .transform((tool) => ({ ...tool, description: tool.description ?? "", input_schema: tool.input_schema ?? {} }));

const mcpErrorSchema = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["protocol_error", "http_error"]), code: z.number(), message: z.string() }),
  z.object({ type: z.literal("tool_execution_error"), message: z.string() }),
]);

const otherItemSchemas = [
  z.object({
    ...common,
    type: z.literal("function_call"),
    name: z.string().min(1),
    call_id: z.string().min(1).nullish(),
    arguments: z.string(),
  }),
  z.object({ ...common, type: z.literal("function_call_output"), call_id: z.string().min(1), output: z.string() }),
  z.object({ ...common, type: z.literal("mcp_list_tools"), server_label: z.string(), tools: z.array(mcpToolSchema) }),
  z.object({
    ...common,
    type: z.literal("mcp_call"),
    server_label: z.string(),
    name: z.string(),
    arguments: z.string(),
    output: z.string().nullish(),
    error: mcpErrorSchema.nullish(),
    approval_request_id: z.string().nullish(),
  }),
  z.object({
    ...common,
    type: z.literal("mcp_approval_request"),
    server_label: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.object({
    ...common,
    type: z.literal("mcp_approval_response"),
    approval_request_id: z.string(),
    approve: z.boolean(),
    reason: z.string().nullish(),
  }),
] as const;

export const clientItemSchema = z.discriminatedUnion("type", [messageSchema, ...otherItemSchemas]);
/** An item as a client sends it. */
export type ClientItem = z.output<typeof clientItemSchema>;

export const itemReferenceSchema = z.object({ type: z.literal("item_reference"), id: z.string().min(1) });
export const responseInputSchema = z.discriminatedUnion("type", [
  messageSchema,
  ...otherItemSchemas,
  itemReferenceSchema,
]);

/** Fills in what the client left out. */
export function itemOf(given: ClientItem, newId: NewId): Item {
  const numbered = { id: given.id ?? newId("item"), object: "realtime.item" } as const;
  const stated = { ...numbered, status: given.status ?? "completed" } as const;
  switch (given.type) {
    case "message":
      return messageOf(given, stated);
    case "function_call": {
      const { type, name, arguments: args } = given;
      return { ...stated, type, name, call_id: given.call_id ?? newId("call"), arguments: args };
    }
    case "function_call_output":
      return { ...stated, type: given.type, call_id: given.call_id, output: given.output };
    case "mcp_list_tools":
      return { ...numbered, type: given.type, server_label: given.server_label, tools: given.tools };
    case "mcp_call": {
      const { type, server_label, name, arguments: args, output, error, approval_request_id } = given;
      const outcome = { output: output ?? null, error: error ?? null };
      const request = { approval_request_id: approval_request_id ?? null };
      return { ...numbered, type, server_label, name, arguments: args, ...outcome, ...request };
    }
    case "mcp_approval_request": {
      const { type, server_label, name, arguments: args } = given;
      return { ...numbered, type, server_label, name, arguments: args };
    }
    case "mcp_approval_response": {
      const { type, approval_request_id, approve, reason } = given;
      return { ...numbered, type, approval_request_id, approve, ...(reason == null ? {} : { reason }) };
    }
  }
}

/** A switch that returns the same thing thrice is what tells the compiler that role and content belong together. */
function messageOf(
  given: ClientItem & { type: "message" },
  stated: Pick<MessageItem, "id" | "object" | "status">,
): MessageItem {
  switch (given.role) {
    case "system":
      return { ...stated, type: given.type, role: given.role, content: given.content };
    case "user":
      return { ...stated, type: given.type, role: given.role, content: given.content };
    case "assistant":
      return { ...stated, type: given.type, role: given.role, content: given.content };
  }
}
