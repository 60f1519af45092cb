import { z } from "zod";
import { defineTool, type Tool } from "./tool.ts";

const operation = z.enum(["plus", "minus", "times", "divided by"]);
/** What may be done with two numbers. */
export type Operation = z.output<typeof operation>;

const decimals = 4;

/** Sums with two numbers. */
export const arithmeticTool: Tool = defineTool({
  name: "arithmetic",
  description: "Adds, subtracts, multiplies or divides two numbers.",
  args: z.object({ a: z.number(), operation, b: z.number() }),
  result: z.strictObject({ sum: z.string(), value: z.number(), exact: z.boolean() }),
  run({ a, operation: how, b }) {
    if (how === "divided by" && b === 0) return { error: "Nothing can be divided by 0." };
    const full = compute(a, how, b);
    const value = Number(full.toFixed(decimals));
    return { sum: `${a} ${how} ${b}`, value, exact: Math.abs(value - full) < 1e-12 };
  },
  sentences: ({ sum, value, exact }) =>
    exact
      ? [`${sum} is ${value}.`, `${sum} makes ${value}.`]
      : [`${sum} is about ${value}.`, `${sum} makes about ${value}.`],
});

function compute(a: number, how: Operation, b: number): number {
  switch (how) {
    case "plus":
      return a + b;
    case "minus":
      return a - b;
    case "times":
      return a * b;
    case "divided by":
      return a / b;
  }
}
