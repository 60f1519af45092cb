/** The voice model's engine: start, first token, speed, memory, abort. Run: node build.js && npx tsx test/bench/voice-engine.bench.ts [GGUF] */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { systemClock } from "../../models/clock.ts";
import { packageFile } from "../../models/host/entries.ts";
import { EmbeddedServer } from "../../models/servers/embedded.ts";
import type { GenerateRequest, GenerationStats } from "../../models/servers/server.ts";

const modelPath = process.argv[2] ?? packageFile("models/starter/voice.gguf");
const rounds = 50;
const starts = 5;
const table: Record<string, Record<string, string | number>> = {};

function row(name: string, unit: string, values: readonly number[], digits = 1): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(digits);
  table[name] = { unit, p50: at(0.5), p95: at(0.95), n: values.length };
}

const stats: GenerationStats[] = [];
function open(): EmbeddedServer {
  return new EmbeddedServer({
    name: "voice",
    modelPath,
    clock: systemClock,
    log: console.error,
    onStats: (of) => stats.push(of),
  });
}

const phases: Record<string, number[]> = { import: [], engine: [], model: [], "warm-up": [], "start → ready": [] };
for (let i = 0; i < starts; i++) {
  const startedMs = performance.now();
  await using server = open();
  const { imported, engine, model, warm } = (await server.ready()).startedMs;
  phases["start → ready"]?.push(performance.now() - startedMs);
  phases["import"]?.push(imported);
  phases["engine"]?.push(engine - imported);
  phases["model"]?.push(model - engine);
  phases["warm-up"]?.push(warm - model);
}
for (const [name, values] of Object.entries(phases)) row(name, "ms", values, 0);

await using server = open();
const info = await server.ready();
const residentMb = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1] ?? 0) / 1_000;
row("memory, idle", "MB", [residentMb()], 0);

interface Timing {
  readonly firstMs: number;
  readonly wholeMs: number;
}
async function time(more: Partial<GenerateRequest>): Promise<Timing> {
  const request = { sequence: "bench", prompt: [], maxTokens: 1, temperature: 0, stop: [], ...more };
  const startedMs = performance.now();
  let firstMs: number | undefined;
  for await (const _ of server.generate(request, new AbortController().signal))
    firstMs ??= performance.now() - startedMs;
  const wholeMs = performance.now() - startedMs;
  return { firstMs: firstMs ?? wholeMs, wholeMs };
}
const turn = (text: string): GenerateRequest["prompt"] => [
  { text: "<|im_start|>user\n", special: true },
  { text, special: false },
  { text: "<|im_end|>\n<|im_start|>assistant\n", special: true },
];
// Never the same beginning twice, or the cache would help.
const history = (i: number): string =>
  `${i} things were said. ${"what time is it in the capital of france. ".repeat(10)}`;

const cold: number[] = [];
const cached: number[] = [];
for (let i = 0; i < rounds; i++) {
  stats.length = 0;
  cold.push((await time({ prompt: turn(history(i)) })).firstMs);
  cached.push((await time({ prompt: [...turn(history(i)), ...turn("and now")] })).firstMs);
}
const [whole, continued] = stats;
row(`first token, ${whole?.promptTokens} new tokens`, "ms", cold);
row(`first token, ${continued?.cachedTokens} of ${continued?.promptTokens} tokens cached`, "ms", cached);

// A grammar without an end keeps the model writing; without one it stops when it likes.
const speeds: Record<string, number[]> = { free: [], grammar: [] };
for (let i = 0; i < 10; i++) {
  stats.length = 0;
  const free = await time({ prompt: turn(`${i} tell me a joke`), temperature: 2, maxTokens: 100 });
  const ruled = await time({ prompt: turn(`${i} tell me a joke`), grammar: "root ::= [a-z ] root", maxTokens: 100 });
  const [first, second] = stats;
  speeds["free"]?.push((1_000 * (first?.generatedTokens ?? 0)) / free.wholeMs);
  speeds["grammar"]?.push((1_000 * (second?.generatedTokens ?? 0)) / ruled.wholeMs);
}
row("speed, drawn", "tokens/s", speeds["free"] ?? [], 0);
row("speed, under a grammar", "tokens/s", speeds["grammar"] ?? [], 0);

const crowdMs: number[] = [];
const crowdSpeed: number[] = [];
for (let i = 0; i < 10; i++) {
  const startedMs = performance.now();
  const timings = await Promise.all(
    Array.from({ length: 16 }, (_, session) =>
      time({
        sequence: `session ${session}`,
        prompt: turn(`${i} what time is it`),
        grammar: "root ::= [a-z ] root",
        maxTokens: 30,
      }),
    ),
  );
  crowdMs.push(...timings.map((timing) => timing.firstMs));
  crowdSpeed.push((16 * 30 * 1_000) / (performance.now() - startedMs));
}
row("first token, 16 sessions at once", "ms", crowdMs);
row("speed, 16 sessions at once, sum", "tokens/s", crowdSpeed, 0);
row("memory, after all this", "MB", [residentMb()], 0);

const abortMs: number[] = [];
for (let i = 0; i < rounds; i++) {
  const controller = new AbortController();
  const request = {
    sequence: "abort",
    prompt: turn(`${i}`),
    grammar: "root ::= [a-z ] root",
    maxTokens: 400,
    temperature: 0,
    stop: [],
  };
  let parts = 0;
  let abortedMs = 0;
  try {
    for await (const _ of server.generate(request, controller.signal)) {
      if (++parts !== 3 + (i % 7)) continue;
      abortedMs = performance.now();
      controller.abort();
    }
  } catch {
    abortMs.push(performance.now() - abortedMs);
  }
}
let counters = await server.counters();
while (counters.aborts < rounds) counters = await server.counters();
row("abort → caller free", "ms", abortMs, 2);
row("tokens made after an abort, most", "tokens", [counters.mostTokensAfterAbort], 0);

console.log(`${info.name}: ${info.sequences} sequences of ${info.contextTokens} tokens, ${info.threads} thread(s)`);
console.table(table);
