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

/** Coding tasks go to the coder, which this installation has not got. */
export const handOffTool: Tool = defineTool({
  name: "hand_off",
  description: "Passes a coding task, in the user's own words, to the coder.",
  args: z.object({ task: z.string() }),
  result: absent,
  run: () => ({ installed: false as const }),
  sentences: () => ["I have no coder yet, so I can not do that. The read me says how to get better models."],
});
