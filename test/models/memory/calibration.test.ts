import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Calibration, type LoadRecord } from "../../../models/memory/calibration.ts";
import { footprint, type Target } from "../../../models/memory/footprint.ts";
import type { ModelFacts, Share } from "../../../models/servers/model-server.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { plainOptions, shapeOfModel } from "./published-models.ts";

const target: Target = { hostPool: "ram", gpus: [], runner: "embedded" };
const at = { server: "embedded", target };
let folder = "";
let complaints: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sotto-calibration-"));
  complaints = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function open(): Calibration {
  return Calibration.open({ folder, clock: new VirtualClock(), complain: (message) => complaints.push(message) });
}

function facts(some: Partial<ModelFacts> = {}): ModelFacts {
  return { model: "one", blob: "sha256:1", fileBytes: 4e9, path: undefined, shape: undefined, ...some };
}

function took(bytes: number | undefined, some: Partial<LoadRecord> = {}): LoadRecord {
  const shares: readonly Share[] | undefined = bytes === undefined ? undefined : [{ pool: "ram", bytes }];
  return {
    facts: facts(),
    options: plainOptions,
    server: "embedded",
    shares,
    loadMs: 2_000,
    tier: "nvme",
    cachedShare: 0,
    ...some,
  };
}

describe("what a load takes", () => {
  test("is estimated from the shape before it was measured, and guessed from the file's length without one", async () => {
    using calibration = open();
    const { shape } = await shapeOfModel({ hollow: true });
    expect(calibration.footprintOf(facts({ shape }), plainOptions, at)).toEqual({
      shares: footprint(shape, plainOptions, target).shares,
      source: "estimate",
    });
    const guessed = calibration.footprintOf(facts(), plainOptions, at);
    expect(guessed.source).toBe("file-size");
    expect(guessed.shares[0]?.bytes).toBeGreaterThan(4e9);
  });

  test("is what it took, once measured; the most of the last loads", () => {
    using calibration = open();
    for (const bytes of [9, 5, 6, 7, 6, 5]) calibration.remember(took(bytes));
    expect(calibration.footprintOf(facts(), plainOptions, at)).toEqual({
      shares: [{ pool: "ram", bytes: 7 }],
      source: "measured",
    });
  });

  test("is known for these weights, options and this server only; threads change nothing", () => {
    using calibration = open();
    calibration.remember(took(5));
    const source = (blob: string, some: object, server: string): string =>
      calibration.footprintOf(facts({ blob }), { ...plainOptions, ...some }, { server, target }).source;
    expect(source("sha256:1", {}, "embedded")).toBe("measured");
    expect(source("sha256:1", { threads: 7 }, "embedded")).toBe("measured");
    expect(source("sha256:2", {}, "embedded")).toBe("file-size");
    expect(source("sha256:1", { contextTokens: 8_192 }, "embedded")).toBe("file-size");
    expect(source("sha256:1", {}, "ollama")).toBe("file-size");
  });

  test("is still unknown when nobody could measure it, but its time is learnt", () => {
    using calibration = open();
    const before = calibration.predictLoadMs(facts(), { tier: "nvme", cachedShare: 0 });
    for (let i = 0; i < 5; i++) calibration.remember(took(undefined, { loadMs: 9_000 }));
    expect(calibration.footprintOf(facts(), plainOptions, at).source).toBe("file-size");
    expect(before).toBeCloseTo(5_000);
    expect(calibration.predictLoadMs(facts(), { tier: "nvme", cachedShare: 0 })).toBeGreaterThan(7_000);
    expect(calibration.predictLoadMs(facts(), { tier: "sata", cachedShare: 0 })).toBeCloseTo(9_000);
  });

  test("survives a restart", () => {
    let predicted = 0;
    {
      using calibration = open();
      for (const loadMs of [3_000, 3_500, 2_800]) calibration.remember(took(5, { loadMs }));
      predicted = calibration.predictLoadMs(facts(), { tier: "nvme", cachedShare: 0.5 });
    }
    using calibration = open();
    expect(calibration.footprintOf(facts(), plainOptions, at).shares).toEqual([{ pool: "ram", bytes: 5 }]);
    expect(calibration.predictLoadMs(facts(), { tier: "nvme", cachedShare: 0.5 })).toBeCloseTo(predicted);
    expect(complaints).toEqual([]);
  });
});

describe("a calibration that is damaged", () => {
  test("is set aside with a message", async () => {
    await writeFile(join(folder, "calibration.db"), "this is no database".repeat(500));
    using calibration = open();
    calibration.remember(took(5));
    expect(calibration.footprintOf(facts(), plainOptions, at).source).toBe("measured");
    expect(complaints).toEqual([expect.stringContaining("is damaged")]);
    expect((await readdir(folder)).some((name) => name.includes("damaged"))).toBe(true);
  });

  test("is set aside when its table is another one", async () => {
    const other = new Database(join(folder, "calibration.db"));
    other.exec("CREATE TABLE loads (something TEXT)");
    other.close();
    using calibration = open();
    calibration.remember(took(5));
    expect(complaints).toHaveLength(1);
  });

  test("is passed over where a row makes no sense", () => {
    {
      using calibration = open();
      calibration.remember(took(5));
    }
    const database = new Database(join(folder, "calibration.db"));
    database.exec("UPDATE loads SET shares = '{nonsense', tier = 'tape', load_ms = 'soon'");
    database.close();
    using calibration = open();
    expect(calibration.footprintOf(facts(), plainOptions, at).source).toBe("file-size");
    expect(calibration.predictLoadMs(facts(), { tier: "nvme", cachedShare: 0 })).toBeCloseTo(5_000);
  });

  test("that cannot be written at all lasts as long as the process", async () => {
    // The folder's name is taken by a file, so that nothing can be made or moved in it.
    const file = join(folder, "file");
    await writeFile(file, "");
    using calibration = Calibration.open({
      folder: file,
      clock: new VirtualClock(),
      complain: (text) => complaints.push(text),
    });
    calibration.remember(took(5));
    expect(calibration.footprintOf(facts(), plainOptions, at).source).toBe("measured");
    expect(complaints).toEqual([expect.stringContaining("Check the folder")]);
  });
});
