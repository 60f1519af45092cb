import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Plant, plants, soil } from "./plants.ts";

// Every rule that the project relies on is broken once on purpose: a guard that cannot fail is no guard.

const report = z.object({
  diagnostics: z.array(
    z.object({ category: z.string().nullable(), severity: z.string(), location: z.object({ path: z.string() }) }),
  ),
});

/** Runs our linter configuration over the files; path → categories of the complaints. */
async function complaints(files: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, readonly string[]>> {
  const root = await mkdtemp(join(tmpdir(), "sotto-guards-"));
  try {
    for (const name of ["biome.json", "package.json", "tsconfig.json", "test/ground/own-time.grit"])
      await cp(name, join(root, name));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const biome = join(process.cwd(), "node_modules/@biomejs/biome/bin/biome");
    const args = [biome, "lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "."];
    // Biome exits with 1 when it complains; only its report counts here.
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 }).catch(
      (error: { stdout: string }) => error,
    );
    const found = new Map<string, string[]>();
    for (const { category, severity, location } of report.parse(JSON.parse(stdout)).diagnostics) {
      if (severity !== "error" && severity !== "warning") continue;
      found.set(location.path, [...(found.get(location.path) ?? []), (category ?? "").replace(/^lint\//, "")]);
    }
    return found;
  } finally {
    await rm(root, { recursive: true });
  }
}

/** Plants in one run must not share a file. */
function batches(all: readonly Plant[]): readonly (readonly Plant[])[] {
  const rest = [...all];
  const made: Plant[][] = [];
  for (const plant of rest) {
    const batch = made.find((group) => group.every(({ path }) => path !== plant.path));
    if (batch === undefined) made.push([plant]);
    else batch.push(plant);
  }
  return made;
}

async function grow(kind: "wrong" | "right"): Promise<ReadonlyMap<Plant, readonly string[]>> {
  const seen = new Map<Plant, readonly string[]>();
  for (const batch of batches(plants)) {
    const found = await complaints({ ...soil, ...Object.fromEntries(batch.map((plant) => [plant.path, plant[kind]])) });
    for (const plant of batch) seen.set(plant, [...new Set(found.get(plant.path) ?? [])]);
    for (const path of Object.keys(soil)) {
      if (kind === "right") expect(found.get(path) ?? [], path).toEqual([]);
    }
  }
  return seen;
}

let wrong: ReadonlyMap<Plant, readonly string[]> = new Map();
let right: ReadonlyMap<Plant, readonly string[]> = new Map();
beforeAll(async () => {
  [wrong, right] = await Promise.all([grow("wrong"), grow("right")]);
});

describe("the linter catches a planted violation, and nothing in its clean twin:", () => {
  test.each(plants)("$what ($path)", (plant) => {
    expect(wrong.get(plant)).toEqual([plant.rule]);
    expect(right.get(plant)).toEqual([]);
  });
});
