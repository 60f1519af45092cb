import { systemClock } from "../../models/clock.ts";
import { packageFile } from "../../models/host/entries.ts";
import type { Writer } from "../../models/roles.ts";
import { EmbeddedServer } from "../../models/servers/embedded.ts";
import { CoderWriter } from "../../models/starter/coder/coder-writer.ts";
import { knownPrograms } from "../../models/starter/coder/known-programs.ts";
import { programs } from "../../models/starter/coder/programs/all.ts";
import { taskIntents, taskSlots } from "../../models/starter/coder/tasks.ts";
import { DirectorWriter } from "../../models/starter/director/director-writer.ts";
import { directorIntents, directorRefusal, directorSlots } from "../../models/starter/director/questions.ts";
import { jobRecordText } from "../../models/starter/director/record.ts";
import { summaries } from "../../models/starter/director/summary.ts";
import { randomRecord } from "../../models/starter/make/director-exchange.ts";
import { createMatcher, type Matcher } from "../../models/starter/phrase-book/matcher.ts";
import { seededRandom } from "../../models/starter/phrase-book/sample.ts";
import { singleTurnPrompt, turnEnd } from "../../models/starter/prompt.ts";
import { bookTasks, type CodingCase, handTypedTasks, unknownTasks } from "./starter/coder-cases.ts";
import { bookQuestions, handTypedQuestions, type Question, unknownToTheDirector } from "./starter/director-cases.ts";
import { printTable, rounded } from "./table.ts";

/**
 * What the starter director and the starter coder know. Run:
 * node build.js && npx tsx test/bench/starter-director.bench.ts [--wrong] [--director GGUF] [--coder GGUF]
 */
const showWrong = process.argv.includes("--wrong");
const flag = (name: string, usual: string): string => {
  const at = process.argv.indexOf(name);
  return (at < 0 ? undefined : process.argv[at + 1]) ?? usual;
};
const clock = systemClock;
const signal = new AbortController().signal;
const server = (name: string): EmbeddedServer =>
  new EmbeddedServer({
    name,
    modelPath: flag(`--${name}`, packageFile(`models/starter/${name}.gguf`)),
    clock,
    log: console.error,
  });
await using director = server("director");
await using coder = server("coder");
await Promise.all([director.ready(), coder.ready()]);

type Verdict = "right" | "refused" | "wrong";
interface Row {
  readonly cases: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly msPerAnswer: number;
}

async function measure<Case extends { readonly text: string }>(
  writer: Writer,
  cases: readonly Case[],
  judge: (one: Case, said: string) => Verdict,
): Promise<Row> {
  const counts = { right: 0, refused: 0, wrong: 0 };
  const began = performance.now();
  for (const one of cases) {
    let said = "";
    const request = {
      conversation: "bench",
      messages: [{ from: "user", text: one.text }],
      tools: [],
      toolChoice: "none",
      maxTokens: 800,
    } as const;
    for await (const part of writer.reply(request, signal)) if (part.type === "text") said += part.text;
    const verdict = judge(one, said);
    counts[verdict] += 1;
    if (showWrong && verdict !== "right") console.log(`${verdict}: ${one.text} → ${said.split("\n")[0]}`);
  }
  return { cases: cases.length, counts, msPerAnswer: (performance.now() - began) / cases.length };
}

const judgeLine = ({ line }: Question, said: string): Verdict =>
  said === line ? "right" : said === directorRefusal ? "refused" : "wrong";

/** Right is: the program that was meant, whole, under the name that was asked for; or an honest no where it is not known. */
function judgeProgram({ program, language, file }: CodingCase, said: string): Verdict {
  const known = knownPrograms.find(
    (one) => one.program === program && (one.language === language || one.language === "text"),
  );
  if (said.startsWith("CANNOT: ")) return known === undefined ? "right" : "refused";
  const text = programs
    .find(({ name }) => name === program)
    ?.texts.find((one) => one.language === language || one.language === "text");
  if (known === undefined || text === undefined) return "wrong";
  // What the model has learnt as two words is written as one.
  const usual = known.file.replace("fizz_buzz.", "fizzbuzz.");
  const name = file === undefined ? usual : /\.\w+$/.test(file) ? file : `${file}${/\.\w+$/.exec(usual)?.[0] ?? ""}`;
  return said.startsWith(`FILE: ${name}\n\`\`\`${text.language}\n${text.content}\`\`\`\nDONE: `) ? "right" : "wrong";
}

const random = seededRandom(31);
const trainedQuestions = createMatcher(directorIntents, "heldOut", directorSlots);
const trainedTasks = createMatcher(taskIntents, "heldOut", taskSlots);
const asDirector = (matcher: Matcher | null): Writer => new DirectorWriter({ completion: director, matcher });
const asCoder = (matcher: Matcher | null): Writer => new CoderWriter({ completion: coder, matcher });

const records = Array.from({ length: 100 }, () => randomRecord(random)).map((record) => ({
  text: jobRecordText(record),
  sentences: summaries(record),
}));

/** The model without grammar or guard, for what it is worth. */
const unguarded: Writer = {
  async *reply({ conversation, messages, maxTokens }, abort) {
    const asked = messages.at(-1);
    const prompt = singleTurnPrompt("director", asked?.from === "user" ? asked.text : "");
    const request = { sequence: conversation, prompt, maxTokens, temperature: 0, stop: [turnEnd] };
    for await (const { text } of director.generate(request, abort)) yield { type: "text", text };
  },
};
const judgeSummary = ({ sentences }: { readonly sentences: readonly string[] }, said: string): Verdict =>
  sentences.includes(said) ? "right" : "wrong";

/** As many of them as take a minute, spread over all topics or programs. */
const some = <Case>(cases: readonly Case[], count: number): readonly Case[] => {
  const step = cases.length / Math.min(count, cases.length);
  return cases.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
};
const book = some(bookQuestions("wordings", 1, random), 500);
const tasks = some(bookTasks("wordings", 4, random), 300);
const heldOutTasks = some(bookTasks("heldOut", 2, random), 250);
/** What was measured, the least percentage that is right, and the least that is right or refused. */
const rows: readonly (readonly [string, number, number, Row])[] = [
  ["director: trained wordings; the model alone", 90, 97, await measure(asDirector(null), book, judgeLine)],
  [
    "director: the same; as shipped",
    100,
    100,
    await measure(new DirectorWriter({ completion: director }), book, judgeLine),
  ],
  [
    "director: wordings held out; as if code knew the trained ones only",
    80,
    95,
    await measure(asDirector(trainedQuestions), some(bookQuestions("heldOut", 1, random), 300), judgeLine),
  ],
  [
    "director: typed by hand, not in the training text",
    50,
    85,
    await measure(asDirector(trainedQuestions), handTypedQuestions(), judgeLine),
  ],
  [
    "director: unknown questions",
    85,
    85,
    await measure(asDirector(trainedQuestions), unknownToTheDirector(), judgeLine),
  ],
  ["director: records, as shipped", 100, 100, await measure(asDirector(null), records, judgeSummary)],
  ["director: records, the model without its guard", 0, 0, await measure(unguarded, records, judgeSummary)],
  ["coder: trained wordings; the model alone", 95, 97, await measure(asCoder(null), tasks, judgeProgram)],
  [
    "coder: wordings held out; as if code knew the trained ones only",
    80,
    95,
    await measure(asCoder(trainedTasks), heldOutTasks, judgeProgram),
  ],
  [
    "coder: both; as shipped",
    100,
    100,
    await measure(new CoderWriter({ completion: coder }), [...some(tasks, 100), ...heldOutTasks], judgeProgram),
  ],
  ["coder: typed by hand", 75, 90, await measure(asCoder(trainedTasks), handTypedTasks(), judgeProgram)],
  ["coder: unknown tasks", 85, 85, await measure(asCoder(trainedTasks), unknownTasks(), judgeProgram)],
];

const percent = (count: number, of: number): number => Math.round((1000 * count) / of) / 10;
printTable(
  "The starter director and coder",
  rows.map(([what, leastRight, leastHonest, { cases, counts, msPerAnswer }]) => ({
    what,
    cases,
    "right %": percent(counts.right, cases),
    "refused %": percent(counts.refused, cases),
    "wrong %": percent(counts.wrong, cases),
    "must be right / right or refused": `≥ ${leastRight} / ${leastHonest}`,
    "ms per answer": rounded(msPerAnswer),
  })),
);
process.exitCode = rows.some(
  ([, leastRight, leastHonest, { cases, counts }]) =>
    percent(counts.right, cases) < leastRight || percent(cases - counts.wrong, cases) < leastHonest,
)
  ? 1
  : 0;
