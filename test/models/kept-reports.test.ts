import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextRound } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemClock } from "../../models/clock.ts";
import { type KeptModel, keepReport } from "../../models/kept-reports.ts";
import { MemoryBooks } from "../../models/residency/memory-books.ts";
import { oneSlot } from "../support/residency-machines.ts";

const never = new AbortController().signal;

function kept(): KeptModel {
  const [model] = oneSlot().models;
  if (model === undefined) throw new Error("There is no model");
  const facts = { model: "m", blob: "m", fileBytes: 1, path: undefined, shape: undefined };
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
