import { z } from "zod";

/**
 * How a model writes the calls of functions: Hermes and Qwen in tags, Llama 3 as bare JSON, Mistral behind `[TOOL_CALLS]` (as a list, or
 * each as name and arguments), gpt-oss on a channel of its own; `none` when nobody knows.
 */
export const callStyle = z.enum(["hermes", "llama", "mistral", "mistral-args", "harmony", "none"]);
export type CallStyle = z.infer<typeof callStyle>;

/** What must be known of a model's own format to read what it writes. */
export const chatStyle = z.object({
  calls: callStyle,
  /** Where it would go on as somebody else. */
  stop: z.array(z.string().min(1)),
});
export type ChatStyle = z.infer<typeof chatStyle>;

const message = z.union([
  z.object({ from: z.enum(["system", "user", "assistant"]), text: z.string() }),
  z.object({ from: z.literal("call"), id: z.string(), name: z.string(), argumentsJson: z.string() }),
  z.object({ from: z.literal("result"), id: z.string(), name: z.string(), output: z.string() }),
]);

/** A conversation to be written in a model's own format, up to where it is to speak. */
export const chatPromptParams = z.object({
  messages: z.array(message).readonly(),
  tools: z
    .array(z.object({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.unknown()) }))
    .readonly(),
  /** False: it is to answer at once. */
  thinking: z.boolean(),
});
export type ChatPromptParams = z.infer<typeof chatPromptParams>;
