import { z } from "zod";
import { jobViewSchema } from "./job-events.ts";

/** Server events as a client needs to read them: only the fields it uses, and anything else lets pass. */
const itemSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  role: z.string().optional(),
  status: z.string().optional(),
  name: z.string().optional(),
  call_id: z.string().optional(),
  arguments: z.string().optional(),
  content: z
    .array(z.looseObject({ type: z.string(), text: z.string().nullish(), transcript: z.string().nullish() }))
    .optional(),
});
const responseSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  status_details: z.looseObject({ reason: z.string().optional() }).nullish(),
  output: z.array(itemSchema).optional(),
});
const sessionSchema = z.looseObject({
  id: z.string().optional(),
  model: z.string().optional(),
  audio: z
    .looseObject({ output: z.looseObject({ format: z.looseObject({ type: z.string() }).optional() }).optional() })
    .optional(),
});

const item = { item: itemSchema, previous_item_id: z.string().nullish() };
const output = { response_id: z.string(), item_id: z.string() };
const of = <T extends string, Shape extends z.ZodRawShape>(type: T, shape: Shape) =>
  z.looseObject({ type: z.literal(type), event_id: z.string().optional(), ...shape });

export const serverEventSchema = z.discriminatedUnion("type", [
  of("error", {
    error: z.looseObject({
      type: z.string().optional(),
      code: z.string().nullish(),
      message: z.string().optional(),
      param: z.string().nullish(),
      event_id: z.string().nullish(),
    }),
  }),
  of("session.created", { session: sessionSchema }),
  of("session.updated", { session: sessionSchema }),
  of("input_audio_buffer.speech_started", { item_id: z.string(), audio_start_ms: z.number() }),
  of("input_audio_buffer.speech_stopped", { item_id: z.string(), audio_end_ms: z.number() }),
  of("input_audio_buffer.committed", { item_id: z.string() }),
  of("input_audio_buffer.cleared", {}),
  of("input_audio_buffer.timeout_triggered", { item_id: z.string() }),
  of("conversation.item.added", item),
  of("conversation.item.done", item),
  of("conversation.item.retrieved", { item: itemSchema }),
  of("conversation.item.deleted", { item_id: z.string() }),
  of("conversation.item.truncated", { item_id: z.string(), audio_end_ms: z.number() }),
  of("conversation.item.input_audio_transcription.delta", { item_id: z.string(), delta: z.string().optional() }),
  of("conversation.item.input_audio_transcription.completed", { item_id: z.string(), transcript: z.string() }),
  of("conversation.item.input_audio_transcription.failed", {
    item_id: z.string(),
    error: z.looseObject({ message: z.string().optional() }),
  }),
  of("response.created", { response: responseSchema }),
  of("response.done", { response: responseSchema }),
  of("response.output_item.added", { response_id: z.string(), output_index: z.number(), item: itemSchema }),
  of("response.output_item.done", { response_id: z.string(), output_index: z.number(), item: itemSchema }),
  of("response.content_part.added", output),
  of("response.content_part.done", output),
  of("response.output_audio.delta", { ...output, content_index: z.number(), delta: z.string() }),
  of("response.output_audio.done", { ...output, content_index: z.number() }),
  of("response.output_audio_transcript.delta", { ...output, delta: z.string() }),
  of("response.output_audio_transcript.done", { ...output, transcript: z.string() }),
  of("response.output_text.delta", { ...output, delta: z.string() }),
  of("response.output_text.done", { ...output, text: z.string() }),
  of("response.function_call_arguments.delta", { ...output, call_id: z.string(), delta: z.string() }),
  of("response.function_call_arguments.done", { ...output, call_id: z.string(), arguments: z.string() }),
  of("sotto.hello", {
    version: z.string(),
    voice: z.looseObject({ model: z.string(), voices: z.array(z.string()).optional() }),
    starter: z.boolean(),
  }),
  of("sotto.state", {
    state: z.enum(["listening", "hearing", "thinking", "speaking"]),
    owed: z.number().optional(),
  }),
  of("sotto.latency", { turn: z.number(), parts: z.record(z.string(), z.number()) }),
  of("sotto.residency", {
    models: z.array(
      z.object({
        role: z.string(),
        model: z.string(),
        state: z.enum(["ready", "starting", "leaving", "absent", "failed"]),
        bytes: z.number(),
        pinned: z.boolean(),
        leases: z.number(),
        note: z.string().optional(),
      }),
    ),
    pools: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(["ram", "vram", "unified"]),
        capacity_bytes: z.number(),
        reserve_bytes: z.number(),
        foreign_bytes: z.number(),
        used_bytes: z.number(),
      }),
    ),
    sticky: z.string().nullable(),
  }),
  of("sotto.slot", {
    swap: z
      .object({
        role: z.string(),
        model: z.string(),
        leaving: z.array(z.string()),
        elapsed_ms: z.number(),
        expected_ms: z.number(),
      })
      .nullable(),
  }),
  of("sotto.pin_broken", { model: z.string(), cause: z.string(), healed: z.boolean() }),
  of("sotto.coding", { workspaces: z.array(z.string()), why: z.string().nullable() }),
  of("sotto.job", { job: jobViewSchema }),
  of("sotto.audio.started", {
    stream: z.number(),
    response_id: z.string(),
    item_id: z.string(),
    content_index: z.number(),
    rate: z.number(),
  }),
]);
export type ServerEventMessage = z.output<typeof serverEventSchema>;

/**
 * Reads one text frame from a server.
 * @returns undefined for what is no event of ours: a server may always say something new.
 */
export function parseServerEvent(text: string): ServerEventMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = serverEventSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
