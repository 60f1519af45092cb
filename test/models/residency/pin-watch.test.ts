import { describe, expect, test } from "vitest";
import { FixedEngines } from "../../../models/residency/fixed-engines.ts";
import type { InstalledModel } from "../../../models/residency/installed-model.ts";
import type { Report } from "../../../models/residency/report.ts";
import { Residency } from "../../../models/residency/residency.ts";
import { ScriptedServer } from "../../support/scripted-server.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const never = new AbortController().signal;

function small(): InstalledModel {
  const shares = [{ pool: "ram", bytes: 2 }];
  const rung = { id: "full", label: "", shares, measured: true, penaltyMs: 0, loadMs: 10, unloadMs: 10 };
  const options = { contextTokens: 1_024, sequences: 1, kvType: "f16", batchTokens: 128, gpuLayers: 0 } as const;
  return {
    model: { id: "small", server: "scripted", pinned: true, ladder: [rung] },
    variants: new Map([["full", { model: "small", options }]]),
  };
}

/** A voice whose first token takes `firstTokenMs`. */
async function start(probesPins = true) {
  const clock = new VirtualClock();
  const asked: number[] = [];
  const aborted: number[] = [];
  const pace = { firstTokenMs: 50 };
  const server = new ScriptedServer({
    clock,
    answer: async function* (_model, signal) {
      asked.push(clock.nowMs());
      try {
        await clock.sleep(pace.firstTokenMs, signal);
      } catch (error) {
        aborted.push(clock.nowMs());
        throw error;
      }
      yield { type: "text", text: "Yes." };
    },
  });
  const reports: Report[] = [];
  const residency = new Residency({
    pools: [{ id: "ram", capacityBytes: 10, reserveBytes: 1, foreignBytes: 0 }],
    installed: [small()],
    roles: [{ role: "voice", choices: [{ model: "small", penaltyMs: 0 }], weight: 1, headStartMs: 0, patienceMs: 0 }],
    servers: new Map([["scripted", server]]),
    engines: new FixedEngines({}),
    probesPins,
    warm: () => undefined,
    onReport: (report) => reports.push(report),
    clock,
    log: () => undefined,
  });
  await clock.advance(100);
  const pins = (): readonly unknown[] =>
    reports.flatMap((it) => (it.type === "pin" ? [`${it.cause}${it.healed ? " healed" : ""}`] : []));
  return { clock, residency, server, asked, aborted, pace, pins };
}

describe("a voice that nobody uses", () => {
  test("is asked for a token four times a minute", async () => {
    const { clock, asked } = await start();
    await clock.advance(61_000);
    expect(asked).toHaveLength(4);
  });

  test("that has become slow is told as broken, and when it is fast again as healed; it is never loaded again for that", async () => {
    const { clock, pace, pins, server } = await start();
    await clock.advance(60_000);
    pace.firstTokenMs = 3_000;
    await clock.advance(60_000);
    expect(pins()).toEqual(["slow"]);
    await clock.advance(60_000);
    pace.firstTokenMs = 50;
    await clock.advance(30_000);
    expect(pins()).toEqual(["slow", "slow healed"]);
    expect(server.trace.filter((line) => line.startsWith("load"))).toHaveLength(1);
  });

  test("that does not answer at all is slow", async () => {
    const { clock, pace, pins } = await start();
    await clock.advance(60_000);
    pace.firstTokenMs = 10_000_000;
    await clock.advance(180_000);
    expect(pins()).toEqual(["slow"]);
  });

  test("that is lost while it is asked is not slow", async () => {
    const { clock, server, pace, pins } = await start();
    await clock.advance(60_000);
    pace.firstTokenMs = 3_000;
    await clock.advance(14_500);
    server.lose("small");
    await clock.advance(2_000);
    expect(pins()).toEqual(["process-exit", "process-exit healed"]);
  });
});

describe("a voice that is wanted", () => {
  test("is not asked within a turn, nor while it is leased", async () => {
    const { clock, residency, asked } = await start();
    const turn = residency.holdVoiceTurn();
    await clock.advance(40_000);
    turn[Symbol.dispose]();
    const lease = await residency.lease({ role: "voice" }, never);
    await clock.advance(40_000);
    lease[Symbol.dispose]();
    expect(asked).toEqual([]);
    await clock.advance(30_000);
    expect(asked).not.toEqual([]);
  });

  test("is left alone at once when a turn begins, and that probe counts for nothing", async () => {
    const { clock, residency, asked, aborted, pace, pins } = await start();
    await clock.advance(60_000);
    pace.firstTokenMs = 5_000;
    for (let turns = 0; turns < 5; turns += 1) {
      const before = asked.length;
      while (asked.length === before) await clock.advance(500);
      const turn = residency.holdVoiceTurn();
      await clock.advance(0);
      expect(aborted.at(-1)).toBe(clock.nowMs());
      turn[Symbol.dispose]();
    }
    expect(pins()).toEqual([]);
  });
});

test("is not asked at all where that is switched off, nor after the end", async () => {
  const off = await start(false);
  await off.clock.advance(60_000);
  expect(off.asked).toEqual([]);
  const { clock, residency, asked } = await start();
  await residency[Symbol.asyncDispose]();
  await clock.advance(60_000);
  expect(asked).toEqual([]);
});
