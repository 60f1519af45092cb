import { fits, freeBesidePinned, freeSoon, goesBefore, hasPlace, more, type Room } from "./ledger.ts";
import type { Model, Ready, ResidencyState, Variant } from "./residency-state.ts";
import { evictionOrder, returnMs, rungOf, victimsFor } from "./victims.ts";

/** How a model could come into memory. */
export interface Plan {
  readonly model: Model;
  readonly variant: Variant;
  readonly victims: readonly Ready[];
  /** Predicted, from the first unload to the end of the load. */
  readonly swapMs: number;
  /** The swap, and the way back of the victims that were used lately. */
  readonly costMs: number;
  /** What it costs altogether, in milliseconds of waiting: the swap, the rung's penalty, and the victims' way back. */
  readonly priceMs: number;
}

/** What every plan made at the same moment starts from. */
export interface Prospect {
  readonly room: Room;
  readonly order: readonly Ready[];
}

export function prospect(state: ResidencyState): Prospect {
  return { room: freeSoon(state), order: evictionOrder(state) };
}

/**
 * The cheapest rung of a model's ladder. A rung that fits beside everybody costs its load and its penalty; a better one may cost
 * that somebody leaves now and, if it was used lately, comes back later. At the same price the better rung wins.
 * Null if no rung fits even alone beside the pinned models.
 */
export function planFor(state: ResidencyState, model: Model, from: Prospect): Plan | null {
  // A model never makes room for another form of itself: its present one is used instead.
  const order = from.order.filter((resident) => resident.model !== model.id);
  let best: Plan | null = null;
  for (const variant of model.ladder) {
    // Penalties never fall along the ladder, so neither can prices below this one.
    if (best !== null && variant.penaltyMs >= best.priceMs) break;
    const victims = victimsFor(variant.shares, from.room, order);
    if (victims === null || !isChosen(variant, victims, from.room)) continue;
    const plan = priced(state, model, variant, victims);
    if (best === null || isBetter(plan, best, from.room)) best = plan;
  }
  return best;
}

/** Whether its server would choose this place, if it is the server who does, when they are gone. */
function isChosen(variant: Variant, victims: readonly Ready[], room: Room): boolean {
  return variant.leastFree === undefined || hasPlace(variant, more(room, ...victims.map(({ shares }) => shares)));
}

/** Where two places are free already, what loads took there before does not choose between them. */
function isBetter(plan: Plan, best: Plan, room: Room): boolean {
  const areFree = plan.victims.length === 0 && best.victims.length === 0;
  if (!areFree || plan.variant.penaltyMs !== best.variant.penaltyMs) return plan.priceMs < best.priceMs;
  return goesBefore(plan.variant, best.variant, room);
}

/** Whether any rung fits if all other models that may leave were gone. */
export function couldEverFit(state: ResidencyState, model: Model, room: Room = freeBesidePinned(state)): boolean {
  return model.ladder.some((rung) => fits(rung.shares, room));
}

function priced(state: ResidencyState, model: Model, variant: Variant, victims: readonly Ready[]): Plan {
  const unloadMs = Math.max(0, ...victims.map((victim) => rungOf(state.models, victim)?.unloadMs ?? 0));
  const wantedBack = victims.filter((victim) => state.nowMs - victim.usedMs < state.settings.windowMs);
  const returnsMs = wantedBack.reduce((sum, victim) => sum + returnMs(state.models, victim), 0);
  const swapMs = unloadMs + variant.loadMs;
  const costMs = swapMs + returnsMs;
  return { model, variant, victims, swapMs, costMs, priceMs: costMs + variant.penaltyMs };
}
