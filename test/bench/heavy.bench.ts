/**
 * The voice while a model of a gigabyte generates ÷ while nothing does, and the same two models in two plain processes that know
 * nothing of each other. Run: node build.js && npx tsx test/bench/heavy.bench.ts [rounds] [bytes]
 */
import { availableParallelism } from "node:os";
import { systemClock } from "../../models/clock.ts";
import { packageFile } from "../../models/host/entries.ts";
import { EmbeddedServer } from "../../models/servers/embedded.ts";
import {
  type Ask,
  Babble,
  heavyFile,
  openHeavyWorld,
  plainWriter,
  question,
  type TimedReply,
  timed,
  turn,
} from "./heavy-world.ts";
import { percentile, printTable, rounded } from "./table.ts";

const rounds = Number(process.argv[2] ?? 15);
const heavyBytes = Number(process.argv[3] ?? 1_050_000_000);
const replyTokens = [8, 24, 40];
/** The heavy model ends its token and falls silent. */
const quietMs = 600;

interface Compared {
  readonly idle: readonly TimedReply[];
  readonly busy: readonly TimedReply[];
}

/** One reply in silence and one beside the heavy model, turn by turn, so that both see the same machine. */
async function compare(voice: Ask, heavy: Ask): Promise<Compared> {
  const idle: TimedReply[] = [];
  const busy: TimedReply[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const tokens = replyTokens[Math.max(0, round) % replyTokens.length] ?? 8;
    await systemClock.sleep(quietMs);
    const alone = await timed(voice, question("idle", tokens, `${round}`));
    using babble = new Babble(heavy);
    await babble.words(3);
    const beside = await timed(voice, question("busy", tokens, `${round}`));
    // Nobody may have been stopped for good.
    await babble.words(1);
    if (round < 0) continue;
    idle.push(alone);
    busy.push(beside);
  }
  return { idle, busy };
}

async function gated(voicePath: string, heavyPath: string): Promise<Compared> {
  await using world = await openHeavyWorld([
    { role: "voice", model: voicePath },
    { role: "director", model: heavyPath },
  ]);
  const { languages } = world;
  return await compare(
    (request, signal) => turn(languages, request, signal),
    async function* (request, signal) {
      using lease = await languages.residency.lease({ role: "director" }, signal);
      yield* lease.engine.reply(request, signal);
    },
  );
}

/** Each with a thread for every core, as servers start them. */
async function plain(voicePath: string, heavyPath: string): Promise<Compared> {
  const common = {
    clock: systemClock,
    log: console.error,
    contextTokens: 2_048,
    sequences: 2,
    threads: availableParallelism(),
  };
  await using voice = new EmbeddedServer({ name: "voice", modelPath: voicePath, ...common });
  await using heavy = new EmbeddedServer({ name: "heavy", modelPath: heavyPath, ...common });
  await Promise.all([voice.ready(), heavy.ready()]);
  const ask = (completion: EmbeddedServer): Ask => {
    const writer = plainWriter(completion);
    return (request, signal) => writer.reply(request, signal);
  };
  return await compare(ask(voice), ask(heavy));
}

let isMissed = false;
function row(voice: string, how: string, { idle, busy }: Compared, limits?: { first: number; whole: number }) {
  const median = (replies: readonly TimedReply[], of: (reply: TimedReply) => number): number =>
    percentile(replies.map(of), 0.5);
  const firsts = [idle, busy].map((replies) => median(replies, (reply) => reply.firstMs));
  const wholes = [idle, busy].map((replies) => median(replies, (reply) => reply.wholeMs));
  const ratio = ([alone = 1, beside = 1]: readonly number[]): number => Math.round((beside / alone) * 100) / 100;
  if (limits !== undefined && (ratio(firsts) > limits.first || ratio(wholes) > limits.whole)) isMissed = true;
  return {
    voice,
    processes: how,
    "first, idle ms": rounded(firsts[0] ?? 0),
    beside: rounded(firsts[1] ?? 0),
    "÷": ratio(firsts),
    "whole, idle ms": rounded(wholes[0] ?? 0),
    "beside ": rounded(wholes[1] ?? 0),
    "÷ ": ratio(wholes),
    "must reach": limits === undefined ? "" : `≤ ${limits.first} / ≤ ${limits.whole}`,
  };
}

await using heavy = await heavyFile(heavyBytes, 2);
await using small = await heavyFile(heavyBytes / 4, 3);
const voices = [
  ["starter", packageFile("models/starter/voice.gguf")],
  ["250 M, random", small.path],
] as const;
const rows = [];
for (const [name, path] of voices) {
  rows.push(row(name, "ours", await gated(path, heavy.path), { first: 1.1, whole: 1.15 }));
  rows.push(row(name, "plain", await plain(path, heavy.path)));
}
const size = Math.round(heavy.fileBytes / 1e6);
printTable(
  `A voice reply of ${replyTokens.join(", ")} tokens beside a model of ${size} MB, ${rounds} rounds, medians`,
  rows,
);
process.exitCode = isMissed ? 1 : 0;
