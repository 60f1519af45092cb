import type { Forecast, Role } from "../roles.ts";
import { swapFromMs } from "./break-even.ts";
import { chooseModel } from "./choices.ts";
import { planFor, prospect } from "./ladder.ts";
import { closingOf } from "./pressure.ts";
import { type Queue, queuesOf } from "./queues.ts";
import { hopeless } from "./refusals.ts";
import type { Model, ResidencyState } from "./residency-state.ts";

/**
 * How long a lease for this role would take if it were asked for now, as predicted: what is left of the swap under way, a turn for each
 * model that others wait for, and its own. How long others will go on using a model that has to leave is not known and not in it; the
 * status is then `queue`.
 */
export function forecast(state: ResidencyState, role: Role, nowMs: number): Forecast {
  const now = { ...state, nowMs: Math.max(state.nowMs, nowMs) };
  const id = chooseModel(now, { role, failures: 0 });
  const model = now.models.find((it) => it.id === id);
  if (model === undefined) return { status: "unavailable", why: hopeless(now, role).message };
  const resident = now.residents.find((it) => it.model === model.id);
  const closing = resident !== undefined && closingOf(now).has(resident.load);
  if (resident?.status === "ready" && !closing) return { status: "ready", model: model.id, waitMs: 0 };
  if (resident?.status === "loading" && !resident.cancelled) {
    const waitMs = Math.max(0, resident.startedMs + resident.expectedMs - now.nowMs);
    const swapping = now.move?.model === model.id && now.move.leaving.length > 0;
    return { status: swapping ? "swap" : "load", model: model.id, waitMs };
  }
  if (now.move?.model === model.id && now.move.startedMs !== null) {
    return { status: "swap", model: model.id, waitMs: restOfMoveMs(now) };
  }
  return yetToCome(now, role, model);
}

function yetToCome(state: ResidencyState, role: Role, model: Model): Forecast {
  const rivals = queuesOf(state).filter((queue) => queue.model !== model.id && !isPinned(state, queue.model));
  const moving = state.move !== null && state.move.model !== model.id;
  const rivalsMs = rivals
    .filter((queue) => queue.model !== state.move?.model)
    .reduce((sum, queue) => sum + turnOfMs(state, queue.model), 0);
  const beforeMs = (moving ? restOfMoveMs(state) : 0) + rivalsMs;
  const plan = planFor(state, model, prospect(state));
  const swapMs = plan?.swapMs ?? model.ladder[0]?.loadMs ?? 0;
  const victims = plan?.victims ?? [];
  const gateMs =
    plan === null || victims.length === 0 ? 0 : swapFromMs(state, queueOf(state, role, model.id), plan) - state.nowMs;
  const waitMs = Math.max(beforeMs, gateMs) + swapMs;
  const busy = rivals.length > 0 || moving || victims.some((victim) => victim.leases.length > 0);
  const status = busy ? "queue" : victims.length > 0 ? "swap" : "load";
  return { status, model: model.id, waitMs };
}

function queueOf(state: ResidencyState, role: Role, model: string): Queue {
  const present = queuesOf(state).find((queue) => queue.model === model);
  if (present !== undefined) return present;
  const weight = Math.max(1, state.roles.find((it) => it.role === role)?.weight ?? 1);
  const waiting = [{ arrivedMs: state.nowMs, weight }];
  // A director is asked for aloud, and somebody listens into the silence.
  return { model, tickets: 1, waiting, aheadMs: state.nowMs, waitedMs: 0, urgent: role === "director" };
}

function restOfMoveMs({ move, nowMs }: ResidencyState): number {
  if (move === null) return 0;
  return Math.max(0, (move.startedMs ?? nowMs) + move.expectedMs - nowMs);
}

function turnOfMs(state: ResidencyState, id: string): number {
  const rung = state.models.find((it) => it.id === id)?.ladder[0];
  return rung === undefined ? 0 : rung.loadMs * (1 + state.settings.holdFactor) + rung.unloadMs;
}

function isPinned(state: ResidencyState, id: string): boolean {
  return state.models.some((model) => model.id === id && model.pinned);
}
