import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Journal } from "../../../models/residency/journal.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sotto-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const complaints: string[] = [];
const open = (where: string): Journal =>
  Journal.open({ folder: where, clock: new VirtualClock(), complain: (line) => complaints.push(line) });
const sticky = { type: "sticky", on: true, share: 0.5, why: "Changing models took half of the time" } as const;

test("what was written is read back, oldest first, also after a restart", () => {
  {
    using journal = open(folder);
    journal.write(sticky);
    journal.write({ ...sticky, on: false }, { bytesRead: 7 });
  }
  using again = open(folder);
  const lines = again.last(10);
  expect(lines.map(({ type, detail }) => [type, JSON.parse(detail)])).toEqual([
    ["sticky", sticky],
    ["sticky", { ...sticky, on: false, bytesRead: 7 }],
  ]);
  expect(lines[0]?.at).toMatch(/^2026-11-21T/);
  expect(again.last(1)).toHaveLength(1);
});

test("a file that is no database is complained about, and everything goes on", () => {
  writeFileSync(join(folder, "journal.db"), "this is no database, and it is long enough to look like one ".repeat(40));
  complaints.length = 0;
  using journal = open(folder);
  journal.write(sticky);
  expect(journal.last(5)).toHaveLength(1);
  expect(complaints).toEqual([expect.stringMatching(/journal of models is not kept.*Check the folder/)]);
});
