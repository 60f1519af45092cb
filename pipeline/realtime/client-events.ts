import { z } from "zod";
import { audioFormatSchema } from "./audio-format.ts";
import { decodeBase64 } from "./base64.ts";
import { clientItemSchema, responseInputSchema } from "./client-items.ts";
import { jobRequestSchemas } from "./job-events.ts";
import { sessionPatchSchema } from "./session-schema.ts";
import {
  maxOutputTokensSchema,
  oldModalitiesSchema,
  outputModalitiesSchema,
  promptSchema,
  reasoningSchema,
  toolChoiceSchema,
  toolSchema,
  voiceSchema,
} from "./tool-schema.ts";

/** Base64 characters in one `input_audio_buffer.append`. */
export const appendLimitChars = 15 * 1024 * 1024;

const event = { event_id: z.string().max(512).optional() };
const itemId = z.string().min(1).max(128);

const audioBytesSchema = z
  .string()
  .max(appendLimitChars)
  .transform((text, context) => {
    const bytes = decodeBase64(text);
    if (bytes !== undefined) return bytes;
    context.addIssue({ code: "custom", message: "Expected base64-encoded audio bytes but got an invalid value." });
    return z.NEVER;
  });

const metadataSchema = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, { error: "Expected at most 16 pairs." });

/** What one response does differently from its session. */
export const responseParamsSchema = z.strictObject({
  instructions: z.string().nullish(),
  output_modalities: outputModalitiesSchema.optional(),
  modalities: oldModalitiesSchema.optional(),
  audio: z
    .strictObject({
      output: z.strictObject({ format: audioFormatSchema.optional(), voice: voiceSchema.optional() }).optional(),
    })
    .optional(),
  tools: z.array(toolSchema).max(128).optional(),
  tool_choice: toolChoiceSchema.optional(),
  parallel_tool_calls: z.boolean().nullish(),
  max_output_tokens: maxOutputTokensSchema.optional(),
  conversation: z.enum(["auto", "none"]).optional(),
  input: z.array(responseInputSchema).max(1_000).optional(),
  metadata: metadataSchema.nullish(),
  prompt: promptSchema.nullish(),
  reasoning: reasoningSchema.nullish(),
  temperature: z.number().nullish(),
});
export type ResponseParams = z.output<typeof responseParamsSchema>;

/** Every event that a client may send, by its type. `sotto.playback` says how much of an answer was really heard; `sotto.job.…` are for the coder. */
export const clientEventSchemas = {
  "session.update": z.object({ ...event, type: z.literal("session.update"), session: sessionPatchSchema }),
  "input_audio_buffer.append": z.object({
    ...event,
    type: z.literal("input_audio_buffer.append"),
    audio: audioBytesSchema,
  }),
  "input_audio_buffer.commit": z.object({ ...event, type: z.literal("input_audio_buffer.commit") }),
  "input_audio_buffer.clear": z.object({ ...event, type: z.literal("input_audio_buffer.clear") }),
  "conversation.item.create": z.object({
    ...event,
    type: z.literal("conversation.item.create"),
    previous_item_id: itemId.nullish(),
    item: clientItemSchema,
  }),
  "conversation.item.retrieve": z.object({ ...event, type: z.literal("conversation.item.retrieve"), item_id: itemId }),
  "conversation.item.truncate": z.object({
    ...event,
    type: z.literal("conversation.item.truncate"),
    item_id: itemId,
    content_index: z.int().min(0),
    audio_end_ms: z.number().min(0),
  }),
  "conversation.item.delete": z.object({ ...event, type: z.literal("conversation.item.delete"), item_id: itemId }),
  "response.create": z.object({
    ...event,
    type: z.literal("response.create"),
    response: responseParamsSchema.nullish(),
  }),
  "response.cancel": z.object({ ...event, type: z.literal("response.cancel"), response_id: itemId.nullish() }),
  "output_audio_buffer.clear": z.object({ ...event, type: z.literal("output_audio_buffer.clear") }),
  "sotto.playback": z.object({
    ...event,
    type: z.literal("sotto.playback"),
    item_id: itemId,
    played_samples: z.int().min(0),
    playing: z.boolean(),
  }),
  ...jobRequestSchemas,
};
export type ClientEventType = keyof typeof clientEventSchemas;
export type ClientEvent = z.output<(typeof clientEventSchemas)[ClientEventType]>;
/** An event as a client writes it, before parsing: audio is still base64. */
export type ClientEventMessage = z.input<(typeof clientEventSchemas)[ClientEventType]>;
