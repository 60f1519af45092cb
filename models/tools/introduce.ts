import { z } from "zod";
import { defineTool, type Tool } from "./tool.ts";

/** Greets a person by the name they gave. */
export const introduceTool: Tool = defineTool({
  name: "introduce",
  description: "Greets somebody who said their name.",
  args: z.object({ name: z.string().regex(/^\p{L}[\p{L}'-]{0,39}$/u) }),
  result: z.strictObject({ name: z.string() }),
  run: ({ name }) => ({ name: `${name[0]?.toUpperCase()}${name.slice(1)}` }),
  sentences: ({ name }) => [`Nice to meet you, ${name}.`, `Hello ${name}, nice to meet you.`],
});
