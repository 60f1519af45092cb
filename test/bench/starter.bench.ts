import { systemClock } from "../../models/clock.ts";
import { packageFile } from "../../models/host/entries.ts";
import type { ReplyPart } from "../../models/roles.ts";
import { EmbeddedServer } from "../../models/servers/embedded.ts";
import { intents } from "../../models/starter/phrase-book/book.ts";
import { createMatcher, type Matcher } from "../../models/starter/phrase-book/matcher.ts";
import { seededRandom } from "../../models/starter/phrase-book/sample.ts";
import { StarterWriter } from "../../models/starter/writer.ts";
import { createTools } from "../../models/tools/toolbox.ts";
import { bookCases, type Case, laterCases, typedCases, unknownCases } from "./starter/cases.ts";
import { changedWrongly, judge, type Verdict, validJson } from "./starter/judge.ts";
import { printTable, rounded } from "./table.ts";

/** How well the starter voice understands. Run: node build.js && npx tsx test/bench/starter.bench.ts [GGUF] [--wrong] */
const modelPath = process.argv[2]?.endsWith(".gguf") ? process.argv[2] : packageFile("models/starter/voice.gguf");
const showWrong = process.argv.includes("--wrong");
const clock = systemClock;
const tools = createTools({
  clock,
  status: () => [],
  memory: () => ({ freeBytes: 1e9, totalBytes: 4e9 }),
  firstJoke: 0,
});
const signal = new AbortController().signal;
await using server = new EmbeddedServer({ name: "voice", modelPath, clock, log: console.error });
await server.ready();

interface Row {
  readonly cases: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly changedWrongly: number;
  readonly invalidJson: number;
  readonly msPerTurn: number;
}

async function measure(cases: readonly Case[], matcher: Matcher | null): Promise<Row> {
  const writer = new StarterWriter({ completion: server, tools, matcher });
  const verdicts = { right: 0, "asked first": 0, refused: 0, wrong: 0 };
  const row = { changedWrongly: 0, invalidJson: 0 };
  const began = performance.now();
  for (const one of cases) {
    const parts: ReplyPart[] = [];
    const request = {
      conversation: "bench",
      messages: [...(one.before ?? []), { from: "user", text: one.text }],
      tools: tools.map(({ spec }) => spec),
      toolChoice: "auto",
      maxTokens: 100,
    } as const;
    for await (const part of writer.reply(request, signal)) parts.push(part);
    const verdict = judge(one, parts);
    verdicts[verdict] += 1;
    if (changedWrongly(one, parts)) row.changedWrongly += 1;
    if (!validJson(parts)) row.invalidJson += 1;
    if (showWrong && verdict === "wrong") console.log(`${one.group}: ${one.text} → ${JSON.stringify(parts)}`);
  }
  return { cases: cases.length, verdicts, ...row, msPerTurn: (performance.now() - began) / cases.length };
}

const random = seededRandom(20);
const book = bookCases("wordings", 3, random);
const unseen = [...bookCases("heldOut", 3, random), ...typedCases()];
const unknown = unknownCases();
/** For measuring unseen wordings, code must not know them either. */
const trainedBook = createMatcher(intents, "heldOut");

const among = (cases: readonly Case[], group: string): Case[] => cases.filter((one) => one.group === group);

/** What was measured and the least percentage of right or refused. "Alone": code does not know the sentences; "shipped": those trained on. */
const rows: readonly (readonly [string, number, Row])[] = [
  ["phrase book, unseen slot values; alone", 97, await measure(book, null)],
  ["phrase book, unseen slot values; shipped", 97, await measure(book, trainedBook)],
  ["the same in a conversation; alone", 97, await measure(laterCases(book, tools, random), null)],
  ["unseen wordings, held out; shipped", 85, await measure(among(unseen, "heldOut"), trainedBook)],
  ["unseen wordings, typed by hand; shipped", 85, await measure(among(unseen, "typed"), trainedBook)],
  ["unknown questions; shipped", 85, await measure(among(unknown, "unknown"), trainedBook)],
  ["near misses of commands; shipped", 85, await measure(among(unknown, "near miss"), trainedBook)],
];

const percent = (count: number, of: number): number => Math.round((1000 * count) / of) / 10;
printTable(
  "The starter voice",
  rows.map(([sentences, leastPercent, { cases, verdicts, ...row }]) => ({
    sentences,
    cases,
    "right %": percent(verdicts.right + verdicts["asked first"], cases),
    "refused %": percent(verdicts.refused, cases),
    "right or refused %": percent(cases - verdicts.wrong, cases),
    "must be": `≥ ${leastPercent}`,
    wrong: verdicts.wrong,
    "changed wrongly (≤ 0.5 %)": row.changedWrongly,
    "invalid JSON (0)": row.invalidJson,
    "ms per turn": rounded(row.msPerTurn),
  })),
);
const missed = rows.some(
  ([, leastPercent, { cases, verdicts, changedWrongly: changed, invalidJson }]) =>
    percent(cases - verdicts.wrong, cases) < leastPercent || percent(changed, cases) > 0.5 || invalidJson > 0,
);
process.exitCode = missed ? 1 : 0;
