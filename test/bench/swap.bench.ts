/**
 * Swaps of models of a gigabyte ÷ reading the file with the page cache in the same state; voice turns all the while.
 * Run: node build.js && npx tsx test/bench/swap.bench.ts [swaps] [bytes]
 */
import { spawnSync } from "node:child_process";
import { open } from "node:fs/promises";
import { systemClock } from "../../models/clock.ts";
import { packageFile } from "../../models/host/entries.ts";
import type { LanguageRole } from "../../models/roles.ts";
import type { RandomGguf } from "../support/random-gguf.ts";
import { type HeavyWorld, heavyFile, openHeavyWorld, question, type TimedReply, timed, turn } from "./heavy-world.ts";
import { percentile, printTable, rounded } from "./table.ts";

const swaps = Number(process.argv[2] ?? 20);
const measuredSwaps = 6;
const modelBytes = Number(process.argv[3] ?? 1_050_000_000);
/** Between swaps, as between people's questions. */
const restMs = 3_000;
const { signal } = new AbortController();

/** Reads a file as a program reads it that wants all of it. */
async function readMs(path: string): Promise<number> {
  const file = await open(path);
  const buffer = Buffer.allocUnsafe(4 * 1024 * 1024);
  const beganMs = systemClock.nowMs();
  while ((await file.read(buffer, 0, buffer.length, null)).bytesRead > 0);
  await file.close();
  return systemClock.nowMs() - beganMs;
}

/**
 * What llama.cpp takes by itself in a process that has done nothing else before: its model and a context of one conversation. No swap is
 * in it: nobody leaves, nothing is confirmed.
 */
async function aloneMs(path: string): Promise<number> {
  const script = `
    process.execArgv.length = 0; // It starts a process of its own in the same way, to try its library.
    const { getLlama } = await import("node-llama-cpp");
    const llama = await getLlama({ gpu: false, build: "never", skipDownload: true });
    const began = performance.now();
    const model = await llama.loadModel({ modelPath: process.argv[1] });
    await model.createContext({ contextSize: 4_096, sequences: 1, batchSize: 512 });
    console.log(performance.now() - began);
    process.exit(0);`;
  const options = { cwd: packageFile("."), encoding: "utf8" } as const;
  return Number(spawnSync(process.execPath, ["--input-type=module", "-e", script, path], options).stdout);
}

/** Puts a file out of the page cache, as far as nobody has it mapped. @returns false where that cannot be done. */
function dropFromCache(path: string): boolean {
  const { status } = spawnSync("dd", [`of=${path}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"], {
    stdio: "ignore",
  });
  return status === 0;
}

function cachedShare(path: string): string {
  const { status, stdout } = spawnSync("fincore", ["-b", "-n", "-r", "-o", "RES,SIZE", path], { encoding: "utf8" });
  const [resident = 0, size = 1] = (stdout ?? "").trim().split(/\s+/).map(Number);
  return status === 0 ? `${Math.round((resident / size) * 100)} %` : "unknown";
}

interface Swap {
  readonly swapMs: number;
  /** As plain node-llama-cpp loads it; NaN where that was not measured. */
  readonly aloneMs: number;
  readonly readMs: number;
  readonly cached: string;
}

async function swap({ languages, lastSwapMs }: HeavyWorld, role: LanguageRole): Promise<number> {
  using _lease = await languages.residency.lease({ role, urgent: true }, signal);
  return lastSwapMs();
}

async function measured(world: HeavyWorld, files: Files, count: number, cold: boolean): Promise<readonly Swap[]> {
  const all: Swap[] = [];
  for (let index = -2; index < count; index += 1) {
    const role = index % 2 === 0 ? "director" : "coder";
    const { path } = files[role];
    await systemClock.sleep(restMs);
    if (cold) dropFromCache(path);
    else await readMs(path);
    const cached = cachedShare(path);
    const reading = await readMs(path);
    const alone = cold ? Number.NaN : await aloneMs(path);
    if (!cold) await systemClock.sleep(restMs);
    if (cold) dropFromCache(path);
    const swapMs = await swap(world, role);
    if (index >= 0) all.push({ swapMs, aloneMs: alone, readMs: reading, cached });
  }
  return all;
}

type Files = Readonly<Record<"director" | "coder", RandomGguf>>;

await using a = await heavyFile(modelBytes, 2);
await using b = await heavyFile(modelBytes, 3);
const files: Files = { director: a, coder: b };
/** Room for one of them. */
const slotBytes = 1.5 * modelBytes + 500_000_000;
await using world = await openHeavyWorld(
  [
    { role: "voice", model: packageFile("models/starter/voice.gguf") },
    { role: "director", model: a.path, contextTokens: 4_096 },
    { role: "coder", model: b.path, contextTokens: 4_096 },
  ],
  slotBytes,
);
const { languages } = world;
const voicePid = languages.pid("voice");

const canDrop = dropFromCache(a.path) && cachedShare(a.path) !== "100 %";
const warm = await measured(world, files, measuredSwaps, false);
const cold = canDrop ? await measured(world, files, measuredSwaps, true) : [];

let isMissed = false;
const middle = (values: readonly number[]): number => percentile(values, 0.5);
function row(state: string, all: readonly Swap[]) {
  const ratio = Math.round(middle(all.map((it) => it.swapMs / it.readMs)) * 100) / 100;
  if (all.length > 0 && ratio > 1.5) isMissed = true;
  const alone = all.map(({ aloneMs: ms }) => ms).filter((ms) => !Number.isNaN(ms));
  return {
    "page cache": all.length === 0 ? `${state}: cannot be dropped here` : `${state} (${all[0]?.cached} cached)`,
    swaps: all.length,
    "swap p50 ms": rounded(middle(all.map(({ swapMs }) => swapMs))),
    "read p50 ms": rounded(middle(all.map(({ readMs: ms }) => ms))),
    "swap ÷ read": ratio,
    "llama.cpp alone p50 ms": alone.length === 0 ? "" : rounded(middle(alone)),
    "must reach": "≤ 1.5",
  };
}
const megabytes = Math.round(a.fileBytes / 1e6);
printTable(`Swap of a model of ${megabytes} MB for another ÷ reading its file`, [row("warm", warm), row("cold", cold)]);

/** Turns of one talker, one after the other, until told to stop. */
async function talk(until: { done: boolean }): Promise<{ readonly turns: TimedReply[]; readonly lost: string[] }> {
  const turns: TimedReply[] = [];
  const lost: string[] = [];
  for (let index = 0; !until.done; index += 1) {
    try {
      const reply = await timed((request, inner) => turn(languages, request, inner), question("talk", 16, `${index}`));
      if (reply.parts === 0) lost.push("nothing was said");
      else turns.push(reply);
    } catch (error) {
      lost.push(String(error));
    }
    await systemClock.sleep(400);
  }
  return { turns, lost };
}

const alone = { done: false };
const quiet = talk(alone);
await systemClock.sleep(10_000);
alone.done = true;
const until = { done: false };
const talking = talk(until);
const swapMs: number[] = [];
for (let index = 0; index < swaps; index += 1) {
  swapMs.push(await swap(world, index % 2 === 0 ? "coder" : "director"));
  await systemClock.sleep(500);
}
until.done = true;
const { turns, lost } = await talking;
const before = (await quiet).turns;
const spread = (replies: readonly TimedReply[], of: (reply: TimedReply) => number): string =>
  [0.5, 0.95, 1].map((share) => rounded(percentile(replies.map(of), share))).join(" / ");
const changed = languages.pid("voice") === voicePid ? 0 : 1;
printTable(`Voice turns during ${swaps} swaps (p50 ${rounded(middle(swapMs))} ms each)`, [
  { measure: "turns", value: turns.length, "must reach": "" },
  { measure: "replies lost", value: lost.length, "must reach": "0" },
  { measure: "voice process changed", value: changed, "must reach": "0" },
  { measure: "first part, no swaps, p50 / p95 / max ms", value: spread(before, (it) => it.firstMs), "must reach": "" },
  { measure: "first part, during swaps", value: spread(turns, (it) => it.firstMs), "must reach": "" },
  { measure: "whole reply, no swaps", value: spread(before, (it) => it.wholeMs), "must reach": "" },
  { measure: "whole reply, during swaps", value: spread(turns, (it) => it.wholeMs), "must reach": "" },
]);
for (const line of lost) console.error(line);
process.exitCode = isMissed || lost.length > 0 || changed > 0 ? 1 : 0;
