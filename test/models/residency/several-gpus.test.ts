import { describe, expect, test } from "vitest";
import { assigned } from "../../../models/residency/assignment.ts";
import type { Model, Variant } from "../../../models/residency/residency-state.ts";
import { ResidencyDriver } from "../../support/residency-driver.ts";
import { gigabyte, gpu, installedModel, rolePlan, rung } from "../../support/residency-machines.ts";

const cards = ["gpu0", "gpu1"];

/** Forms as `rungsOf` makes them: whole on either GPU, or two thirds and a third, as large as the GPUs are. */
function on(
  cardsOfIt: readonly string[],
  gigabytes: number,
  options: { readonly chosenThere?: boolean } = {},
): readonly Variant[] {
  const whole = cardsOfIt.map((pool) => {
    const form = { ...rung("full", gigabytes, { pool }), id: `full@${pool}` };
    return options.chosenThere === true ? { ...form, leastFree: [{ pool, bytes: gigabytes * 1.25 * gigabyte }] } : form;
  });
  const parts = [2 / 3, 1 / 3];
  const shares = cardsOfIt.map((pool, index) => ({
    pool,
    bytes: Math.round((gigabytes * (parts[index] ?? 0) + 0.2) * gigabyte),
  }));
  const spread = { ...rung("full", gigabytes), id: "full@both", shares, penaltyMs: 2_000 };
  return cardsOfIt.length > 1 ? [...whole, spread] : whole;
}

/** Two GPUs of 24 and 12 GB, of each of which one is reserved; a voice of 3 GB is there. */
function machine(models: readonly Model[], voice: readonly Variant[] = on(cards, 3)): ResidencyDriver {
  const driver = new ResidencyDriver({
    pools: [gpu(24), gpu(12, { id: "gpu1" })],
    models: [installedModel("voice", voice, { pinned: true }), ...models],
    roles: [
      rolePlan("voice", ["voice"], { patienceMs: 0 }),
      rolePlan("director", ["director"]),
      rolePlan("coder", ["coder"]),
    ],
  });
  driver.finishLoad("voice", 2_000);
  return driver;
}

function load(driver: ResidencyDriver, role: "director" | "coder"): string | undefined {
  driver.ask(role);
  if (driver.loadOf(role) !== undefined) driver.finishLoad(role, 6_000);
  return placeOf(driver, role);
}

function placeOf(driver: ResidencyDriver, model: string): string | undefined {
  return driver.state.residents.find((it) => it.model === model)?.variant.split("@")[1];
}

describe("of several GPUs a model is loaded into", () => {
  test("the one where least is left, so that what is larger has a place, too", () => {
    const driver = machine([installedModel("director", on(cards, 7)), installedModel("coder", on(cards, 20))]);
    expect(placeOf(driver, "voice")).toBe("gpu1");
    expect(load(driver, "director")).toBe("gpu1");
    expect(load(driver, "coder")).toBe("gpu0");
    expect(driver.ready()).toEqual(["voice", "director", "coder"]);
    expect(driver.reports.filter(({ type }) => type === "degrade")).toEqual([]);
    expect(driver.broken).toEqual([]);
  });

  test("the one that has room, whatever loads there took before", () => {
    const driver = machine([installedModel("director", on(cards, 7))]);
    const forms = driver.state.models[1]?.ladder.map((form) =>
      form.id === "full@gpu0" ? { ...form, loadMs: 100 } : form,
    );
    const [voice] = driver.state.models;
    if (voice === undefined) throw new Error("There is no voice");
    const models = [voice, installedModel("director", forms ?? [])];
    driver.send({ type: "installed", models, roles: driver.state.roles });
    expect(load(driver, "director")).toBe("gpu1");
  });

  test("all of them only when it fits none", () => {
    const driver = machine([installedModel("director", on(cards, 24))], on(["gpu1"], 1));
    expect(load(driver, "director")).toBe("both");
    expect(driver.reports.find(({ type }) => type === "degrade")).toMatchObject({
      variant: "full@both",
      penaltyMs: 2_000,
    });
    expect(driver.broken).toEqual([]);
  });

  test("the one that it is kept to, though another has room; and whoever leaves for it leaves there", () => {
    const driver = machine([installedModel("director", on(["gpu0"], 20)), installedModel("coder", on(["gpu0"], 16))]);
    expect(load(driver, "director")).toBe("gpu0");
    driver.send({ type: "lease-return", ticket: 1 });
    driver.ask("coder");
    driver.passUntil(() => driver.unloadOf("director") !== undefined);
    driver.finishUnload("director", 500);
    driver.finishLoad("coder", 6_000);
    expect(placeOf(driver, "coder")).toBe("gpu0");
    expect(placeOf(driver, "voice")).toBe("gpu1");
    expect(driver.broken).toEqual([]);
  });

  test("the emptiest, when its server chooses, and all where that does not have enough", () => {
    const theirs = { chosenThere: true };
    const driver = machine([
      installedModel("director", on(cards, 5, theirs)),
      installedModel("coder", on(cards, 16, theirs)),
    ]);
    expect(load(driver, "director")).toBe("gpu0");
    // 18 GB are free on gpu0: enough for its 16, but not by four fifths.
    expect(load(driver, "coder")).toBe("both");
    expect(driver.broken).toEqual([]);
  });
});

describe("whoever comes first leaves to the others", () => {
  const pools = [gpu(24), gpu(12, { id: "gpu1" })];
  const preferred = (models: readonly Model[]) =>
    assigned(models, pools).map(({ ladder }) => ladder.filter((form) => form.preferred === true).map(({ id }) => id));
  const voice = installedModel("voice", on(cards, 3), { pinned: true });

  test("the GPU that they need, so that all are there at the same time", () => {
    const models = [voice, installedModel("director", on(cards, 10)), installedModel("coder", on(cards, 19))];
    expect(preferred(models)).toEqual([["full@gpu0"], ["full@gpu1"], ["full@gpu0"]]);
    const driver = machine(models.slice(1), on(cards, 3));
    driver.send({ type: "installed", models: assigned(models, pools), roles: driver.state.roles });
    const [first] = driver.state.residents;
    driver.send({ type: "loss", load: first?.load ?? 0, cause: "process-exit" });
    driver.finishUnload("voice", 300);
    driver.finishLoad("voice", 2_000);
    expect([placeOf(driver, "voice"), load(driver, "director"), load(driver, "coder")]).toEqual([
      "gpu0",
      "gpu1",
      "gpu0",
    ]);
    expect(driver.broken).toEqual([]);
  });

  test("the GPU where each of them fits beside the voice, when they take turns", () => {
    const models = [voice, installedModel("director", on(cards, 21)), installedModel("coder", on(cards, 22))];
    expect(preferred(models)[0]).toEqual(["full@gpu1"]);
  });

  test("nothing where there is nothing to choose, and what a server chooses by itself is not asked for", () => {
    const alone = [installedModel("voice", on(["gpu0"], 3), { pinned: true })];
    expect(assigned(alone, pools)).toBe(alone);
    const theirs = [voice, installedModel("director", on(cards, 5, { chosenThere: true }))];
    expect(preferred(theirs)[1]).toEqual([]);
  });
});

test("where a server put a model elsewhere than was thought, the books say so, and the forecast stays", () => {
  const driver = machine([installedModel("director", on(cards, 5, { chosenThere: true }))]);
  driver.ask("director");
  const found = [{ pool: "gpu1", bytes: 5.5 * gigabyte }];
  driver.send({ type: "load-end", load: driver.loadOf("director") ?? 0, shares: found });
  expect(driver.state.residents.find(({ model }) => model === "director")?.shares).toEqual(found);
  const [onFirst] = driver.state.models[1]?.ladder ?? [];
  expect(onFirst?.shares).toEqual([{ pool: "gpu0", bytes: 5 * gigabyte }]);
  expect(driver.reports.findLast(({ type }) => type === "calibrated")).toMatchObject({ shares: found });
  expect(driver.broken).toEqual([]);
});

test("the voice that is lost comes back on the other GPU, when its own was taken meanwhile", () => {
  const driver = machine([]);
  expect(placeOf(driver, "voice")).toBe("gpu1");
  const [voice] = driver.state.residents;
  driver.send({ type: "loss", load: voice?.load ?? 0, cause: "process-exit" });
  driver.send({ type: "foreign", pool: "gpu1", bytes: 10 * gigabyte });
  driver.finishUnload("voice", 300);
  driver.finishLoad("voice", 2_000);
  expect(placeOf(driver, "voice")).toBe("gpu0");
  expect(driver.broken).toEqual([]);
});
