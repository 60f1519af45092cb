import { z } from "zod";
import { audioFormatSchema } from "./audio-format.ts";
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

const milliseconds = z.int().min(0).max(10_000);
const serverVadFields = {
  threshold: z.number().min(0).max(1),
  prefix_padding_ms: milliseconds,
  silence_duration_ms: milliseconds,
  idle_timeout_ms: z.int().min(5_000).max(30_000).nullable(),
};
const eagerness = z.enum(["low", "medium", "high", "auto"]);
const flag = z.boolean();

const serverVadSchema = z.strictObject({
  type: z.literal("server_vad"),
  threshold: serverVadFields.threshold.default(0.5),
  prefix_padding_ms: serverVadFields.prefix_padding_ms.default(300),
  silence_duration_ms: serverVadFields.silence_duration_ms.default(500),
  create_response: flag.default(true),
  interrupt_response: flag.default(true),
  idle_timeout_ms: serverVadFields.idle_timeout_ms.default(null),
});

// Clients pass on fields of newer models here (`model_version`); they are no reason to refuse a session.
const semanticVadSchema = z.object({
  type: z.literal("semantic_vad"),
  eagerness: eagerness.default("auto"),
  create_response: flag.default(true),
  interrupt_response: flag.default(true),
});

/** Who decides when a turn ends, with every default filled in. */
export const turnDetectionSchema = z.discriminatedUnion("type", [serverVadSchema, semanticVadSchema]);
export type TurnDetection = z.output<typeof turnDetectionSchema>;

/** In a patch every field may be missing, `type` too: it then means the one in force. */
const turnDetectionPatchSchema = z
  .looseObject({
    type: z.enum(["server_vad", "semantic_vad"]),
    ...serverVadFields,
    eagerness,
    create_response: flag,
    interrupt_response: flag,
  })
  .partial();

export const transcriptionSchema = z.looseObject({
  model: z.string().optional(),
  language: z.string().optional(),
  prompt: z.string().optional(),
});
const noiseReductionSchema = z.looseObject({ type: z.enum(["near_field", "far_field"]).optional() });
const tracingSchema = z.union([z.literal("auto"), z.record(z.string(), z.unknown())], {
  error: "Expected 'auto', an object or null.",
});
const truncationSchema = z.union(
  [
    z.enum(["auto", "disabled"]),
    z.looseObject({ type: z.literal("retention_ratio"), retention_ratio: z.number().min(0).max(1) }),
  ],
  { error: "Expected 'auto', 'disabled' or {type: 'retention_ratio', retention_ratio}." },
);
const includeSchema = z.array(z.literal("item.input_audio_transcription.logprobs"));
const speedSchema = z.number().min(0.25).max(1.5);

/** What a client may put into `session.update`. Fields that only a server sets may be echoed back; they are ignored. */
export const sessionPatchSchema = z.strictObject({
  type: z.enum(["realtime", "transcription"]),
  id: z.string().nullish(),
  object: z.string().nullish(),
  expires_at: z.number().nullish(),
  client_secret: z.unknown().optional(),
  model: z.string().nullish(),
  instructions: z.string().optional(),
  output_modalities: outputModalitiesSchema.optional(),
  modalities: oldModalitiesSchema.optional(),
  audio: z
    .strictObject({
      input: z
        .strictObject({
          format: audioFormatSchema.optional(),
          transcription: transcriptionSchema.nullable().optional(),
          noise_reduction: noiseReductionSchema.nullable().optional(),
          turn_detection: turnDetectionPatchSchema.nullable().optional(),
        })
        .optional(),
      output: z
        .strictObject({
          format: audioFormatSchema.optional(),
          voice: voiceSchema.optional(),
          speed: speedSchema.optional(),
        })
        .optional(),
    })
    .optional(),
  tools: z.array(toolSchema).max(128).optional(),
  tool_choice: toolChoiceSchema.optional(),
  parallel_tool_calls: z.boolean().nullish(),
  max_output_tokens: maxOutputTokensSchema.optional(),
  truncation: truncationSchema.optional(),
  include: includeSchema.nullable().optional(),
  tracing: tracingSchema.nullable().optional(),
  prompt: promptSchema.nullable().optional(),
  reasoning: reasoningSchema.nullable().optional(),
  temperature: z.number().nullish(),
});
export type SessionPatch = z.output<typeof sessionPatchSchema>;
export type Transcription = z.output<typeof transcriptionSchema>;
export type Truncation = z.output<typeof truncationSchema>;
export type NoiseReduction = z.output<typeof noiseReductionSchema>;
export type Tracing = z.output<typeof tracingSchema>;
export type Include = z.output<typeof includeSchema>;
