import { z } from "zod";

/**
 * What agents send, as far as we read it. Agents differ: what is missing or unknown is left out rather than refused, for a
 * decision may never rest on it being there.
 */
const kinds = [
  "read",
  "edit",
  "delete",
  "move",
  "search",
  "execute",
  "think",
  "fetch",
  "switch_mode",
  "other",
] as const;
export type ToolKind = (typeof kinds)[number];

const optional = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);

const textBlock = z.object({ type: z.literal("text"), text: z.string() });
const toolCallSchema = z.object({
  toolCallId: z.string(),
  title: optional(z.string()),
  kind: optional(z.enum(kinds)),
  locations: optional(z.array(z.object({ path: z.string() }))),
  content: optional(z.array(z.union([z.object({ type: z.literal("diff"), path: z.string() }), z.unknown()]))),
  rawInput: z.unknown().optional(),
});
export type ToolCallNews = z.output<typeof toolCallSchema>;

const sessionUpdateSchema = z.object({
  sessionId: z.string(),
  update: z.union([
    z.object({
      sessionUpdate: z.literal("agent_message_chunk"),
      content: textBlock,
      messageId: optional(z.string()),
    }),
    z.object({ sessionUpdate: z.enum(["tool_call", "tool_call_update"]), ...toolCallSchema.shape }),
    z.object({ sessionUpdate: z.literal("agent_thought_chunk") }),
    z.object({
      sessionUpdate: z.literal("plan"),
      entries: z.array(z.object({ content: z.string(), status: z.string() })),
    }),
  ]),
});
export type AgentUpdate = z.output<typeof sessionUpdateSchema>["update"];

/** An update that we know; null for every other. */
export function parseUpdate(params: unknown): z.output<typeof sessionUpdateSchema> | null {
  return sessionUpdateSchema.safeParse(params).data ?? null;
}

export const permissionRequestSchema = z.object({
  sessionId: z.string(),
  toolCall: toolCallSchema,
  options: z.array(z.object({ optionId: z.string(), kind: z.string().catch("") })),
});
export type PermissionRequest = z.output<typeof permissionRequestSchema>;

const terminalLogin = z.object({ type: z.literal("terminal"), args: optional(z.array(z.string())) });
const authWaySchema = z.union([
  terminalLogin,
  // As it was said before the protocol had a word for it.
  z.object({ _meta: terminalLogin }).transform(({ _meta }) => _meta),
  z.unknown().transform(() => ({ type: "other" as const, args: null })),
]);
export type AuthWay = z.output<typeof authWaySchema>;

export const startedSchema = z.object({
  protocolVersion: z.number(),
  authMethods: optional(z.array(authWaySchema)),
});

export const sessionSchema = z.object({ sessionId: z.string() });
export const turnEndSchema = z.object({ stopReason: z.string() });

/** Paths that a tool call is about: where it says so, and where its arguments name one. */
export function pathsOf(call: ToolCallNews): readonly string[] {
  const said = (call.locations ?? []).map(({ path }) => path);
  const changed = (call.content ?? []).flatMap((part) => {
    const path = diffSchema.safeParse(part).data?.path;
    return path === undefined ? [] : [path];
  });
  const input = argumentsSchema.safeParse(call.rawInput).data ?? {};
  const named = pathKeys.flatMap((key) => {
    const value = input[key];
    return typeof value === "string" && value !== "" ? [value] : [];
  });
  return [...new Set([...said, ...changed, ...named])];
}

const diffSchema = z.object({ type: z.literal("diff"), path: z.string() });
const argumentsSchema = z.record(z.string(), z.unknown());
const pathKeys = [
  "path",
  "file_path",
  "filePath",
  "filepath",
  "file",
  "absolute_path",
  "absolutePath",
  "target_file",
  "source",
  "destination",
  "from",
  "to",
  "old_path",
  "new_path",
];
