import type { ModelStatus, ModelsStatus, PoolStatus, Role, SwapStatus } from "../roles.ts";
import { type Model, type ResidencyState, type Resident, unlimitedBytes } from "./residency-state.ts";

/** What holds memory, as people see it. */
export function statusOf(state: ResidencyState, nowMs: number): ModelsStatus {
  return {
    models: state.roles.flatMap((plan) => {
      const model = state.models.find(({ id }) => id === plan.choices[0]?.model);
      return model === undefined ? [] : [modelStatus(state, plan.role, model)];
    }),
    pools: poolsOf(state),
    swap: swapOf(state, nowMs),
    sticky: state.sticky?.why ?? null,
  };
}

/** Speech is ours, too; to the probe of the system's memory it is another program. */
export function withEngines(
  pools: readonly PoolStatus[],
  engines: readonly Pick<ModelStatus, "bytes">[],
): readonly PoolStatus[] {
  const bytes = engines.reduce((sum, engine) => sum + engine.bytes, 0);
  return pools.map((pool) => {
    if (pool.kind === "vram") return pool;
    const ours = Math.min(bytes, pool.foreignBytes);
    return { ...pool, usedBytes: pool.usedBytes + ours, foreignBytes: pool.foreignBytes - ours };
  });
}

function modelStatus(state: ResidencyState, role: Role, model: Model): ModelStatus {
  const resident = state.residents.find((it) => it.model === model.id);
  const failed = state.backOffs.find((it) => it.model === model.id && it.untilMs > state.nowMs);
  const rung = model.ladder.find(({ id }) => id === resident?.variant);
  const isLess = rung !== undefined && rung.penaltyMs > 0;
  const note = resident === undefined ? failed?.why : isLess ? rung.label : undefined;
  return {
    role,
    model: model.id,
    state: resident === undefined ? (failed === undefined ? "absent" : "failed") : stateOf(resident),
    bytes: resident === undefined ? 0 : sum(resident),
    pinned: model.pinned,
    leases: resident?.status === "ready" ? resident.leases.length : 0,
    ...(note === undefined ? {} : { note }),
  };
}

function stateOf(resident: Resident): ModelStatus["state"] {
  if (resident.status === "ready") return "ready";
  return resident.status === "loading" ? "starting" : "leaving";
}

function poolsOf(state: ResidencyState): readonly PoolStatus[] {
  const known = state.pools.filter(({ capacityBytes }) => capacityBytes < unlimitedBytes);
  return known.map(({ id, capacityBytes, reserveBytes, foreignBytes }) => ({
    id,
    kind: id === "ram" ? "ram" : id.startsWith("unified") ? "unified" : "vram",
    capacityBytes,
    reserveBytes,
    foreignBytes,
    usedBytes: state.residents.reduce((bytes, resident) => bytes + sum(resident, id), 0),
  }));
}

function swapOf({ move, residents, roles }: ResidencyState, nowMs: number): SwapStatus | null {
  if (move === null) return null;
  const role = roles.find(({ choices }) => choices.some(({ model }) => model === move.model))?.role ?? "director";
  const leaving = residents.filter(({ load }) => move.victims.includes(load)).map(({ model }) => model);
  const elapsedMs = move.startedMs === null ? 0 : Math.max(0, nowMs - move.startedMs);
  return { role, model: move.model, leaving, elapsedMs, expectedMs: move.expectedMs };
}

function sum(resident: Resident, pool?: string): number {
  return resident.shares.reduce(
    (bytes, share) => (pool === undefined || share.pool === pool ? bytes + share.bytes : bytes),
    0,
  );
}
