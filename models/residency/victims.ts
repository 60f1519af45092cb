import type { Share } from "../servers/model-server.ts";
import { fits, more, pinnedIds, type Room } from "./ledger.ts";
import type { Model, Ready, ResidencyState, Variant } from "./residency-state.ts";

/**
 * Credit of a resident that is used now: GreedyDual-Size, `H = L + cost / size` (Cao & Irani, USITS 1997), with the measured
 * load time as the cost and the largest share of a pool that it takes as the size. Landlord (Young 2002) is the same rule.
 */
export function creditNow(
  state: Pick<ResidencyState, "inflation" | "pools">,
  variant: Pick<Variant, "loadMs">,
  shares: readonly Share[],
): number {
  const sizes = shares.map(({ pool, bytes }) => bytes / Math.max(1, capacityOf(state.pools, pool)));
  return state.inflation + variant.loadMs / Math.max(0.001, ...sizes);
}

/** When a resident has had its minimum time: in proportion to what loading it took. */
export function heldUntilMs(state: Pick<ResidencyState, "settings" | "models">, resident: Ready): number {
  return resident.readyMs + state.settings.holdFactor * (rungOf(state.models, resident)?.loadMs ?? 0);
}

/** What coming back would take it. */
export function returnMs(models: readonly Model[], resident: Ready): number {
  const rung = rungOf(models, resident);
  return rung === undefined ? 0 : rung.loadMs + rung.unloadMs;
}

export function rungOf(models: readonly Model[], resident: { model: string; variant: string }): Variant | undefined {
  return models.find((model) => model.id === resident.model)?.ladder.find((rung) => rung.id === resident.variant);
}

/**
 * Everybody who may have to leave, the first to go first: who is not installed any more, then who has had its minimum time, then
 * who is not in use, then the one with the least credit. Pinned models are not in it.
 */
export function evictionOrder(state: ResidencyState): readonly Ready[] {
  const pinned = pinnedIds(state);
  const installed = new Set(state.models.map((model) => model.id));
  return state.residents
    .filter((resident) => resident.status === "ready")
    .filter((resident) => !pinned.has(resident.model))
    .map((resident) => ({
      resident,
      rank:
        (installed.has(resident.model) ? 4 : 0) +
        (heldUntilMs(state, resident) > state.nowMs ? 2 : 0) +
        (resident.leases.length > 0 ? 1 : 0),
    }))
    .sort((a, b) => a.rank - b.rank || a.resident.credit - b.resident.credit || a.resident.load - b.resident.load)
    .map(({ resident }) => resident);
}

/** Who of them must leave so that the shares fit; null if all of them are not enough. */
export function victimsFor(shares: readonly Share[], room: Room, order: readonly Ready[]): readonly Ready[] | null {
  if (fits(shares, room)) return [];
  let left = room;
  const chosen: Ready[] = [];
  for (const resident of order) {
    if (!helps(resident, shares, left)) continue;
    chosen.push(resident);
    left = more(left, resident.shares);
    if (fits(shares, left)) return spared(shares, room, chosen);
  }
  return null;
}

/** Without those who turned out not to be needed, the most valuable first. */
function spared(shares: readonly Share[], room: Room, chosen: readonly Ready[]): readonly Ready[] {
  let needed = chosen;
  for (const candidate of chosen.toReversed()) {
    const others = needed.filter((resident) => resident !== candidate);
    if (fits(shares, more(room, ...others.map((resident) => resident.shares)))) needed = others;
  }
  return needed;
}

function helps(resident: Ready, shares: readonly Share[], room: Room): boolean {
  const short = (pool: string): boolean =>
    shares.some((share) => share.pool === pool && share.bytes > (room.get(pool) ?? 0));
  return resident.shares.some((share) => share.bytes > 0 && short(share.pool));
}

function capacityOf(pools: ResidencyState["pools"], id: string): number {
  return pools.find((pool) => pool.id === id)?.capacityBytes ?? 0;
}
