import { z } from "zod";
import { chatStyle } from "./chat-style.ts";

/** How the host is to run a model; what is left out it chooses by the model's size. */
export const engineOptions = z.object({
  /** Context of each sequence. */
  contextTokens: z.number().int().min(64).optional(),
  /** Conversations whose KV cache is kept at once. */
  sequences: z.number().int().min(1).max(256).optional(),
  threads: z.number().int().min(1).optional(),
  gpu: z.literal("auto").or(z.literal(false)).optional(),
  /** Tokens computed in one step. */
  batchTokens: z.number().int().min(32).optional(),
  kvType: z.enum(["f16", "q8_0", "q4_0"]).optional(),
  gpuLayers: z.number().int().min(0).or(z.literal("all")).optional(),
});
export type EngineOptions = z.infer<typeof engineOptions>;

/** What the host says when it is ready. Milliseconds count from the process's start. */
export const engineInfo = z.object({
  name: z.string(),
  /** ChatWriter can talk to it: it was trained on ChatML conversations, or has a chat template that can be used. */
  chatml: z.boolean(),
  /** Of its chat template; null when it has none that can be used, or none but ChatML. */
  chat: chatStyle.nullable(),
  /** Resident memory of the process. */
  bytes: z.number(),
  /** Memory of GPUs that the model took; 0 on the CPU. */
  gpuBytes: z.number(),
  contextTokens: z.number(),
  sequences: z.number(),
  threads: z.number(),
  startedMs: z.object({ imported: z.number(), engine: z.number(), model: z.number(), warm: z.number() }),
});
export type EngineInfo = z.infer<typeof engineInfo>;

export const promptPiece = z.object({ text: z.string(), special: z.boolean() });

export const generateParams = z.object({
  sequence: z.string(),
  prompt: z.array(promptPiece),
  grammar: z.string().optional(),
  jsonSchema: z.record(z.string(), z.unknown()).optional(),
  maxTokens: z.number().int().min(0),
  temperature: z.number().min(0),
  stop: z.array(z.string().min(1)),
});
export type GenerateParams = z.infer<typeof generateParams>;

export const generatedPart = z.object({ text: z.string(), probability: z.number() });

export const generationStats = z.object({
  sequence: z.string(),
  promptTokens: z.number(),
  cachedTokens: z.number(),
  generatedTokens: z.number(),
  stopReason: z.enum(["end", "length", "stop", "context"]),
});

/** What the host did since it started. */
export const engineCounters = z.object({
  generatedTokens: z.number(),
  /** Tokens of prompts that were really computed. */
  evaluatedTokens: z.number(),
  aborts: z.number(),
  /** Of all aborted generations, the most tokens that one still made after the abort arrived. */
  mostTokensAfterAbort: z.number(),
  bytes: z.number(),
});
export type EngineCounters = z.infer<typeof engineCounters>;
