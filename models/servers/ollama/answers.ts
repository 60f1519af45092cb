import { z } from "zod";

/** What Ollama answers, as far as we use it. Sizes are bytes, durations nanoseconds. */

export const versionAnswer = z.object({ version: z.string() });

const installedModel = z.object({
  name: z.string(),
  /** On disk, with everything that belongs to it. */
  size: z.number(),
  /** Of the manifest: two names of one file have different ones. */
  digest: z.string(),
  /** Set for models that run elsewhere. */
  remote_host: z.string().optional(),
});
export const tagsAnswer = z.object({ models: z.array(installedModel).nullish() });
export type InstalledModel = z.infer<typeof installedModel>;

const runningModel = z.object({
  name: z.string(),
  digest: z.string(),
  size: z.number(),
  size_vram: z.number().default(0),
  context_length: z.number().optional(),
  expires_at: z.string().optional(),
});
export const runningAnswer = z.object({ models: z.array(runningModel).nullish() });
export type RunningModel = z.infer<typeof runningModel>;

export const showAnswer = z.looseObject({
  modelfile: z.string().default(""),
  capabilities: z.array(z.string()).nullish(),
});

export const generateAnswer = z.object({ done_reason: z.string().optional() });

const toolCall = z.object({
  function: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()).nullish() }),
});
export const chatLine = z.object({
  message: z.object({ content: z.string().default(""), tool_calls: z.array(toolCall).nullish() }).optional(),
  done: z.boolean().default(false),
  /** In the last line only. */
  done_reason: z.string().optional(),
  prompt_eval_count: z.number().optional(),
  eval_count: z.number().optional(),
});
export type ChatLine = z.infer<typeof chatLine>;

export const pullLine = z.object({
  status: z.string(),
  digest: z.string().optional(),
  total: z.number().optional(),
  completed: z.number().optional(),
});
