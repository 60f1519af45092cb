import type { ModelErrorCode } from "../errors.ts";
import type { Role } from "../roles.ts";
import { claims, freeBesidePinned } from "./ledger.ts";
import type { Model, ResidencyState, Ticket, Variant } from "./residency-state.ts";

/** Why a ticket cannot be served: what a `ModelError` is made of. */
export interface Refusal {
  readonly code: ModelErrorCode;
  readonly message: string;
}

/** Nothing that can do this role's work can be loaded at all. */
export function hopeless(state: ResidencyState, role: Role): Refusal {
  const choices = state.roles.find((plan) => plan.role === role)?.choices ?? [];
  const models = choices.flatMap((choice) => state.models.find((model) => model.id === choice.model) ?? []);
  const [first] = models;
  if (first === undefined) {
    return { code: "not-installed", message: `No ${role} model is installed; sotto models shows how to get one` };
  }
  const failed = state.backOffs.find((it) => it.model === first.id && it.untilMs > state.nowMs);
  if (failed !== undefined) return { code: failed.code, message: `The ${role} model ${first.id}: ${failed.why}` };
  return tooLarge(state, role, models);
}

/** It waited as long as its role is patient. */
export function overdue(state: ResidencyState, ticket: Ticket): Refusal {
  const { role, model } = ticket;
  const installed = state.models.find((it) => it.id === model);
  const failed = state.backOffs.find((it) => it.model === model && it.untilMs > state.nowMs);
  if (installed?.pinned === true) {
    const claim = claims(state).find((it) => it.model.id === model);
    if (claim?.fits === false) return tooLarge(state, role, [installed]);
    const why = failed === undefined ? "is being started" : `is being started again (${failed.why})`;
    return { code: "host-exited", message: `The ${role} model ${model} ${why}; try again in a moment` };
  }
  const waitedSeconds = Math.round((state.nowMs - ticket.arrivedMs) / 1_000);
  const because = failed === undefined ? busyWith(state, ticket) : failed.why;
  return { code: "busy", message: `The ${role} model ${model} could not be had within ${waitedSeconds} s: ${because}` };
}

function busyWith(state: ResidencyState, ticket: Ticket): string {
  const users = state.residents.filter((it) => it.status === "ready" && it.leases.length > 0).map((it) => it.model);
  const inUse = users.filter((model) => model !== ticket.model);
  if (inUse.length > 0) return `${inUse.join(" and ")} is in use; try again later`;
  return `${state.tickets.length} requests are waiting; try again later`;
}

function tooLarge(state: ResidencyState, role: Role, models: readonly Model[]): Refusal {
  const rungs = models.flatMap((model) => model.ladder.map((variant) => ({ model, variant })));
  const smallest = rungs.toSorted((a, b) => bytesOf(a.variant) - bytesOf(b.variant))[0];
  if (smallest === undefined) return { code: "no-memory", message: `No way to load the ${role} model is known` };
  // The slot is for those who take turns.
  const pools = state.pools.map(({ slotBytes: _, ...pool }) => pool);
  const room = freeBesidePinned(
    smallest.model.pinned
      ? { ...state, pools, residents: state.residents.filter((it) => it.model !== smallest.model.id) }
      : state,
  );
  const short = smallest.variant.shares.find(({ pool, bytes }) => bytes > (room.get(pool) ?? 0));
  const pool = short?.pool ?? "memory";
  const needs = `The ${role} model ${smallest.model.id} needs ${amount(short?.bytes ?? 0)} of ${pool}`;
  const slotBytes = state.pools.find((it) => it.id === pool)?.slotBytes;
  if (!smallest.model.pinned && slotBytes !== undefined && room.get(pool) === slotBytes) {
    const todo = "allow more, or choose a smaller model";
    return {
      code: "no-memory",
      message: `${needs}, but --slot-bytes (memory.slotBytes) gives the slot no more than ${amount(slotBytes)}: ${todo}`,
    };
  }
  const pinned = state.models
    .filter((model) => model.pinned && model.id !== smallest.model.id)
    .map((model) => model.id);
  const beside = pinned.length === 0 ? "" : ` beside ${pinned.join(", ")}`;
  const foreignBytes = state.pools.find((it) => it.id === pool)?.foreignBytes ?? 0;
  const others = foreignBytes > 0 ? `; other programs hold ${amount(foreignBytes)}` : "";
  return {
    code: "no-memory",
    message: `${needs}, ${amount(Math.max(0, room.get(pool) ?? 0))} is free${beside}${others}`,
  };
}

function bytesOf(variant: Variant): number {
  return variant.shares.reduce((sum, share) => sum + share.bytes, 0);
}

function amount(bytes: number): string {
  return bytes >= 1e6 && bytes < 1e8 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
