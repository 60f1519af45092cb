import { describe, expect, test } from "vitest";
import type { Role } from "../../../models/roles.ts";
import { type Demand, dayTrace } from "../../support/day-trace.ts";
import { demandsOf, type JournalLine } from "../../support/journal-demands.ts";
import { fewestSwaps } from "../../support/offline-optimum.ts";
import { faultyRun } from "../../support/residency-faults.ts";
import { oneSlot } from "../../support/residency-machines.ts";
import { ResidencyWorld, type Tally } from "../../support/residency-world.ts";
import { randomFrom } from "../../support/timeline.ts";

test("on random machines with faults the voice is never evicted and everybody is answered once", () => {
  const total = faultyRun({ requests: 3_000, seed: 3, each: 500 });
  expect(total.why).toBe("");
  expect(total).toMatchObject({ answered: 3_000, answeredTwice: 0, pinEvictions: 0, pinReloads: 0, violations: 0 });
});

test("when nothing fails nobody waits longer than was promised", () => {
  const total = faultyRun({ requests: 3_000, seed: 4, each: 500, allWell: true });
  expect(total.why).toBe("");
  expect(total.worstOverBound).toBeGreaterThan(0);
  expect(total.worstOverBound).toBeLessThanOrEqual(1);
});

test("a day with one slot: no more than half again as many swaps as a seer needs who may let everybody wait as long", () => {
  const demands = dayTrace(randomFrom(11), { hours: 3, longestMs: 20_000 });
  const settings = { leaseMs: 20_000, slack: 1 };
  const world = new ResidencyWorld({ machine: oneSlot(), random: randomFrom(1), settings, checked: true });
  world.plan(demands);
  world.timeline.run();
  expect(world.tally.violations).toEqual([]);
  expect(world.tally.answered).toBe(demands.length);
  const boundMs = (demand: Demand): number => world.tally.promisedMs.get(demand) ?? 106_500;
  const swapMs = (to: Role): number => (to === "coder" ? 6_500 : 5_500);
  const seer = fewestSwaps(demands, { first: "director", second: "coder", swapMs, boundMs }) ?? 0;
  expect(seer).toBeGreaterThan(5);
  expect(world.tally.swaps).toBeGreaterThanOrEqual(seer);
  expect(world.tally.swaps).toBeLessThanOrEqual(1.6 * seer);
});

test("a day that was lived through can be run again from its journal", () => {
  const demands = dayTrace(randomFrom(5), { hours: 2, longestMs: 20_000 }).map((it) => ({
    ...it,
    atMs: Math.round(it.atMs) + 10_000,
    serviceMs: Math.round(it.serviceMs),
  }));
  const lived = (from: readonly Demand[]): { readonly lines: JournalLine[]; readonly tally: Tally } => {
    const lines: JournalLine[] = [];
    const world = new ResidencyWorld({
      machine: oneSlot(),
      random: randomFrom(1),
      journal: (line) => lines.push(line),
    });
    world.plan(from);
    world.timeline.run();
    return { lines, tally: world.tally };
  };
  const first = lived(demands);
  const again = lived(demandsOf(first.lines, { refusedMs: 1_000 }));
  expect(first.tally.swaps).toBeGreaterThan(5);
  expect(again.lines).toEqual(first.lines);
});

describe("the seer", () => {
  const request = (role: Role, atMs: number): Demand => ({ role, atMs, serviceMs: 1_000 });
  const seer = (demands: readonly Demand[], boundMs: number): number | null =>
    fewestSwaps(demands, { first: "coder", second: "director", swapMs: () => 5_000, boundMs: () => boundMs });

  test("swaps for every change when nobody may wait long", () => {
    const roles: readonly Role[] = ["coder", "director", "coder", "director"];
    expect(
      seer(
        roles.map((role, index) => request(role, index * 60_000)),
        10_000,
      ),
    ).toBe(3);
  });

  test("puts together what may wait", () => {
    const roles: readonly Role[] = ["coder", "director", "coder", "director"];
    expect(
      seer(
        roles.map((role, index) => request(role, index * 10_000)),
        60_000,
      ),
    ).toBe(1);
  });

  test("comes before it is asked", () => {
    expect(seer([request("coder", 0), request("director", 20_000)], 1)).toBe(1);
  });

  test("knows when it cannot be done", () => {
    expect(seer([request("coder", 0), request("director", 1)], 1_000)).toBeNull();
  });
});
