import { expect, test } from "vitest";
import { ResidencyDriver } from "../../support/residency-driver.ts";
import { gpu, installedModel, rolePlan, rung } from "../../support/residency-machines.ts";

test("a load that took long makes no smaller form of the same file look faster", () => {
  const driver = new ResidencyDriver({
    pools: [gpu(24)],
    models: [
      installedModel("director", [
        rung("full", 6, { loadMs: 3_000 }),
        rung("context", 5, { loadMs: 3_000, penaltyMs: 5_000 }),
      ]),
    ],
    roles: [rolePlan("director", ["director"])],
  });
  const first = driver.ask("director");
  // From a cold disk.
  driver.finishLoad("director", 20_000);
  driver.send({ type: "lease-return", ticket: first });
  const load = driver.state.residents[0]?.load ?? -1;
  driver.send({ type: "loss", load, cause: "process-exit" });
  driver.finishUnload("director", 100);
  driver.pass(60_000);
  driver.ask("director");
  expect([...driver.loads.values()].map(({ variant }) => variant)).toEqual(["full"]);
  expect(driver.reports.filter(({ type }) => type === "degrade")).toEqual([]);
  expect(driver.broken).toEqual([]);
});
