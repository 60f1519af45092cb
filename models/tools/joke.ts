import { z } from "zod";
import { defineTool, noArgs, type Tool } from "./tool.ts";

export const jokes: readonly string[] = [
  "Why do programmers like the dark? Because light attracts bugs.",
  "What do you call a pile of cats? A meowtain.",
  "Why was six afraid of seven? Because seven ate nine.",
  "Why was the computer cold? It left its windows open.",
  "There are two hard things in programming: names, and being off by one, and names.",
  "What kind of nut has no shell? A doughnut.",
  "I would tell you a joke about memory, but I forgot it.",
  "Why did the small model stay at home? It had no context for going out.",
  "How does a tree get on the internet? It logs in.",
  "Why did the clock get sent out of class? It tocked too much.",
];

/** Jokes in a fixed round, so that none comes twice in a row. `first` is where the round starts. */
export function jokeTool(first: number): Tool {
  let next = first;
  return defineTool({
    name: "joke",
    description: "Tells a joke.",
    args: noArgs,
    result: z.strictObject({ joke: z.string() }),
    run: () => ({ joke: jokes[next++ % jokes.length] ?? "" }),
    sentences: ({ joke }) => [joke],
  });
}
