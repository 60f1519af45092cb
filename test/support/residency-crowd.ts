import type { ResidencyState } from "../../models/residency/residency-state.ts";
import type { Role } from "../../models/roles.ts";
import { ResidencyDriver } from "./residency-driver.ts";
import { gigabyte, gpu, installedModel, rolePlan, rung } from "./residency-machines.ts";

const roles: readonly Role[] = ["director", "coder", "tts", "stt", "vad"];

/** A machine whose memory is full and in use, with many models to choose from and many tickets waiting for all of them. */
export function crowdedState(size: { readonly models: number; readonly tickets: number }): ResidencyState {
  const names = Array.from({ length: size.models - 1 }, (_, index) => `heavy${index}`);
  const heavy = names.map((name, index) =>
    installedModel(name, [
      rung("full", 2 + (index % 5)),
      rung("short", 1.6 + (index % 5), { penaltyMs: 3_000 }),
      rung("q8", 1.4 + (index % 5), { penaltyMs: 6_000 }),
      rung("half", 1 + (index % 5) / 2, { penaltyMs: 30_000, ramGigabytes: 1 + (index % 5) / 2 }),
    ]),
  );
  const driver = new ResidencyDriver({
    pools: [gpu(24), { id: "ram", capacityBytes: 64 * gigabyte, reserveBytes: 4 * gigabyte, foreignBytes: 0 }],
    models: [installedModel("voice", [rung("full", 3)], { pinned: true }), ...heavy],
    roles: [
      rolePlan("voice", ["voice"], { patienceMs: 0 }),
      ...roles.map((role, index) =>
        rolePlan(
          role,
          names.filter((_, at) => at % roles.length === index),
          { patienceMs: 900_000 },
        ),
      ),
    ],
  });
  driver.finishLoad("voice", 2_000);
  // Every role's first choice is loaded and in use, then all requests wait for models of their own.
  for (const [index, name] of names.entries()) {
    const role = roles[index % roles.length];
    if (role === undefined) continue;
    const { models } = driver.state;
    driver.send({ type: "installed", models, roles: [rolePlan(role, [name], { patienceMs: 900_000 })] });
    driver.ask(role);
    if (driver.loadOf(name) !== undefined) driver.finishLoad(name, 500);
  }
  for (let count = driver.state.tickets.length; count < size.tickets; count += 1) {
    const name = names[count % names.length];
    if (name === undefined) continue;
    driver.state = { ...driver.state, roles: roles.map((role) => rolePlan(role, [name], { patienceMs: 900_000 })) };
    driver.ask("director");
  }
  const plans = roles.map((role, index) =>
    rolePlan(
      role,
      names.filter((_, at) => at % roles.length === index),
      { patienceMs: 900_000 },
    ),
  );
  return { ...driver.state, roles: plans };
}
