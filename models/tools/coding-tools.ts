import { z } from "zod";
import type { Coding } from "../roles.ts";
import { defineTool, noArgs, type Tool } from "./tool.ts";

/** What the coder's desk had to say. */
const said = z.strictObject({ say: z.string() });
const absent = z.strictObject({ installed: z.literal(false) });
const nothing = z.strictObject({ done: z.literal(false) });

const handOffTool = defineTool({
  name: "hand_off",
  description: "Passes a coding task, in the user's own words, to the coder, which proposes a change.",
  args: z.object({ task: z.string() }),
  result: z.union([absent, said]),
  run: () => ({ installed: false as const }),
  sentences: (result) =>
    "say" in result
      ? [result.say]
      : ["I have no coder yet, so I can not do that. The read me says how to get better models."],
});

function deskTool(name: string, description: string, withoutDesk: string): Tool {
  return defineTool({
    name,
    description,
    args: noArgs,
    result: z.union([nothing, said]),
    run: () => ({ done: false as const }),
    sentences: (result) => ["say" in result ? result.say : withoutDesk],
  });
}

/** What can be done about coding jobs. Without a coder there never is one, and they say so. */
export const codingTools: readonly Tool[] = [
  handOffTool,
  deskTool(
    "apply",
    "Says how to approve the proposed change; it is not applied by this call.",
    "There is no change to apply.",
  ),
  deskTool("reject", "Rejects the proposed change.", "There is no change to reject."),
  deskTool("undo", "Undoes the last change.", "There is no change to undo."),
  deskTool("cancel", "Cancels what the coder is doing.", "Okay. Nothing is running now."),
  deskTool("progress", "What the coder is doing, and how long it will take.", "The coder is doing nothing."),
];

const task = z.object({ task: z.string() });

/** Runs one of `codingTools` at a desk. @returns JSON text, or undefined when the name is that of another tool. */
export async function runAtDesk(coding: Coding, name: string, argumentsJson: string): Promise<string | undefined> {
  const line = await answerOf(coding, name, argumentsJson);
  return line === undefined ? undefined : JSON.stringify({ say: line });
}

async function answerOf(coding: Coding, name: string, argumentsJson: string): Promise<string | undefined> {
  switch (name) {
    case "hand_off": {
      const args = task.safeParse(parsed(argumentsJson));
      return args.success ? await coding.handOff(args.data.task) : "What should the coder do?";
    }
    case "apply":
      return coding.apply();
    case "reject":
      return await coding.reject();
    case "undo":
      return await coding.undo();
    case "cancel":
      return await coding.cancel();
    case "progress":
      return coding.progress();
    default:
      return undefined;
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
