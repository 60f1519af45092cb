import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { FixedEngines } from "../../../models/residency/fixed-engines.ts";
import type { InstalledModel } from "../../../models/residency/installed-model.ts";
import { MemoryBooks } from "../../../models/residency/memory-books.ts";
import type { Report } from "../../../models/residency/report.ts";
import { Residency } from "../../../models/residency/residency.ts";
import type { LanguageRole } from "../../../models/roles.ts";
import { ScriptedMachine } from "../../support/scripted-machine.ts";
import { ScriptedServer } from "../../support/scripted-server.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const never = new AbortController().signal;
const gigabyte = 1e9;
/** Until the machine was probed again, and what follows from it was done. */
const probedMs = 8_000;

function model(id: string, gigabytes: number, pinned = false): InstalledModel {
  const shares = [{ pool: "ram", bytes: gigabytes * gigabyte }];
  const rung = { id: "full", label: "", shares, measured: true, penaltyMs: 0, loadMs: 1_000, unloadMs: 100 };
  const options = { contextTokens: 1_024, sequences: 1, kvType: "f16", batchTokens: 128, gpuLayers: 0 } as const;
  return {
    model: { id, server: "scripted", pinned, ladder: [rung] },
    variants: new Map([["full", { model: id, options }]]),
  };
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** 12 GB, of which 1 is kept free: a voice of 2 GB, a director of 6. */
async function start() {
  const folder = await mkdtemp(join(tmpdir(), "sotto-foreign-"));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const clock = new VirtualClock();
  const machine = new ScriptedMachine({ ramBytes: 12 * gigabyte });
  const reports: Report[] = [];
  const logs: string[] = [];
  const log = (line: string): void => void logs.push(line);
  const { sources } = machine;
  const books = await MemoryBooks.open({ folder, reserveBytes: gigabyte, sources, clock, log }, never);
  closers.push(async () => books[Symbol.dispose]());
  const server = new ScriptedServer({ clock, loadMs: 1_000, unloadMs: 100 });
  const plan = (role: LanguageRole, id: string, patienceMs: number) => ({
    role,
    choices: [{ model: id, penaltyMs: 0 }],
    weight: 1,
    headStartMs: 0,
    patienceMs,
  });
  const held = (without?: number): number =>
    residency.state.residents.reduce(
      (sum, it) => (it.load === without ? sum : sum + it.shares.reduce((bytes, share) => bytes + share.bytes, 0)),
      0,
    );
  const residency: Residency = new Residency({
    pools: books.pools,
    installed: [model("small", 2, true), model("big", 6)],
    roles: [plan("voice", "small", 0), plan("director", "big", 60_000)],
    servers: new Map([["scripted", server]]),
    engines: new FixedEngines({}),
    othersIn: (pool, without, signal) => books.othersIn(pool, held(without), signal),
    warm: () => undefined,
    onReport: (report) => reports.push(report),
    clock,
    log,
  });
  books.watch(
    () => held(),
    (pool, bytes) => residency.noteForeign(pool, bytes),
  );
  const own = { small: 2 * gigabyte, big: 6 * gigabyte };
  /** What the machine shows: our models that are loaded, and others. */
  const show = (foreignGigabytes: number, models: readonly (keyof typeof own)[]): void => {
    machine.ramTakenBytes = foreignGigabytes * gigabyte + models.reduce((sum, id) => sum + own[id], 0);
  };
  await clock.advance(2_000);
  show(0, ["small"]);
  const states = (): readonly string[] => residency.state.residents.map((it) => `${it.model} ${it.status}`);
  const lease = async (role: LanguageRole): Promise<void> => {
    const asked = residency.lease({ role }, never);
    asked.catch(() => undefined);
    await clock.advance(5_000);
    (await asked)[Symbol.dispose]();
  };
  return { clock, machine, server, residency, reports, logs, show, states, lease };
}

test("another program that fills the memory costs the idle director its place, not the voice; when it ends, the director is had again", async () => {
  const it = await start();
  await it.lease("director");
  it.show(0, ["small", "big"]);
  await it.clock.advance(probedMs);
  expect(it.states()).toEqual(["small ready", "big ready"]);

  it.show(5, ["small", "big"]);
  await it.clock.advance(probedMs);
  it.show(5, ["small"]);
  expect(it.states()).toEqual(["small ready"]);
  expect(it.reports.filter(({ type }) => type === "pressure")).toMatchObject([
    { pool: "ram", leaving: ["big"], shortBytes: 2 * gigabyte },
  ]);
  expect(it.residency.status().pools).toMatchObject([
    { id: "ram", foreignBytes: 5 * gigabyte, usedBytes: 2 * gigabyte },
  ]);

  await expect(it.lease("director")).rejects.toMatchObject({
    code: "no-memory",
    message: expect.stringMatching(/needs 6\.0 GB of ram, 4\.0 GB is free beside small; other programs hold 5\.0 GB/),
  });
  expect(it.residency.forecast("director")).toMatchObject({ status: "unavailable" });
  await it.lease("voice");

  it.show(0, ["small"]);
  await it.clock.advance(probedMs);
  await it.lease("director");
  expect(it.states()).toEqual(["small ready", "big ready"]);
  expect(it.reports.filter(({ type }) => type === "pin")).toEqual([]);
  expect(it.logs).toEqual([]);
});

test("a director in use is let finish before it leaves", async () => {
  const it = await start();
  const asked = it.residency.lease({ role: "director" }, never);
  await it.clock.advance(2_000);
  const lease = await asked;
  it.show(5, ["small", "big"]);
  await it.clock.advance(probedMs);
  expect(it.states()).toEqual(["small ready", "big ready"]);
  lease[Symbol.dispose]();
  await it.clock.advance(1_000);
  expect(it.states()).toEqual(["small ready"]);
});

test("memory that a killed server left behind is not given away: first waited for, then another program's", async () => {
  const it = await start();
  await it.lease("director");
  it.show(0, ["small", "big"]);
  await it.clock.advance(probedMs);
  // Its server is gone, what it had started is not.
  it.server.lose("big", "server-down");
  const asked = it.residency.lease({ role: "director" }, never);
  const refused = expect(asked).rejects.toMatchObject({
    code: "no-memory",
    message: expect.stringMatching(/other programs hold 6\.0 GB/),
  });
  await it.clock.advance(10_000);
  expect(it.states()).toEqual(["small ready", "big leaving"]);
  await it.clock.advance(10_000);
  await refused;
  expect(it.states()).toEqual(["small ready"]);
  expect(it.logs).toEqual(["big: its server ended, but what it had started still holds memory; end it by hand"]);
  expect(it.server.trace.filter((line) => line.startsWith("load big"))).toHaveLength(1);
  it.show(0, ["small"]);
  await it.clock.advance(probedMs);
  await it.lease("director");
  expect(it.states()).toEqual(["small ready", "big ready"]);
});

test("memory that comes back with its server's end is used at once", async () => {
  const it = await start();
  await it.lease("director");
  it.show(0, ["small", "big"]);
  await it.clock.advance(probedMs);
  it.server.lose("big", "server-down");
  await it.clock.advance(3_000);
  it.show(0, ["small"]);
  await it.clock.advance(2_000);
  expect(it.states()).toEqual(["small ready"]);
  await it.lease("director");
  expect(it.logs).toEqual([]);
});
