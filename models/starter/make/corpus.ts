import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { type Random, seededRandom } from "../phrase-book/sample.ts";
import { coderExchange } from "./coder-exchange.ts";
import { conversation, type TrainingTurn } from "./conversation.ts";
import { directorExchange } from "./director-exchange.ts";

/** What each starter model learns from. */
const texts = new Map<string, (random: Random) => TrainingTurn[]>([
  ["voice", conversation],
  ["director", directorExchange],
  ["coder", coderExchange],
]);

/** Writes training conversations, one JSON line each: turns of role, text and whether it is to be learnt. */
async function main(path: string, count: number, seed: number, role: string): Promise<void> {
  const draw = texts.get(role);
  if (draw === undefined) throw new Error(`The role is one of: ${[...texts.keys()].join(", ")}`);
  const random = seededRandom(seed);
  const file = createWriteStream(path);
  for (let index = 0; index < count; index++) {
    const turns = draw(random).map(({ role, text, learn, cut }) => [role, text, learn ? (cut === true ? 2 : 1) : 0]);
    if (!file.write(`${JSON.stringify(turns)}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
}

const [path, count = "200000", seed = "1", role = "voice"] = process.argv.slice(2);
if (path === undefined) throw new Error("Usage: tsx models/starter/make/corpus.ts FILE [CONVERSATIONS] [SEED] [ROLE]");
await main(path, Number(count), Number(seed), role);
