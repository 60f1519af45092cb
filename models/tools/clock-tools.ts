import { z } from "zod";
import type { Clock } from "../clock.ts";
import { defineTool, noArgs, type Tool } from "./tool.ts";

/** The time of day, from the clock and never from the model. */
export function timeTool(clock: Clock): Tool {
  return defineTool({
    name: "time",
    description: "The time of day.",
    args: noArgs,
    result: z.strictObject({ time: z.string() }),
    run: () => ({
      time: new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" })
        .format(clock.today())
        .replace(/\s/g, " "),
    }),
    sentences: ({ time }) => [`It is ${time}.`, `The time is ${time}.`],
  });
}

/** Today's date, with the day of the week. */
export function dateTool(clock: Clock): Tool {
  return defineTool({
    name: "date",
    description: "Today's date and day of the week.",
    args: noArgs,
    result: z.strictObject({ date: z.string() }),
    run: () => ({ date: new Intl.DateTimeFormat("en-US", { dateStyle: "full" }).format(clock.today()) }),
    sentences: ({ date }) => [`Today is ${date}.`, `It is ${date}.`],
  });
}
