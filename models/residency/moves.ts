import { chooseAgain } from "./answers.ts";
import { swapFromMs } from "./break-even.ts";
import { type Draft, load, mayBegin, modelOf, report, unload } from "./draft.ts";
import { advanceGrowth } from "./grow.ts";
import { type Plan, type Prospect, planFor, prospect } from "./ladder.ts";
import { fits, free, freeSoon, less, more, stuckAtMs } from "./ledger.ts";
import { endMove } from "./move-end.ts";
import { giveUp } from "./pressure.ts";
import { type Queue, queuesOf } from "./queues.ts";
import type { Move, Ready, Variant } from "./residency-state.ts";

/**
 * Takes the swap that is under way one step on, or begins the next one. Returns true when tickets changed the model that they
 * wait for, or the swap is over, so that everything has to be looked at again.
 */
export function advance(draft: Draft): boolean {
  const { move } = draft;
  const queues = queuesOf(draft);
  if (move === null) return beginNext(draft, queues);
  if (move.growsFrom !== undefined) return advanceGrowth(draft, move);
  const queue = queues.find((it) => it.model === move.model);
  switch (move.phase) {
    case "closing":
      return whileClosing(draft, move, queue);
    case "leaving":
      return whileLeaving(draft, move, queue);
    case "loading":
      return whileLoading(draft, move, queue);
  }
}

/** The first queue whose model can be loaded has the turn; others may only use what it leaves free. */
function beginNext(draft: Draft, queues: readonly Queue[]): boolean {
  const eligible = queues.filter((queue) => canBegin(draft, queue));
  const [first, ...others] = eligible;
  if (first === undefined) return false;
  const model = modelOf(draft, first.model);
  const view = prospect(draft);
  const plan = model === undefined ? null : planFor(draft, model, view);
  if (plan === null) {
    chooseAgain(draft, first.model, { without: true });
    return true;
  }
  if (plan.victims.length === 0) return startLoad(draft, plan, first);
  const fromMs = swapFromMs(draft, first, plan);
  if (fromMs > draft.nowMs) {
    draft.wakes.push(fromMs);
    return fillIn(draft, others, { plan, view });
  }
  draft.move = moveFor(draft, plan, "closing");
  return true;
}

/** Meanwhile loads a model that fits into what is free, and would still fit after the first in the queue has come. */
function fillIn(
  draft: Draft,
  queues: readonly Queue[],
  { plan: first, view }: { readonly plan: Plan; readonly view: Prospect },
): boolean {
  const now = free(draft);
  const then = less(more(freeSoon(draft), ...first.victims.map((victim) => victim.shares)), first.variant.shares);
  for (const queue of queues) {
    const model = modelOf(draft, queue.model);
    if (model === undefined) continue;
    if (!model.ladder.some((rung) => fits(rung.shares, now) && fits(rung.shares, then))) continue;
    const plan = planFor(draft, model, view);
    if (plan === null || plan.victims.length > 0) continue;
    if (fits(plan.variant.shares, now) && fits(plan.variant.shares, then)) return startLoad(draft, plan, queue);
  }
  return false;
}

function canBegin(draft: Draft, queue: Queue): boolean {
  const model = modelOf(draft, queue.model);
  if (model?.pinned === true) return false;
  if (draft.residents.some((resident) => resident.model === queue.model)) return false;
  const untilMs = draft.backOffs.find((it) => it.model === queue.model)?.untilMs ?? 0;
  if (untilMs > draft.nowMs) draft.wakes.push(untilMs);
  return untilMs <= draft.nowMs;
}

function whileClosing(draft: Draft, move: Move, queue: Queue | undefined): boolean {
  const model = modelOf(draft, move.model);
  if (queue === undefined || model === undefined) {
    endMove(draft, "cancelled", []);
    return true;
  }
  const plan = planFor(draft, model, prospect(draft));
  if (plan === null) {
    endMove(draft, "failed", []);
    chooseAgain(draft, move.model, { without: true });
    return true;
  }
  const victims = draft.residents.filter((it) => it.status === "ready").filter((it) => move.victims.includes(it.load));
  const target = model.ladder.find((rung) => rung.id === move.variant);
  const stillEnough =
    target !== undefined && fits(target.shares, more(freeSoon(draft), ...victims.map((it) => it.shares)));
  const atOnce = plan.victims.every((victim) => victim.leases.length === 0);
  if (!stillEnough || (atOnce && !sameVictims(plan.victims, victims))) {
    draft.move = { ...moveFor(draft, plan, "closing"), decidedMs: move.decidedMs, startedMs: move.startedMs };
    return true;
  }
  if (victims.some((victim) => victim.leases.length > 0)) return false;
  if (!mayBegin(draft, queue.urgent)) return false;
  evict(draft, { ...move, variant: target.id }, { victims, queue });
  return whileLeaving(draft, draft.move ?? move, queue);
}

function evict(draft: Draft, move: Move, by: { readonly victims: readonly Ready[]; readonly queue: Queue }): void {
  draft.inflation = Math.max(draft.inflation, ...by.victims.map((victim) => victim.credit));
  for (const victim of by.victims) unload(draft, victim, null);
  draft.deferredSinceMs = null;
  draft.move = { ...move, phase: "leaving", startedMs: move.startedMs ?? draft.nowMs };
  if (move.startedMs === null) startSpan(draft, move, by.queue);
}

function whileLeaving(draft: Draft, move: Move, queue: Queue | undefined): boolean {
  if (queue === undefined) {
    endMove(draft, "cancelled", []);
    return true;
  }
  const going = draft.residents.filter((it) => move.victims.includes(it.load));
  const model = modelOf(draft, move.model);
  const variant = model?.ladder.find((rung) => rung.id === move.variant);
  if (model !== undefined && variant !== undefined && fits(variant.shares, free(draft))) {
    if (!mayBegin(draft, queue.urgent)) return false;
    begin(draft, move, variant);
    return false;
  }
  const stuckMs = Math.max(0, ...going.filter((it) => it.status === "leaving").map((it) => stuckAtMs(draft, it)));
  if (stuckMs > draft.nowMs) draft.wakes.push(stuckMs);
  if (variant !== undefined && fits(variant.shares, freeSoon(draft))) return false;
  // Another program took what had become free, or what leaves is stuck: think again, with the time spent so far on the bill.
  const plan = model === undefined ? null : planFor(draft, model, prospect(draft));
  if (plan === null) {
    endMove(draft, "failed", []);
    chooseAgain(draft, move.model, { without: true });
    return true;
  }
  draft.move = { ...moveFor(draft, plan, "closing"), decidedMs: move.decidedMs, startedMs: move.startedMs };
  return true;
}

function whileLoading(draft: Draft, move: Move, queue: Queue | undefined): boolean {
  const loading = draft.residents.find((it) => it.load === move.load);
  if (loading?.status !== "loading" || loading.cancelled) return false;
  const stuckMs = stuckAtMs(draft, loading);
  const elapsed = (draft.nowMs - loading.startedMs) / Math.max(1, loading.expectedMs);
  const unwanted = queue === undefined && (loading.progress ?? elapsed) < draft.settings.cancelShare;
  if (!unwanted && stuckMs > draft.nowMs) {
    draft.wakes.push(stuckMs);
    return false;
  }
  giveUp(draft, loading);
  return true;
}

/** Nobody leaves for it. Memory that is on its way back may have to be waited for. */
function startLoad(draft: Draft, plan: Plan, queue: Queue): boolean {
  if (!mayBegin(draft, queue.urgent)) return false;
  draft.move = { ...moveFor(draft, plan, "leaving"), startedMs: draft.nowMs };
  startSpan(draft, draft.move, queue);
  return whileLeaving(draft, draft.move, queue);
}

function begin(draft: Draft, move: Move, variant: Variant): void {
  const model = modelOf(draft, move.model);
  if (model === undefined) return;
  draft.deferredSinceMs = null;
  draft.move = { ...move, phase: "loading", load: load(draft, model, variant) };
  if (variant.penaltyMs > 0) {
    const { id, label, penaltyMs } = variant;
    const why = "what is better does not fit, or would cost more waiting than it is worth";
    report(draft, { type: "degrade", model: model.id, variant: id, label, penaltyMs, why });
  }
}

function startSpan(draft: Draft, move: Move, queue: Queue): void {
  const { model, variant, leaving, expectedMs } = move;
  // Filling free memory is no thrash, however long it takes.
  if (leaving.length > 0) draft.swaps = [...draft.swaps, { fromMs: draft.nowMs, toMs: null }];
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const why =
    leaving.length === 0
      ? "its memory is free"
      : `${queue.tickets} waited ${seconds(queue.waitedMs)} together, the swap takes about ${seconds(expectedMs)}`;
  report(draft, { type: "swap-start", model, variant, leaving, expectedMs, waiting: queue.tickets, why });
}

function moveFor(draft: Draft, plan: Plan, phase: Move["phase"]): Move {
  return {
    model: plan.model.id,
    variant: plan.variant.id,
    victims: plan.victims.map((victim) => victim.load),
    leaving: plan.victims.map((victim) => victim.model),
    phase,
    load: null,
    decidedMs: draft.nowMs,
    startedMs: null,
    expectedMs: plan.swapMs,
  };
}

function sameVictims(a: readonly Ready[], b: readonly Ready[]): boolean {
  return a.length === b.length && a.every((victim) => b.some((other) => other.load === victim.load));
}
