import { z } from "zod";
import { defineTool, type Tool } from "./tool.ts";

const absent = z.strictObject({ installed: z.literal(false) });

/** Hard questions go to the director, which this installation has not got. */
export const askDirectorTool: Tool = defineTool({
  name: "ask_director",
  description: "Passes a hard question to the director, a larger model.",
  args: z.object({ question: z.string() }),
  result: absent,
  run: () => ({ installed: false as const }),
  sentences: () => ["I have no director yet, so I can not ask it. The read me says how to get better models."],
});
