/**
 * Ways out of a workspace, and how many get through: of ours, of gates as they have been built elsewhere. Then what a copy of a
 * workspace costs.
 *
 *   npx tsx test/bench/escape.bench.ts [files in the workspace]
 */
import { performance } from "node:perf_hooks";
import { applyChange } from "../../pipeline/handoff/workspace/apply-change.ts";
import { makeWorkingCopy } from "../../pipeline/handoff/workspace/working-copy.ts";
import { type EscapeCase, escapeCases } from "../support/escape-corpus.ts";
import {
  applyLeaks,
  changeLeaks,
  gateOf,
  listLeaks,
  readLeaks,
  weakGates,
  writeLeaks,
} from "../support/escape-trial.ts";
import { MemoryBlobs, TrialWorkspace } from "../support/trial-workspace.ts";
import { printTable, rounded } from "./table.ts";

const { signal } = new AbortController();
// A weak gate would wait at a pipe, or read a device, for ever.
const endless = /pipe|device|"\/dev/;
const planted = escapeCases.filter(({ plant }) => plant !== undefined);
const finite = escapeCases.filter(({ name }) => !endless.test(name));

async function through(
  ways: readonly EscapeCase[],
  leaksOf: (way: EscapeCase) => Promise<readonly string[]>,
): Promise<number> {
  let count = 0;
  for (const way of ways) if ((await leaksOf(way)).length > 0) count += 1;
  return count;
}

async function ours(): Promise<void> {
  const rows = [
    { operation: "read", ways: escapeCases, leaks: (way: EscapeCase) => readLeaks(way, gateOf) },
    { operation: "write", ways: escapeCases, leaks: (way: EscapeCase) => writeLeaks(way, gateOf) },
    { operation: "list, search", ways: planted, leaks: (way: EscapeCase) => listLeaks(way) },
    { operation: "changes found", ways: planted, leaks: changeLeaks },
    { operation: "apply", ways: escapeCases, leaks: applyLeaks },
  ];
  const table: Record<string, string | number>[] = [];
  for (const { operation, ways, leaks } of rows) {
    const count = await through(ways, leaks);
    if (count > 0) process.exitCode = 1;
    table.push({ operation, cases: ways.length, through: count, aim: 0 });
  }
  printTable("(a) ways out of a workspace", table);
}

async function others(): Promise<void> {
  const table: Record<string, string | number>[] = [];
  for (const [name, { gate }] of Object.entries(weakGates)) {
    const count = await through(finite, async (way) => [
      ...(await readLeaks(way, gate)),
      ...(await writeLeaks(way, gate)),
    ]);
    if (count === 0) process.exitCode = 1;
    table.push({ "a gate that": name, cases: finite.length, through: count, aim: "> 0" });
  }
  printTable("(b) the same, read and written by weak gates", table);
}

async function costs(files: number): Promise<void> {
  using trial = new TrialWorkspace();
  for (let n = 0; n < files; n += 1) trial.write(`src/${n % 50}/f${n}.ts`, `export const f${n} = ${n};\n`.repeat(100));
  trial.commitAll();
  const blobs = new MemoryBlobs();
  const table: Record<string, string | number>[] = [];
  async function timed<T>(step: string, run: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    const result = await run();
    table.push({ step, ms: rounded(performance.now() - startMs) });
    return result;
  }
  const make = () => makeWorkingCopy({ workspace: trial.root, home: trial.home, blobs, ciAllowed: [] }, signal);
  await using copy = await timed("copy made", make);
  await timed("files listed", () => copy.gate.list(signal));
  await timed("text searched for", () => copy.gate.search("f77", signal));
  for (let n = 0; n < 10; n += 1) await copy.gate.write(`src/${n}/f${n}.ts`, "export {};\n");
  const change = await timed("changes found, 10 files", () => copy.changes(signal));
  if (change === null) throw new Error("Nothing was changed");
  await timed("applied, 10 files", () => applyChange(change, { root: trial.root, blobs, ciAllowed: [] }, signal));
  await timed("copy taken away", async () => await copy[Symbol.asyncDispose]());
  printTable(`(c) a repository of ${files} files, ${rounded((files * 2_500) / 1e6)} MB`, table);
}

await ours();
await others();
await costs(Number(process.argv[2] ?? 2_000));
