/** From the start of the process to its ready line, warm; and what all its processes hold in memory when nobody talks. */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { percentile, printTable, rounded } from "./table.ts";

const entry = fileURLToPath(new URL("../../dist/sotto.js", import.meta.url));
const home = await mkdtemp(join(tmpdir(), "sotto-bench-"));
const readyMs: number[] = [];
const residentMb: number[] = [];
for (let run = 0; run < Number(process.argv[2] ?? 6); run += 1) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [entry, "serve", "--set", "server.port=0"], {
    env: { ...process.env, SOTTO_HOME: home },
    stdio: ["ignore", "pipe", "ignore"],
  });
  await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  // The first start fills the page cache; the figure is for a warm one.
  if (run > 0) readyMs.push(performance.now() - startedMs);
  await sleep(1_500);
  if (run > 0) residentMb.push((await residentKb(child.pid ?? 0)) / 1_024);
  child.kill("SIGINT");
  await new Promise<void>((resolve) => child.once("exit", () => resolve()));
}
await rm(home, { recursive: true });
printTable("Start and memory", [
  {
    measure: "process start → ready, warm, ms",
    p50: rounded(percentile(readyMs, 0.5)),
    max: rounded(Math.max(...readyMs)),
    "must reach": "≤ 2500",
  },
  {
    measure: "resident memory of all processes idle, MB",
    p50: rounded(percentile(residentMb, 0.5)),
    max: rounded(Math.max(...residentMb)),
    "must reach": "≤ 700",
  },
]);

/** Resident memory of a process and all its descendants; Linux only. */
async function residentKb(root: number): Promise<number> {
  const parents = new Map<number, { parent: number; kb: number }>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, "utf8").catch(() => "");
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    parents.set(Number(name), { parent, kb: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) });
  }
  const isOurs = (pid: number): boolean => pid === root || (pid > 1 && isOurs(parents.get(pid)?.parent ?? 0));
  return [...parents].reduce((sum, [pid, { kb }]) => (isOurs(pid) ? sum + kb : sum), 0);
}
