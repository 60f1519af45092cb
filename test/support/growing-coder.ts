import { expect } from "vitest";
import { ResidencyDriver } from "./residency-driver.ts";
import { gigabyte, gpu, installedModel, rolePlan, rung } from "./residency-machines.ts";

export const minuteMs = 60_000;
/** Unloading takes half a second and loading six: what growing costs. */
export const costMs = 6_500;
export const settleMs = 10 * costMs;

/** 12 GB, one reserved, three for the voice: room for the whole coder when other programs take no more than one. */
export function machine(penaltyMs = 30_000, gigabytes = 12) {
  return {
    pools: [gpu(gigabytes)],
    models: [
      installedModel("voice", [rung("full", 3, { loadMs: 2_000 }), rung("short", 2, { penaltyMs: 5_000 })], {
        pinned: true,
      }),
      installedModel("coder", [rung("full", 7), rung("small", 4, { penaltyMs })]),
      installedModel("director", [rung("full", 7)]),
    ],
    roles: [
      rolePlan("voice", ["voice"], { patienceMs: 0 }),
      rolePlan("coder", ["coder"]),
      rolePlan("director", ["director"]),
    ],
  };
}

export function foreign(driver: ResidencyDriver, gigabytes: number): void {
  driver.send({ type: "foreign", pool: "gpu0", bytes: gigabytes * gigabyte });
}

/** One piece of work for the coder; whatever has to be loaded or unloaded for it is. */
export function use(driver: ResidencyDriver): void {
  const ticket = driver.ask("coder");
  work(driver, 8_000);
  expect(driver.answer(ticket)).toBe("grant");
  driver.send({ type: "lease-return", ticket });
}

/** Time passes, and what was begun ends: unloads after half a second, loads after six. */
export function work(driver: ResidencyDriver, ms: number, slow = 1): void {
  for (const untilMs = driver.nowMs + ms; driver.nowMs < untilMs; ) {
    driver.pass(100);
    // An alarm may ring more often than it has to.
    if (slow > 2) driver.send({ type: "clock" });
    for (const resident of driver.state.residents) {
      const model = resident.model;
      if (resident.status === "leaving" && driver.nowMs - resident.startedMs >= 500 * slow) driver.finishUnload(model);
      if (resident.status === "loading" && driver.nowMs - resident.startedMs >= 6_000 * slow) driver.finishLoad(model);
    }
  }
}

/** The voice is there, and the coder in less than was wanted, because another program holds 4 GB. */
export function degraded(penaltyMs?: number, gigabytes = 12): ResidencyDriver {
  const driver = new ResidencyDriver(machine(penaltyMs, gigabytes));
  driver.finishLoad("voice", 2_000);
  foreign(driver, gigabytes - 8);
  use(driver);
  expect(form(driver)).toBe("small ready");
  return driver;
}

export function form(driver: ResidencyDriver): string | undefined {
  const coder = driver.state.residents.find(({ model }) => model === "coder");
  return coder === undefined ? undefined : `${coder.variant} ${coder.status}`;
}
