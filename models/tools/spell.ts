import { z } from "zod";
import { defineTool, type Tool } from "./tool.ts";

/** The letters of a word, one by one. */
export const spellTool: Tool = defineTool({
  name: "spell",
  description: "Spells a word.",
  args: z.object({ word: z.string().regex(/^\p{L}[\p{L}'-]{0,39}$/u) }),
  result: z.strictObject({ word: z.string(), letters: z.string() }),
  run: ({ word }) => ({ word, letters: [...word.toUpperCase()].join(", ") }),
  sentences: ({ word, letters }) => [
    `${word[0]?.toUpperCase()}${word.slice(1)} is spelled ${letters}.`,
    `It is spelled ${letters}.`,
  ],
});
