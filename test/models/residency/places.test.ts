import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../../models/catalog/catalog.ts";
import { catalogFacts } from "../../../models/catalog/catalog-facts.ts";
import { planFor } from "../../../models/catalog/plan.ts";
import { poolsOfMachine } from "../../../models/catalog/plan-pools.ts";
import { Machine } from "../../../models/memory/machine.ts";
import type { MachineSources } from "../../../models/memory/machine-sources.ts";
import { ollamaWantsFree } from "../../../models/memory/ollama-prediction.ts";
import { assigned } from "../../../models/residency/assignment.ts";
import { MemoryBooks } from "../../../models/residency/memory-books.ts";
import { gpuProblem, movedTo, placesOf } from "../../../models/residency/places.ts";
import { rungsOf } from "../../../models/residency/rungs.ts";
import { settledOptions } from "../../../models/residency/settled-options.ts";
import type { LanguageRole } from "../../../models/roles.ts";
import type { ServerCapabilities } from "../../../models/servers/model-server.ts";
import { ResidencyDriver } from "../../support/residency-driver.ts";
import { installedModel, rolePlan } from "../../support/residency-machines.ts";
import { ScriptedMachine } from "../../support/scripted-machine.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { plainOptions, qwen3With4B, shapeOfModel } from "../memory/published-models.ts";

const never = new AbortController().signal;
const gigabyte = 1e9;
const ours: ServerCapabilities = {
  load: "explicit",
  unload: "explicit",
  pause: "process",
  reportsBytes: true,
  evictsByItself: false,
  kvTypes: ["f16", "q8_0"],
  partialOffload: true,
  placement: "asked",
  adapters: false,
};
let qwen: Awaited<ReturnType<typeof shapeOfModel>>;
let folder = "";
beforeAll(async () => {
  qwen = await shapeOfModel(qwen3With4B);
  folder = await mkdtemp(join(tmpdir(), "sotto-places-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A machine with 64 GB and such GPUs, as nvidia-smi tells them. */
function sourcesOf(gpuGigabytes: readonly number[]): MachineSources {
  const lines = gpuGigabytes.map((size, index) => {
    const mebibytes = Math.floor((size * gigabyte) / 1024 ** 2);
    return `GPU-${index}, NVIDIA GeForce, ${mebibytes}, ${mebibytes}\n`;
  });
  return {
    ...new ScriptedMachine({ ramBytes: 64 * gigabyte }).sources,
    run: async (program, args) =>
      program === "nvidia-smi" && args.join().includes("query-gpu") ? lines.join("") : undefined,
  };
}

async function booksOf(gpuGigabytes: readonly number[]): Promise<MemoryBooks> {
  const sources = sourcesOf(gpuGigabytes);
  return await MemoryBooks.open(
    { folder, reserveBytes: gigabyte, sources, clock: new VirtualClock(), log: () => undefined },
    never,
  );
}

function ladderOf(books: MemoryBooks, capabilities = ours, gpu?: string) {
  const target = capabilities.placement === "asked" ? books.target : { ...books.target, runner: "server" as const };
  const facts = { model: "qwen", blob: "b", fileBytes: qwen.fileBytes, path: undefined, shape: qwen.shape };
  return rungsOf({ facts, wanted: plainOptions, capabilities, target, gpu, measured: () => undefined, loadMs: 1_000 });
}

describe("on two GPUs a model inside Sotto", () => {
  test("may be whole on either, else spread over both, and its process is told which", async () => {
    using books = await booksOf([24, 12]);
    const rungs = ladderOf(books);
    const full = rungs.filter(({ variant }) => variant.id.startsWith("full"));
    expect(full.map(({ variant, options }) => [variant.id, variant.label, variant.penaltyMs, options.gpus])).toEqual([
      ["full@gpu0", "as configured on gpu0", 0, ["gpu0"]],
      ["full@gpu1", "as configured on gpu1", 0, ["gpu1"]],
      ["full@gpu0+gpu1", "its layers spread over 2 GPUs", 2_000, ["gpu0", "gpu1"]],
    ]);
    const pools = full.map(({ variant }) => variant.shares.map(({ pool }) => pool).toSorted());
    expect(pools).toEqual([
      ["gpu0", "ram"],
      ["gpu1", "ram"],
      ["gpu0", "gpu1", "ram"],
    ]);
    // Two processes' worth of context and buffers, and by their sizes.
    const [onFirst, onSecond] = ["gpu0", "gpu1"].map(
      (id) => full[2]?.variant.shares.find(({ pool }) => pool === id)?.bytes ?? 0,
    );
    const whole = full[0]?.variant.shares.find(({ pool }) => pool === "gpu0")?.bytes ?? 0;
    expect((onFirst ?? 0) + (onSecond ?? 0)).toBeGreaterThan(whole);
    expect(onFirst).toBeGreaterThan(onSecond ?? 0);
    const penalties = rungs.map(({ variant }) => variant.penaltyMs);
    expect(penalties).toEqual(penalties.toSorted((a, b) => a - b));
    expect(rungs.filter(({ variant }) => variant.id === "cpu")).toHaveLength(1);
    expect(new Set(rungs.map(({ variant }) => variant.id)).size).toBe(rungs.length);
    expect(books.gpuEnvironment(["gpu1"])).toEqual({ CUDA_VISIBLE_DEVICES: "GPU-1", GGML_VK_VISIBLE_DEVICES: "1" });
    expect(books.gpuEnvironment(["gpu0", "gpu1"])).toEqual({});
  });

  test("is kept to the one that was named", async () => {
    using books = await booksOf([24, 12]);
    const ids = ladderOf(books, ours, "gpu1").map(({ variant }) => variant.id);
    expect(ids).toContain("full@gpu1");
    expect(ids.filter((id) => id.includes("gpu0"))).toEqual([]);
    expect(gpuProblem(books.target, { placement: "asked", gpu: "gpu1" })).toBeUndefined();
    expect(gpuProblem(books.target, { placement: "asked", gpu: "gpu7" })).toBe(
      'there is no "gpu7"; expected gpu0 or gpu1',
    );
    expect(gpuProblem(books.target, { placement: "one", gpu: "gpu1" })).toMatch(/chooses the GPU by itself/);
  });
});

test("with one GPU nothing is named", async () => {
  using books = await booksOf([24]);
  expect(ladderOf(books).map(({ variant, options }) => [variant.id, options.gpus])).toEqual(
    ["full", "context", "kv-q8", "gpu-75", "gpu-50", "gpu-25", "cpu"].map((id) => [id, undefined]),
  );
  expect(books.gpuEnvironment(["gpu0"])).toEqual({});
});

test("Ollama is not told, and takes one GPU where it finds enough; other servers spread everything", async () => {
  using books = await booksOf([24, 12]);
  const { placement: _, ...rest } = ours;
  const [first, second, spread] = ladderOf(books, { ...rest, placement: "one" });
  const wants = ollamaWantsFree(qwen.fileBytes, qwen.shape, plainOptions);
  expect(first).toMatchObject({ variant: { id: "full@gpu0", leastFree: [{ pool: "gpu0", bytes: wants }] } });
  expect(second).toMatchObject({ variant: { id: "full@gpu1", leastFree: [{ pool: "gpu1", bytes: wants }] } });
  expect(spread?.variant.id).toBe("full@gpu0+gpu1");
  expect([first, second, spread].every((it) => it?.options.gpus === undefined)).toBe(true);
  expect(spread?.variant.leastFree).toBeUndefined();
  const others = ladderOf(books, rest);
  expect(others[0]?.variant.id).toBe("full");
  expect(others[0]?.variant.shares.map(({ pool }) => pool).toSorted()).toEqual(["gpu0", "gpu1", "ram"]);
});

test("what a load took on one GPU is what it takes on another, and says nothing of both", () => {
  const target = { hostPool: "ram", gpus: cards(24, 12), runner: "embedded" as const };
  const [first, second, both] = placesOf(target, { placement: "asked" }).map((place) => place.target);
  if (first === undefined || second === undefined || both === undefined) throw new Error("There are three places");
  const taken = [
    { pool: "ram", bytes: 100 },
    { pool: "gpu0", bytes: 900 },
  ];
  expect(movedTo(taken, first)).toEqual(taken);
  expect(movedTo(taken, second)).toEqual([
    { pool: "ram", bytes: 100 },
    { pool: "gpu1", bytes: 900 },
  ]);
  expect(movedTo(taken, both)).toBeUndefined();
  expect(movedTo([{ pool: "ram", bytes: 100 }], both)).toEqual([{ pool: "ram", bytes: 100 }]);
});

function cards(...gigabytes: readonly number[]) {
  const all = gigabytes.reduce((sum, size) => sum + size, 0);
  return gigabytes.map((size, index) => ({ pool: `gpu${index}`, part: size / all, kind: "discrete" as const }));
}

test.each([[[24, 12]], [[12, 24]], [[12, 12]], [[24, 24]], [[24, 8]], [[16, 16, 16]], [[48, 24]], [[8, 8]]])(
  "what `sotto plan` puts on GPUs of %j GB, the budgeter puts there, too: as many in memory, and each on as many GPUs",
  async (gigabytes) => {
    using books = await booksOf(gigabytes);
    const machine = await Machine.probe(sourcesOf(gigabytes), never);
    const roles: readonly LanguageRole[] = ["voice", "director", "coder"];
    const plan = planFor(poolsOfMachine(machine.pools), { roles, users: 1, prefer: "quality", storage: "nvme" });
    const planned = roles.flatMap((role) => {
      const model = catalog.find(({ id }) => id === plan.roles[role]?.model);
      const file = model?.files.find(({ quantisation }) => quantisation === plan.roles[role]?.quantisation);
      return model === undefined || file === undefined ? [] : [{ role, facts: catalogFacts(model, file) }];
    });
    const driver = new ResidencyDriver({
      pools: books.pools,
      models: assigned(
        planned.map(({ role, facts }) => {
          const wanted = settledOptions(facts, { role }, books.target, ours);
          const rungs = rungsOf({
            facts,
            wanted,
            capabilities: ours,
            target: books.target,
            measured: () => undefined,
            loadMs: 5_000,
          });
          return installedModel(
            role,
            rungs.map(({ variant }) => variant),
            { pinned: role === "voice" },
          );
        }),
        books.pools,
      ),
      roles: planned.map(({ role }) => rolePlan(role, [role])),
    });
    driver.finishLoad("voice", 5_000);
    for (const role of roles.slice(1)) {
      const ticket = driver.ask(role);
      if (driver.loadOf(role) !== undefined) driver.finishLoad(role, 5_000);
      driver.send({ type: "lease-return", ticket });
    }
    const gpusOf = (shares: Readonly<Record<string, number>>) =>
      Object.keys(shares).filter((id) => id.startsWith("gpu")).length;
    if (plan.concurrent) expect(driver.ready()).toEqual(roles.filter((role) => plan.roles[role]?.model !== null));
    for (const { model, shares } of driver.state.residents) {
      const role = roles.find((it) => it === model);
      const found = gpusOf(Object.fromEntries(shares.flatMap(({ pool, bytes }) => (bytes > 0 ? [[pool, bytes]] : []))));
      // A small voice that the plan put on the CPU finds room on a GPU here.
      expect(found, model).toBeLessThanOrEqual(Math.max(1, gpusOf(plan.roles[role ?? "voice"]?.pools ?? {})));
    }
    expect(driver.broken).toEqual([]);
  },
);
