/**
 * The budgeter's figures: what it promises over a million requests with faults, how many swaps it needs beside a seer and beside other
 * policies, how its waits compare with what it promised, and how long a decision takes.
 *
 *   npx tsx test/bench/residency.bench.ts [requests]
 */
import { performance } from "node:perf_hooks";
import { step } from "../../models/residency/step.ts";
import { dayTrace } from "../support/day-trace.ts";
import { fewestSwaps } from "../support/offline-optimum.ts";
import { crowdedState } from "../support/residency-crowd.ts";
import { faultyRun } from "../support/residency-faults.ts";
import { gigabyte, oneSlot } from "../support/residency-machines.ts";
import { ResidencyWorld } from "../support/residency-world.ts";
import { leastRecentlyUsed, llamaSwap, ollama, type RivalModel, RivalWorld } from "../support/rival-policies.ts";
import { randomFrom } from "../support/timeline.ts";
import { percentile, printTable, rounded } from "./table.ts";

const minuteMs = 60_000;
const longestMs = 30_000;
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

function rivals(): readonly RivalModel[] {
  const keepAliveMs = 5 * minuteMs;
  return oneSlot().models.flatMap((model) => {
    const [rung] = model.ladder;
    if (rung === undefined) return [];
    const bytes = rung.shares.reduce((sum, share) => sum + share.bytes, 0);
    const role = model.id === "voice" ? "voice" : model.id === "coder" ? "coder" : "director";
    const { loadMs, unloadMs } = rung;
    return [
      {
        id: model.id,
        role,
        bytes,
        loadMs,
        unloadMs,
        blob: model.id,
        keepAliveMs: model.pinned ? Number.POSITIVE_INFINITY : keepAliveMs,
      },
    ];
  });
}

function swapMs(to: string): number {
  const rung = oneSlot().models.find((model) => model.id === to)?.ladder[0];
  return rung === undefined ? 0 : rung.loadMs + rung.unloadMs;
}

function seconds(ms: number): number {
  return rounded(ms / 1_000);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function manyRequests(requests: number): void {
  const startMs = performance.now();
  const total = faultyRun({ requests, seed: 1 });
  printTable("(a) random machines, crashes, failed loads, cancels, other programs' memory", [
    {
      requests: total.requests,
      steps: total.steps,
      answered: total.answered,
      "answered twice": total.answeredTwice,
      refused: total.refused,
      cancelled: total.cancelled,
      "voice evictions": total.pinEvictions,
      "voice reloads, its own crashes aside": total.pinReloads,
      "promises broken": total.violations,
      "steps in 1 s": Math.round((total.steps / (performance.now() - startMs)) * 1_000),
    },
  ]);
}

function days(): void {
  const rows: Record<string, string | number>[] = [];
  const ratios: { readonly seer: number; readonly ollama: number }[] = [];
  let worst = 0;
  const sums = new Map<string, { swaps: number; loads: number; reloads: number; waits: number[] }>();
  const note = (
    name: string,
    tally: { swaps: number; loads: number; pinReloads: number; waitsMs: readonly number[] },
  ): void => {
    const sum = sums.get(name) ?? { swaps: 0, loads: 0, reloads: 0, waits: [] };
    sum.swaps += tally.swaps;
    sum.loads += tally.loads;
    sum.reloads += tally.pinReloads;
    sum.waits.push(...tally.waitsMs);
    sums.set(name, sum);
  };
  for (const seed of seeds) {
    const demands = dayTrace(randomFrom(seed), { hours: 10, longestMs });
    const world = new ResidencyWorld({
      machine: oneSlot(),
      random: randomFrom(seed),
      settings: { leaseMs: longestMs },
      checked: true,
    });
    world.plan(demands);
    world.timeline.run();
    note("Sotto", world.tally);
    if (world.tally.violations.length > 0) throw new Error(`A promise was broken: ${world.tally.violations[0]?.why}`);
    worst = Math.max(worst, world.tally.worstOverBound);
    const others = [ollama, llamaSwap, leastRecentlyUsed].map((policy) => {
      const rival = new RivalWorld(policy, rivals(), 12 * gigabyte);
      rival.plan(demands);
      rival.timeline.run();
      note(policy.name, rival.tally);
      return rival.tally;
    });
    const boundMs = world.tally.longestBoundMs;
    const seer = Math.min(
      ...(["director", "coder"] as const).map((first) => {
        const second = first === "coder" ? "director" : "coder";
        return fewestSwaps(demands, { first, second, swapMs, boundMs }) ?? Number.POSITIVE_INFINITY;
      }),
    );
    const ollamaSwaps = others[0]?.swaps ?? Number.NaN;
    ratios.push({ seer: world.tally.swaps / seer, ollama: world.tally.swaps / ollamaSwaps });
    rows.push({
      seed,
      requests: demands.length,
      "bound s": seconds(boundMs),
      seer,
      Sotto: world.tally.swaps,
      Ollama: ollamaSwaps,
      "llama-swap": others[1]?.swaps ?? "",
      LRU: others[2]?.swaps ?? "",
      "Sotto ÷ seer": rounded(10 * (world.tally.swaps / seer)) / 10,
      "Sotto ÷ Ollama": rounded(10 * (world.tally.swaps / ollamaSwaps)) / 10,
    });
  }
  printTable("(b) swaps in days of ten hours, one slot, two heavy models", rows);
  printTable(
    "    the same days together; waits of director and coder",
    [...sums].map(([name, sum]) => ({
      policy: name,
      swaps: sum.swaps,
      "heavy loads": sum.loads,
      "voice reloads": sum.reloads,
      "mean wait s": seconds(mean(sum.waits)),
      "p95 s": seconds(percentile(sum.waits, 0.95)),
      "longest s": seconds(Math.max(...sum.waits)),
    })),
  );
  printTable("    aims", [
    { figure: "swaps ÷ seer, mean", value: rounded(100 * mean(ratios.map((it) => it.seer))) / 100, aim: "≤ 1.5" },
    { figure: "swaps ÷ Ollama, mean", value: rounded(100 * mean(ratios.map((it) => it.ollama))) / 100, aim: "≤ 0.5" },
    { figure: "(c) longest wait ÷ its bound", value: rounded(100 * worst) / 100, aim: "≤ 1" },
  ]);
}

function decisions(): void {
  const state = crowdedState({ models: 50, tickets: 1_000 });
  const times: number[] = [];
  for (let round = 0; round < 2_000; round += 1) {
    const event = {
      type: "lease-request",
      ticket: 1_000_000 + round,
      role: "director",
      urgent: false,
      nowMs: state.nowMs + 1,
    } as const;
    const startMs = performance.now();
    step(state, event);
    times.push(performance.now() - startMs);
  }
  printTable("(d) one decision with 50 models and 1,000 waiting", [
    { "p50 ms": percentile(times, 0.5).toFixed(3), "p95 ms": percentile(times, 0.95).toFixed(3), aim: "≤ 1" },
  ]);
}

decisions();
days();
manyRequests(Number(process.argv[2] ?? 1_000_000));
