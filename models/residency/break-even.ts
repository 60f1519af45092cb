import type { Plan } from "./ladder.ts";
import type { Queue } from "./queues.ts";
import type { Ready, ResidencyState } from "./residency-state.ts";
import { heldUntilMs, returnMs } from "./victims.ts";

/**
 * When somebody may be asked to leave for this queue. Ski rental (Karlin et al. 1988): waiting is rented, a swap is bought, and
 * who buys once the rent paid so far equals the price pays at most twice what a seer would. Here a ticket's rent ends once it has
 * waited as long as the swap costs: a swap serves everybody who waits, so it is worth most when several do. A victim's idleness pays too.
 *
 * Not before every victim has had its minimum time; then as soon as the rents come to `breakEvenFactor` swaps (`workingFactor` times
 * as many while a victim is working), or the oldest ticket has waited for `longestFactor` of them; both weighted by role. Idleness
 * alone comes to it in `idleFactor` times the victim's own way back. For whom a voice turn waits, an idle victim leaves at once,
 * and a working one is not waited out.
 */
export function swapFromMs(state: ResidencyState, queue: Queue, { victims, costMs }: Plan): number {
  const { nowMs, settings } = state;
  const heldMs = Math.max(...victims.map((victim) => heldUntilMs(state, victim)));
  const working = victims.some((victim) => victim.leases.length > 0);
  if (queue.urgent && !working) return Math.max(heldMs, nowMs);
  const factor = breakEvenFactor(state);
  const priceMs = factor * costMs * (working && !queue.urgent ? settings.workingFactor : 1);
  const waits = queue.waiting.map((it) => ({ fromMs: it.arrivedMs, forMs: costMs, weight: it.weight }));
  const rents = working ? waits : [...waits, idleRent(state, victims, priceMs)];
  const mostMs = costMs * Math.min(settings.longestFactor, queue.urgent ? factor : Number.POSITIVE_INFINITY);
  const oldestMs = Math.min(...queue.waiting.map((it) => it.arrivedMs + mostMs / it.weight));
  return Math.max(heldMs, Math.min(oldestMs, paidMs(rents, priceMs, nowMs)));
}

/** Grows by `weight` in a millisecond, for so long. */
interface Rent {
  readonly fromMs: number;
  readonly forMs: number;
  readonly weight: number;
}

function idleRent(state: ResidencyState, victims: readonly Ready[], priceMs: number): Rent {
  const backMs = Math.max(1, ...victims.map((victim) => returnMs(state.models, victim)));
  const forMs = state.settings.idleFactor * backMs;
  return { fromMs: Math.max(...victims.map((victim) => victim.usedMs)), forMs, weight: priceMs / forMs };
}

/** When all rents together come to the price, if no other is added; infinite if they never do. */
function paidMs(rents: readonly Rent[], priceMs: number, nowMs: number): number {
  let paid = rents.reduce((sum, it) => sum + it.weight * Math.min(it.forMs, nowMs - it.fromMs), 0);
  if (paid >= priceMs) return nowMs;
  const growing = rents.filter((it) => endOf(it) > nowMs).toSorted((a, b) => endOf(a) - endOf(b));
  let weight = growing.reduce((sum, it) => sum + it.weight, 0);
  let atMs = nowMs;
  for (const it of growing) {
    const more = weight * (endOf(it) - atMs);
    if (paid + more >= priceMs) return atMs + (priceMs - paid) / weight;
    paid += more;
    weight -= it.weight;
    atMs = endOf(it);
  }
  return Number.POSITIVE_INFINITY;
}

function endOf({ fromMs, forMs }: Rent): number {
  return fromMs + forMs;
}

export function breakEvenFactor(state: Pick<ResidencyState, "settings" | "sticky">): number {
  return state.sticky === null ? state.settings.breakEvenFactor : state.settings.stickyFactor;
}
