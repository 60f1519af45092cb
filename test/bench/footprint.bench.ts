/**
 * How near the estimated footprint is to what llama.cpp really takes on the CPU: its own buffers, the simulation that node-llama-cpp
 * offers, and the memory of the whole process as the kernel counts it. Each load runs in a process of its own (the same file, called
 * with its case, without mapping the file: mapped, repacked 4-bit weights would count twice). `npx tsx test/bench/footprint.bench.ts`
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { GgufInsights, getLlama, type Llama, LlamaLogLevel, readGgufFileInfo } from "node-llama-cpp";
import { footprint } from "../../models/memory/footprint.ts";
import { inspectGguf } from "../../models/memory/gguf-header.ts";
import type { LoadOptions } from "../../models/servers/model-server.ts";
import { llamaOfBytes, type RandomModel, writeRandomGguf } from "../support/random-gguf.ts";
import { printTable, rounded } from "./table.ts";

interface Measured {
  readonly modelBytes: number;
  readonly contextBytes: number;
  /** Of the process: what no other shares, and its part of what others share; before llama.cpp came and after a first answer. */
  readonly emptyBytes: number;
  readonly processBytes: number;
}

const usual: LoadOptions = { contextTokens: 2_048, sequences: 1, kvType: "f16", batchTokens: 512, gpuLayers: 0 };
const cases: readonly [string, Partial<RandomModel>, Partial<LoadOptions>][] = [
  ["llama, tiny", {}, {}],
  ["llama 0.1 GB", llamaOfBytes(100e6), {}],
  ["llama 0.1 GB", llamaOfBytes(100e6), { contextTokens: 16_384, batchTokens: 256 }],
  ["llama 0.1 GB", llamaOfBytes(100e6), { sequences: 4 }],
  ["llama 1 GB", llamaOfBytes(1e9), { contextTokens: 8_192, batchTokens: 128 }],
  ["llama 1 GB, 4 bits", { ...llamaOfBytes(1.9e9), weights: "q4_K" }, { contextTokens: 4_096, batchTokens: 64 }],
  ["qwen3, tied", qwen3(), { contextTokens: 4_096 }],
  ["qwen3, tied", qwen3(), { contextTokens: 4_096, batchTokens: 1_024 }],
  ["gemma3, tied, window", gemma3(), { contextTokens: 4_096 }],
  ["gemma3, tied, window", gemma3(), { contextTokens: 16_384, sequences: 2 }],
  ["gemma2, tied, window", { ...gemma3(), architecture: "gemma2" }, { contextTokens: 8_192 }],
  ["mamba, tied", { architecture: "mamba", tied: true, layers: 24, width: 768, vocabulary: 32_000 }, { sequences: 4 }],
  ["lfm2, tied", { ...qwen3(), architecture: "lfm2", headLength: 64 }, { contextTokens: 8_192 }],
];

function qwen3(): Partial<RandomModel> {
  const sizes = { layers: 12, width: 1_024, hidden: 3_072, heads: 16, kvHeads: 8, headLength: 128 };
  return { ...sizes, architecture: "qwen3", tied: true, vocabulary: 64_000 };
}

function gemma3(): Partial<RandomModel> {
  const sizes = { layers: 18, width: 640, hidden: 2_048, heads: 4, kvHeads: 1, headLength: 256, windowTokens: 512 };
  return { ...sizes, architecture: "gemma3", tied: true, vocabulary: 100_000 };
}

async function measure(path: string, options: LoadOptions): Promise<Measured> {
  const child = fork(import.meta.filename, [path, JSON.stringify(options)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [measured]: Measured[] = await once(child, "message");
  if (measured === undefined) throw new Error("The load said nothing");
  return measured;
}

async function load(path: string, options: LoadOptions): Promise<Measured> {
  const emptyBytes = await processBytes();
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 1 });
  const model = await llama.loadModel({ modelPath: path, useMmap: false });
  const context = await model.createContext({
    contextSize: options.contextTokens,
    sequences: options.sequences,
    batchSize: options.batchTokens,
    flashAttention: true,
  });
  const sequence = context.getSequence();
  // A whole batch, so that every buffer is touched; the cache is written as it is made.
  const [letter] = model.tokenize("a");
  if (letter === undefined) throw new Error("The model knows no letters");
  const tokens = Array.from({ length: options.batchTokens }, () => letter);
  await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(0, options.contextTokens - 1));
  return {
    modelBytes: breakdown(model, "_model"),
    contextBytes: breakdown(context, "_ctx"),
    emptyBytes,
    processBytes: await processBytes(),
  };
}

/** llama.cpp's own account, which the library has but does not type. */
function breakdown(holder: object, inside: string): number {
  const account: { getMemoryBreakdown(): { cpuRam: number; gpuVram: number } } = Reflect.get(holder, inside);
  return account.getMemoryBreakdown().cpuRam;
}

async function processBytes(): Promise<number> {
  const rollup = await readFile("/proc/self/smaps_rollup", "utf8").catch(() => "");
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  return kilobytes === undefined ? process.memoryUsage.rss() : Number(kilobytes) * 1024;
}

async function simulated(llama: Llama, path: string, options: LoadOptions): Promise<number> {
  const insights = await GgufInsights.from(await readGgufFileInfo(path), llama);
  const model = await insights.estimateModelResourceRequirementsV2({ gpuLayers: 0, useMmap: false });
  const context = await insights.estimateContextResourceRequirementsV2({
    contextSize: options.contextTokens,
    modelGpuLayers: 0,
    batchSize: options.batchTokens,
    sequences: options.sequences,
    flashAttention: true,
  });
  return model.cpuRam + context.cpuRam;
}

const mib = (bytes: number): number => rounded(bytes / 1024 / 1024);
const ratio = (a: number, b: number): string => (a / b).toFixed(3);

async function run(): Promise<void> {
  const rows: Record<string, string | number>[] = [];
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error });
  for (const [name, model, some] of cases) {
    const options = { ...usual, ...some };
    await using file = await writeRandomGguf(model);
    const { shape } = await inspectGguf(file.path);
    if (shape === undefined) throw new Error(`No shape for ${name}`);
    const { host } = footprint(shape, options, { hostPool: "ram", gpus: [], runner: "embedded" });
    const buffers = host.weightsBytes + host.kvBytes + host.recurrentBytes + host.computeBytes;
    const measured = await measure(file.path, options);
    const real = measured.modelBytes + measured.contextBytes;
    const row = {
      model: name,
      context: options.contextTokens,
      batch: options.batchTokens,
      conversations: options.sequences,
      "file MiB": mib(file.fileBytes),
      "estimate MiB": mib(buffers),
      "buffers MiB": mib(real),
      "estimate ÷ buffers": ratio(buffers, real),
      "estimate ÷ simulation": ratio(buffers, await simulated(llama, file.path, options)),
      "process MiB": mib(measured.processBytes),
      "beside buffers MiB": mib(measured.processBytes - real),
      "before llama.cpp MiB": mib(measured.emptyBytes),
      "footprint ÷ process": ratio(buffers + host.overheadBytes, measured.processBytes),
    };
    rows.push(row);
    process.stderr.write(`${JSON.stringify(row)}\n`);
  }
  printTable("Footprint on the CPU: estimated and measured", rows);
}

const [, , path, options] = process.argv;
if (path !== undefined && options !== undefined) {
  process.send?.(await load(path, JSON.parse(options)));
  process.disconnect?.();
  process.exit(0);
} else {
  await run();
  process.exit(0);
}
