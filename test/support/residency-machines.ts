import type { Model, Pool, RolePlan, Variant } from "../../models/residency/residency-state.ts";
import type { Role } from "../../models/roles.ts";

export const gigabyte = 1e9;

/** A rung of a ladder in one memory. */
export function rung(
  id: string,
  gigabytes: number,
  options: {
    readonly pool?: string;
    readonly loadMs?: number;
    readonly unloadMs?: number;
    readonly penaltyMs?: number;
    readonly ramGigabytes?: number;
  } = {},
): Variant {
  const { pool = "gpu0", loadMs = 6_000, unloadMs = 500, penaltyMs = 0, ramGigabytes = 0 } = options;
  const ram = ramGigabytes === 0 ? [] : [{ pool: "ram", bytes: Math.round(ramGigabytes * gigabyte) }];
  const shares = [{ pool, bytes: Math.round(gigabytes * gigabyte) }, ...ram];
  return { id, label: id, shares, measured: false, penaltyMs, loadMs, unloadMs };
}

export function installedModel(
  id: string,
  ladder: readonly Variant[],
  options: { readonly pinned?: boolean } = {},
): Model {
  return { id, server: "embedded", pinned: options.pinned ?? false, ladder };
}

export function gpu(gigabytes: number, options: { readonly id?: string; readonly slotGigabytes?: number } = {}): Pool {
  const { id = "gpu0", slotGigabytes } = options;
  const slot = slotGigabytes === undefined ? {} : { slotBytes: slotGigabytes * gigabyte };
  return { id, capacityBytes: gigabytes * gigabyte, reserveBytes: gigabyte, foreignBytes: 0, ...slot };
}

export function rolePlan(
  role: Role,
  models: readonly string[],
  options: Partial<Omit<RolePlan, "role" | "choices">> & { readonly fallback?: string } = {},
): RolePlan {
  const { fallback, ...rest } = options;
  const last = fallback === undefined ? [] : [{ model: fallback, penaltyMs: Number.POSITIVE_INFINITY }];
  const choices = [...models.map((model) => ({ model, penaltyMs: 0 })), ...last];
  return { role, choices, weight: 1, headStartMs: 0, patienceMs: 300_000, ...rest };
}

/** A voice model that stays, and two heavy ones of which only one fits beside it. */
export function oneSlot(): {
  readonly pools: readonly Pool[];
  readonly models: readonly Model[];
  readonly roles: readonly RolePlan[];
} {
  return {
    pools: [gpu(12)],
    models: [
      installedModel("voice", [rung("full", 3, { loadMs: 2_000, unloadMs: 300 })], { pinned: true }),
      installedModel("director", [rung("full", 6, { loadMs: 5_000 })]),
      installedModel("coder", [rung("full", 7, { loadMs: 6_000 })]),
    ],
    roles: [
      rolePlan("voice", ["voice"], { patienceMs: 0 }),
      rolePlan("director", ["director"]),
      rolePlan("coder", ["coder"]),
    ],
  };
}
