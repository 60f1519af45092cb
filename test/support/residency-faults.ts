import type { Role } from "../../models/roles.ts";
import type { Demand } from "./day-trace.ts";
import { gigabyte, gpu, installedModel, rolePlan, rung } from "./residency-machines.ts";
import { noFaults, ResidencyWorld, type WorldOptions } from "./residency-world.ts";
import { randomFrom } from "./timeline.ts";

/** What a million requests came to. */
export interface FaultyTotals {
  requests: number;
  steps: number;
  answered: number;
  answeredTwice: number;
  refused: number;
  cancelled: number;
  pinEvictions: number;
  pinReloads: number;
  violations: number;
  why: string;
  /** Longest wait over what was promised. */
  worstOverBound: number;
}

const heavyRoles: readonly Role[] = ["director", "coder", "tts", "stt"];

/** Random machines, one after the other, each with a few thousand requests, crashes, failed loads, cancels and other programs. */
export function faultyRun(options: {
  readonly requests: number;
  readonly seed: number;
  readonly each?: number;
  /** The first machine, to see one of them again. */
  readonly first?: number;
  /** Nothing fails and nobody is impatient, so that only the formula of the promised bound is left. */
  readonly allWell?: boolean;
}): FaultyTotals {
  const { requests, seed, each = 5_000, allWell = false } = options;
  const total: FaultyTotals = {
    requests: 0,
    steps: 0,
    answered: 0,
    answeredTwice: 0,
    refused: 0,
    cancelled: 0,
    pinEvictions: 0,
    pinReloads: 0,
    violations: 0,
    why: "",
    worstOverBound: 0,
  };
  for (let round = options.first ?? 0; total.requests < requests; round += 1) {
    const random = randomFrom(seed * 100_003 + round);
    const world = new ResidencyWorld({
      machine: randomMachine(random, allWell ? 1e12 : 120_000),
      random,
      pace: allWell ? [0.85, 1.25] : [0.7, 1.4],
      settings: { leaseMs: 16_000 },
      faults: allWell ? noFaults : { crash: 0.005, loadError: 0.02, cancel: 0.05, hold: 0.01 },
      checked: true,
    });
    world.timeline.after(30_000, () =>
      world.plan(randomDemands(random, Math.min(each, requests - total.requests), world.timeline.nowMs)),
    );
    for (let atMs = 60_000; !allWell && atMs < each * 4_000; atMs += 20_000 + random() * 600_000) {
      const bytes = random() < 0.5 ? 0 : Math.round(random() * 3 * gigabyte);
      world.timeline.at(atMs, () => world.send({ type: "foreign", pool: "gpu0", bytes }));
    }
    world.timeline.run();
    const { tally } = world;
    total.requests += tally.requests;
    total.steps += tally.steps;
    total.answered += tally.answered;
    total.answeredTwice += tally.answeredTwice;
    total.refused += tally.refused;
    total.cancelled += tally.cancelled;
    total.pinEvictions += tally.pinEvictions;
    total.pinReloads += tally.pinReloads;
    total.violations += tally.violations.length;
    total.worstOverBound = Math.max(total.worstOverBound, tally.worstOverBound);
    const [broken] = tally.violations;
    if (broken !== undefined) total.why ||= `round ${round}: ${broken.promise}: ${broken.why}`;
  }
  return total;
}

function randomMachine(random: () => number, patienceMs: number): WorldOptions["machine"] {
  const count = 1 + Math.floor(random() * 5);
  const names = Array.from({ length: count }, (_, index) => `heavy${index}`);
  const heavy = names.map((name) => {
    const gigabytes = 1 + random() * 8;
    const loadMs = 1_000 + random() * 10_000;
    return installedModel(name, [
      rung("full", gigabytes, { loadMs }),
      rung("short", gigabytes * 0.8, { loadMs, penaltyMs: 5_000 }),
      rung("half", gigabytes * 0.4, { loadMs, penaltyMs: 60_000, ramGigabytes: gigabytes * 0.5 }),
    ]);
  });
  const voice = installedModel("voice", [rung("full", 1 + random() * 2, { loadMs: 2_000 })], { pinned: true });
  const ram = { id: "ram", capacityBytes: 16 * gigabyte, reserveBytes: 4 * gigabyte, foreignBytes: 0 };
  return {
    // Always room for the voice, whatever other programs take: a voice that cannot fit is a case of its own.
    pools: [gpu(8 + Math.floor(random() * 17)), ram],
    models: [voice, ...heavy],
    roles: [
      rolePlan("voice", ["voice"], { patienceMs: 0 }),
      ...heavyRoles.map((role, index) => {
        const first = names[index % count] ?? "";
        const second = names[(index + 1) % count] ?? "";
        const others = second === first || random() < 0.5 ? [] : [{ model: second, penaltyMs: 20_000 }];
        const plan = rolePlan(role, [first], { patienceMs, headStartMs: role === "director" ? 3_000 : 0 });
        const fallback = random() < 0.5 ? [] : [{ model: "voice", penaltyMs: Number.POSITIVE_INFINITY }];
        return { ...plan, choices: [...plan.choices, ...others, ...fallback] };
      }),
    ],
  };
}

function randomDemands(random: () => number, count: number, fromMs: number): readonly Demand[] {
  const demands: Demand[] = [];
  let atMs = fromMs;
  for (let index = 0; index < count; index += 1) {
    atMs += -Math.log(1 - random()) * 4_000;
    const role = random() < 0.4 ? "voice" : (heavyRoles[Math.floor(random() * heavyRoles.length)] ?? "director");
    demands.push({ atMs, role, serviceMs: role === "voice" ? 500 + random() * 3_000 : 500 + random() * 15_000 });
  }
  return demands;
}
