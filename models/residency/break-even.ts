import type { Plan } from "./ladder.ts";
import type { Queue } from "./queues.ts";
import type { ResidencyState } from "./residency-state.ts";
import { heldUntilMs, returnMs } from "./victims.ts";

/**
 * When somebody may be asked to leave for this queue. Ski rental (Karlin et al. 1988): waiting is rented, a swap is bought, and
 * who buys once the rent paid so far equals the price pays at most twice what a seer would.
 *
 * Not before every victim has had its minimum time; then as soon as either the queue has waited, all its tickets together and
 * weighted by role, as long as the swap takes, or every victim has been idle for as long as its own way back would take. For whom a
 * voice turn waits, an idle victim leaves at once.
 */
export function swapFromMs(state: ResidencyState, queue: Queue, plan: Plan): number {
  const { nowMs, settings } = state;
  const factor = breakEvenFactor(state);
  const evenMs = nowMs + Math.max(0, factor * plan.costMs - queue.waitedMs) / queue.weight;
  const idleMs = Math.max(
    ...plan.victims.map((victim) =>
      victim.leases.length > 0
        ? Number.POSITIVE_INFINITY
        : victim.usedMs + (queue.urgent ? 0 : settings.lingerFactor * returnMs(state.models, victim)),
    ),
  );
  const heldMs = Math.max(...plan.victims.map((victim) => heldUntilMs(state, victim)));
  return Math.max(heldMs, Math.min(evenMs, idleMs));
}

export function breakEvenFactor(state: Pick<ResidencyState, "settings" | "sticky">): number {
  return state.sticky === null ? state.settings.breakEvenFactor : state.settings.stickyFactor;
}
