/**
 * Coding by voice with the starter models, whole service, real engines, real time: from the end of speech to the diff, what comes of
 * wordings that the model has not seen, and the voice beside a job.
 * Run: node build.js && npx tsx test/bench/coding.bench.ts [--short] [--wrong]
 */
import { taskIntents, taskSlots } from "../../models/starter/coder/tasks.ts";
import { createMatcher } from "../../models/starter/phrase-book/matcher.ts";
import { seededRandom } from "../../models/starter/phrase-book/sample.ts";
import { openCodingWorld } from "./coding/coding-world.ts";
import { parses } from "./coding/parses.ts";
import { wantedFile } from "./coding/proposed-file.ts";
import { type SaidTask, sayTasks } from "./coding/said-tasks.ts";
import { askCoder, type CoderShares, typeTasks } from "./coding/typed-tasks.ts";
import { besideJob } from "./coding/voice-beside-job.ts";
import { bookTasks, type CodingCase, handTypedTasks } from "./starter/coder-cases.ts";
import { percentile, printTable, rounded } from "./table.ts";

const isShort = process.argv.includes("--short");
const showWrong = process.argv.includes("--wrong");
const most = isShort ? { said: 10, typed: 24, alone: 60, rounds: 8 } : { said: 99, typed: 100, alone: 200, rounds: 24 };

/** As many of them, spread over all programs. */
const some = (cases: readonly CodingCase[], count: number): readonly CodingCase[] => {
  const step = cases.length / Math.min(count, cases.length);
  return cases.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
};
const heldOut = bookTasks("heldOut", 1, seededRandom(44)).filter((one) => wantedFile(one) !== null);

await using world = await openCodingWorld();
const said = await sayTasks(world, most.said);
const typed = await typeTasks(world, some(heldOut, most.typed));
const files = [...new Map(typed.flatMap(({ file }) => (file === null ? [] : [[file.content, file]]))).values()];
const read = await Promise.all(files.map(parses));
const beside = await besideJob(world, most.rounds);
const alone = some(heldOut, most.alone);
const book = createMatcher(taskIntents, undefined, taskSlots);
const shipped = await askCoder(alone, book);
const byHand = handTypedTasks().filter((one) => wantedFile(one) !== null);
const handed = await askCoder(byHand, book);
const guessed = await askCoder(alone, createMatcher(taskIntents, "heldOut", taskSlots));

if (showWrong) {
  for (const { task, heard, isRight } of said) if (!isRight) console.log(`said: ${task} → ${heard}`);
  for (const { text, file, isRight } of typed) if (!isRight) console.log(`typed: ${text} → ${file?.path ?? "nothing"}`);
}

interface Row {
  readonly measure: string;
  readonly cases: number;
  readonly value: number;
  readonly p95?: number;
  readonly limit?: string;
  readonly isMissed?: boolean;
}
const percent = (share: number): number => Math.round(1_000 * share) / 10;
const share = (all: readonly boolean[]): number => percent(all.filter(Boolean).length / all.length);
const times = (measure: string, of: (one: SaidTask) => number, mostMs?: number): Row => {
  const values = said.map(of);
  const p50 = percentile(values, 0.5);
  return {
    measure,
    cases: values.length,
    value: rounded(p50),
    p95: rounded(percentile(values, 0.95)),
    ...(mostMs === undefined ? {} : { limit: `p50 ≤ ${mostMs}`, isMissed: !(p50 <= mostMs) }),
  };
};
const atLeast = (measure: string, cases: number, value: number, least: number): Row => ({
  measure,
  cases,
  value,
  limit: `≥ ${least}`,
  isMissed: !(value >= least),
});
/** What the model makes of words that code does not know: measured, and nothing is promised. */
const guesses = (measure: string, { length: cases }: readonly CodingCase[], { right, refused }: CoderShares): Row[] => [
  { measure: `${measure}: right, %`, cases, value: percent(right) },
  { measure: `${measure}: right or an honest no, %`, cases, value: percent(right + refused) },
];
const idleMs = percentile(beside.idleMs, 0.5);
const busyMs = percentile(beside.busyMs, 0.5);
const ratio = Math.round((100 * busyMs) / idleMs) / 100;
const rows: readonly Row[] = [
  times("said aloud: last sample → diff on screen, ms", ({ shownMs }) => shownMs, 6_000),
  times("· last sample → job taken", ({ takenMs }) => takenMs),
  times("· job taken → coder up", ({ takenMs, loadedMs }) => loadedMs - takenMs),
  times("· coder up → diff", ({ loadedMs, shownMs }) => shownMs - loadedMs),
  atLeast("said aloud: right file and content, %", said.length, share(said.map(({ isRight }) => isRight)), 95),
  atLeast(
    "held-out wordings, typed: right file and content, %",
    typed.length,
    share(typed.map(({ isRight }) => isRight)),
    95,
  ),
  atLeast("· their different programs that parse, %", files.length, share(read), 100),
  atLeast("held-out wordings, the coder alone, %", alone.length, percent(shipped.right), 95),
  ...guesses("· if code did not know them", alone, guessed),
  ...guesses("wordings by hand, not in the training text", byHand, handed),
  {
    measure: "typed question → first sound, idle, ms",
    cases: beside.idleMs.length,
    value: rounded(idleMs),
    p95: rounded(percentile(beside.idleMs, 0.95)),
  },
  {
    measure: "the same beside a coding job, ms",
    cases: beside.busyMs.length,
    value: rounded(busyMs),
    p95: rounded(percentile(beside.busyMs, 0.95)),
  },
  {
    measure: "· beside ÷ idle",
    cases: beside.busyMs.length,
    value: ratio,
    limit: "≤ 1.25",
    isMissed: !(ratio <= 1.25),
  },
];
printTable(
  "Coding with the starter models",
  rows.map(({ measure, cases, value, p95 = "", limit = "" }) => ({
    measure,
    cases,
    "p50 or %": value,
    p95,
    "must reach": limit,
  })),
);
if (beside.missed > 0)
  console.log(`${beside.missed} answers had no job beside them to their end, and are not counted.`);
process.exitCode = rows.some(({ isMissed }) => isMissed) ? 1 : 0;
