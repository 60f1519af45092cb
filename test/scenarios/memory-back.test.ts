import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { FixedEngines } from "../../models/residency/fixed-engines.ts";
import type { InstalledModel } from "../../models/residency/installed-model.ts";
import { MemoryBooks } from "../../models/residency/memory-books.ts";
import { Residency } from "../../models/residency/residency.ts";
import type { LanguageRole } from "../../models/roles.ts";
import { ScriptedMachine } from "../support/scripted-machine.ts";
import { ScriptedServer } from "../support/scripted-server.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const never = new AbortController().signal;
const gigabyte = 1e9;
/** Until the machine was probed again, and what follows from it was done. */
const probedMs = 8_000;
const minuteMs = 60_000;

function model(id: string, sizes: readonly number[], pinned = false): InstalledModel {
  const rungs = sizes.map((gigabytes, index) => ({
    id: index === 0 ? "full" : "gpu-50",
    label: index === 0 ? "as configured" : "50 % of its layers on the GPU",
    shares: [{ pool: "ram", bytes: gigabytes * gigabyte }],
    measured: true,
    penaltyMs: index * 40_000,
    loadMs: 5_000,
    unloadMs: 500,
  }));
  const options = { contextTokens: 1_024, sequences: 1, kvType: "f16", batchTokens: 128, gpuLayers: 0 } as const;
  return {
    model: { id, server: "scripted", pinned, ladder: rungs },
    variants: new Map(rungs.map((rung) => [rung.id, { model: id, options }])),
  };
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** 12 GB, of which 1 is kept free: a voice of 2 GB, a director of 7 or, in less, of 3. */
async function start() {
  const folder = await mkdtemp(join(tmpdir(), "sotto-grow-"));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const clock = new VirtualClock();
  const machine = new ScriptedMachine({ ramBytes: 12 * gigabyte });
  const logs: string[] = [];
  const log = (line: string): void => void logs.push(line);
  const { sources } = machine;
  const books = await MemoryBooks.open({ folder, reserveBytes: gigabyte, sources, clock, log }, never);
  closers.push(async () => books[Symbol.dispose]());
  const server = new ScriptedServer({ clock, loadMs: 5_000, unloadMs: 500 });
  const plan = (role: LanguageRole, id: string, patienceMs: number) => ({
    role,
    choices: [{ model: id, penaltyMs: 0 }],
    weight: 1,
    headStartMs: 0,
    patienceMs,
  });
  const ours = (): number =>
    residency.state.residents.flatMap(({ shares }) => shares).reduce((sum, { bytes }) => sum + bytes, 0);
  let foreignBytes = 0;
  const residency: Residency = new Residency({
    pools: books.pools,
    installed: [model("small", [2], true), model("big", [7, 3])],
    roles: [plan("voice", "small", 0), plan("director", "big", minuteMs)],
    servers: new Map([["scripted", server]]),
    engines: new FixedEngines({}),
    warm: () => undefined,
    onReport: (report) => books.journal.write(report),
    clock,
    log,
  });
  closers.push(async () => residency[Symbol.asyncDispose]());
  const swaps: string[] = [];
  residency.watch(() => {
    const { swap } = residency.status();
    const line = swap === null ? "-" : `${swap.role} ${swap.model} for ${swap.leaving.join() || "free memory"}`;
    if (line !== swaps.at(-1)) swaps.push(line);
    machine.ramTakenBytes = foreignBytes + ours();
  });
  books.watch(ours, (pool, bytes) => residency.noteForeign(pool, bytes));
  const foreign = async (gigabytes: number): Promise<void> => {
    foreignBytes = gigabytes * gigabyte;
    machine.ramTakenBytes = foreignBytes + ours();
    await clock.advance(probedMs);
  };
  const ask = async (role: LanguageRole): Promise<void> => {
    const asked = residency.lease({ role }, never);
    await clock.advance(7_000);
    (await asked)[Symbol.dispose]();
  };
  const form = (): string =>
    residency.state.residents.flatMap((it) => (it.model === "big" ? [`${it.variant} ${it.status}`] : [])).join();
  const journal = (type: string) =>
    books.journal.last(1_000).flatMap((line) => (line.type === type ? [JSON.parse(line.detail)] : []));
  await clock.advance(7_000);
  return { clock, residency, server, logs, swaps, foreign, ask, form, journal };
}

test("another program takes memory, the director comes in less, and whole again when that has ended for good; once", async () => {
  const it = await start();
  await it.foreign(5);
  await it.ask("director");
  expect(it.form()).toBe("gpu-50 ready");
  expect(it.residency.status().models).toMatchObject([{ role: "voice" }, { note: "50 % of its layers on the GPU" }]);

  await it.foreign(0);
  it.swaps.length = 0;
  await it.clock.advance(2 * minuteMs);
  expect(it.form()).toBe("full ready");
  expect(it.swaps).toEqual(["director big for free memory", "-"]);
  expect(it.residency.status().models[1]).not.toHaveProperty("note");
  expect(it.journal("grow-start")).toMatchObject([
    { model: "big", from: "gpu-50", variant: "full", uses: 1, gainMs: 40_000, expectedMs: 5_500 },
  ]);
  expect(it.journal("grow-end")).toMatchObject([{ outcome: "ready", expectedMs: 5_500, actualMs: 5_500 }]);

  await it.clock.advance(60 * minuteMs);
  await it.ask("director");
  expect(it.server.trace.filter((line) => line.startsWith("load"))).toHaveLength(3);
  expect(it.logs).toEqual([]);
});

test("a program that comes and goes does not make it flap", async () => {
  const it = await start();
  await it.foreign(5);
  await it.ask("director");
  for (let round = 0; round < 30; round += 1) {
    await it.foreign(0);
    await it.clock.advance(minuteMs + 20_000);
    await it.foreign(5);
    await it.ask("director");
    await it.clock.advance(minuteMs);
  }
  // The first time it could not know; after that it waits longer than the other program ever stays away.
  expect(it.journal("grow-start").length).toBe(1);
  expect(it.form()).toBe("gpu-50 ready");
  await it.foreign(0);
  await it.clock.advance(5 * minuteMs);
  expect(it.form()).toBe("full ready");
  expect(it.journal("grow-start").length).toBe(2);
  expect(it.logs).toEqual([]);
});
