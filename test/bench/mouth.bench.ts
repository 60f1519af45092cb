/** The mouth: time to the first sound of a clause, speed, memory. Run: node build.js && npx tsx test/bench/mouth.bench.ts */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { systemClock } from "../../models/clock.ts";
import { sampleRateHz } from "../../models/roles.ts";
import { fliteTts, mouthProcess } from "../../models/speech/flite-tts.ts";

const clauses = [
  "Sure.",
  "It is ten past two,",
  "The capital of Australia is Canberra.",
  "I put the code on the screen, and you can read it there.",
  "The quick brown fox jumps over the lazy dog, and then it runs all the way home to sleep by the fire.",
  "I know a few dozen things by heart: the time, the date, small sums, the capitals of many countries, some jokes, and how to spell.",
];
const rounds = 25;

const startedMs = performance.now();
const host = mouthProcess({ clock: systemClock, log: console.error });
await host.ready();
const readyMs = performance.now() - startedMs;
const tts = fliteTts(host);
const residentMb = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${host.pid}/status`, "utf8"))?.[1] ?? 0) / 1_000;
const idleMb = residentMb();

const table: Record<string, Record<string, string | number>> = {};
for (const voice of ["slt", "rms", "awb", "kal"]) {
  for (const text of clauses) {
    const firstMs: number[] = [];
    const allMs: number[] = [];
    let samples = 0;
    for (let round = 0; round < rounds; round += 1) {
      const askedMs = performance.now();
      samples = 0;
      for await (const frame of tts.speak(text, { voice, speed: 1 }, new AbortController().signal)) {
        if (samples === 0) firstMs.push(performance.now() - askedMs);
        samples += frame.samples.length;
      }
      allMs.push(performance.now() - askedMs);
    }
    const soundMs = (samples * 1_000) / sampleRateHz;
    table[`${voice}, ${text.length} characters`] = {
      "sound s": (soundMs / 1_000).toFixed(2),
      "first frame ms, p50": percentile(firstMs, 0.5).toFixed(0),
      p95: percentile(firstMs, 0.95).toFixed(0),
      "real-time factor": (percentile(allMs, 0.5) / soundMs).toFixed(3),
    };
  }
}
console.table(table);
console.log(
  `start to ready ${readyMs.toFixed(0)} ms; resident ${idleMb.toFixed(0)} MB idle, ${residentMb().toFixed(0)} MB after`,
);

// A reply of many clauses is cut: how long until somebody else's clause is heard?
const afterAbortMs: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const cuts = Array.from({ length: 20 }, () => new AbortController());
  const talkers = cuts.map(({ signal }) => first(clauses.join(" "), signal));
  await talkers[0];
  for (const cut of cuts) cut.abort();
  await Promise.allSettled(talkers);
  const askedMs = performance.now();
  await first("Sure.", new AbortController().signal);
  afterAbortMs.push(performance.now() - askedMs);
}
console.log(
  `first frame after 20 aborted replies: p50 ${percentile(afterAbortMs, 0.5).toFixed(0)} ms, p95 ${percentile(afterAbortMs, 0.95).toFixed(0)} ms`,
);
await host[Symbol.asyncDispose]();

async function first(text: string, signal: AbortSignal): Promise<void> {
  for await (const _ of tts.speak(text, { voice: "slt", speed: 1 }, signal)) return;
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
}
