import { assistantStart, type ChatDialect, chatmlTurns, turnEnd } from "./chatml.ts";
import type { ChatFormat } from "./server.ts";

/** A model that goes on into the next turn by itself is stopped there. */
const stop = [turnEnd, "<|im_start|>", "<|endoftext|>"];

/** ChatML, for models without a template of their own. */
export function chatmlFormat(dialect: ChatDialect): ChatFormat {
  return {
    style: { calls: "hermes", stop },
    prompt: async ({ messages, tools }) => [...chatmlTurns(messages, tools, dialect), assistantStart],
  };
}
