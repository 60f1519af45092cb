import { z } from "zod";
import { defineTool, noArgs, type Tool } from "./tool.ts";

const nothing = z.strictObject({ done: z.literal(false) });

function changeTool(name: string, description: string, sentence: string): Tool {
  return defineTool({
    name,
    description,
    args: noArgs,
    result: nothing,
    run: () => ({ done: false as const }),
    sentences: () => [sentence],
  });
}

/** What can be done with a proposed change. Without a coder there never is one, and they say so. */
export const changeTools: readonly Tool[] = [
  changeTool("apply", "Applies the proposed change.", "There is no change to apply."),
  changeTool("reject", "Rejects the proposed change.", "There is no change to reject."),
  changeTool("undo", "Undoes the last change.", "There is no change to undo."),
  changeTool("cancel", "Cancels what is running.", "Okay. Nothing is running now."),
];
