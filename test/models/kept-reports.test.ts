import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextRound } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { systemClock } from "../../models/clock.ts";
import { type KeptModel, keepReport } from "../../models/kept-reports.ts";
import { MemoryBooks } from "../../models/residency/memory-books.ts";
import { oneSlot } from "../support/residency-machines.ts";

const never = new AbortController().signal;

function kept(path?: string): KeptModel {
  const [model] = oneSlot().models;
  if (model === undefined) throw new Error("There is no model");
  const facts = { model: "m", blob: "m", fileBytes: 1, path, shape: undefined };
  const options = { contextTokens: 512, sequences: 1, kvType: "f16", batchTokens: 64, gpuLayers: 0 } as const;
  return { installed: { model, variants: new Map([["full", { model: "m", options }]]) }, facts, cachedShare: 1 };
}

test.each([
  { when: "while Sotto runs", isClosed: false, complaints: 1 },
  { when: "when the books were closed meanwhile", isClosed: true, complaints: 0 },
])("a load that cannot be worked up is complained of $complaints times $when", async ({ isClosed, complaints }) => {
  const folder = await mkdtemp(join(tmpdir(), "sotto-kept-"));
  const lines: string[] = [];
  const log = (line: string): unknown => lines.push(line);
  using books = await MemoryBooks.open({ folder, reserveBytes: 0, clock: systemClock, log }, never);
  const loaded = kept();
  await new Promise<void>((resolve) => {
    const onTimed = async (): Promise<void> => {
      if (isClosed) books[Symbol.dispose]();
      resolve();
      throw new Error("The database is not open");
    };
    const { id } = loaded.installed.model;
    const report = { type: "calibrated", model: id, variant: "full", loadMs: 5, shares: [] } as const;
    keepReport(report, { books, all: [loaded], onTimed, log });
  });
  await nextRound();
  expect(lines).toHaveLength(complaints);
  await rm(folder, { recursive: true });
});

test("what a load took is remembered, though Sotto ends right after it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sotto-kept-"));
  const log = (line: string): void => expect.fail(line);
  const options = { folder, reserveBytes: 0, clock: systemClock, log };
  const loaded = kept(fileURLToPath(import.meta.url));
  const { facts } = loaded;
  const [variant] = loaded.installed.variants.values();
  if (variant === undefined) throw new Error("There is no form");
  const shares = [{ pool: "ram", bytes: 123 }];
  {
    using books = await MemoryBooks.open(options, never);
    await books.predictLoadMs(facts, never);
    const { server } = loaded.installed.model;
    void books.remember({ facts, options: variant.options, server, shares, loadMs: 5, cachedShare: 1 });
    await Promise.resolve().then(() => undefined);
  }
  using books = await MemoryBooks.open(options, never);
  expect(books.measured(facts, variant.options, loaded.installed.model.server)).toEqual(shares);
  await rm(folder, { recursive: true });
});
