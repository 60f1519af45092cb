import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { seededRandom } from "../phrase-book/sample.ts";
import { conversation } from "./conversation.ts";

/** Writes training conversations, one JSON line each: turns of role, text and whether it is to be learnt. */
async function main(path: string, count: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const file = createWriteStream(path);
  for (let index = 0; index < count; index++) {
    const turns = conversation(random).map(({ role, text, learn }) => [role, text, learn ? 1 : 0]);
    if (!file.write(`${JSON.stringify(turns)}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
}

const [path, count = "200000", seed = "1"] = process.argv.slice(2);
if (path === undefined) throw new Error("Usage: tsx models/starter/make/corpus.ts FILE [CONVERSATIONS] [SEED]");
await main(path, Number(count), Number(seed));
