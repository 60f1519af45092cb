import { z } from "zod";
import { capitals, countriesWithArticle } from "../starter/phrase-book/countries.ts";
import { defineTool, type Tool } from "./tool.ts";

/** Capitals of countries, from a table. */
export const capitalTool: Tool = defineTool({
  name: "capital",
  description: "The capital of a country.",
  args: z.object({ country: z.string() }),
  result: z.strictObject({ country: z.string(), capital: z.string() }),
  run({ country }) {
    const known = Object.keys(capitals).find((name) => name.toLowerCase() === country.toLowerCase());
    const capital = known === undefined ? undefined : capitals[known];
    if (known === undefined || capital === undefined) return { error: "I do not know the capital of that country." };
    return { country: countriesWithArticle.includes(known) ? `the ${known}` : known, capital };
  },
  sentences: ({ country, capital }) => [
    `The capital of ${country} is ${capital}.`,
    `${capital} is the capital of ${country}.`,
  ],
});
