import { type Draft, mayBegin, replaceResident, report, unload } from "./draft.ts";
import { claims, freeSoon, isShort, more, pinnedIds, type Room } from "./ledger.ts";
import { endMove } from "./move-end.ts";
import type { Ready, ResidencyState, Resident } from "./residency-state.ts";
import { evictionOrder } from "./victims.ts";

type Loading = Extract<Resident, { status: "loading" }>;

/** Who has to go because more is taken than there is. */
interface Pressed {
  readonly idle: readonly Ready[];
  readonly loading: readonly Loading[];
  readonly busy: readonly Ready[];
}

const nobody: Pressed = { idle: [], loading: [], busy: [] };

/** Loads on which nothing is granted any more: they go as soon as their leases are returned. */
export function closingOf(state: ResidencyState): ReadonlySet<number> {
  const installed = new Set(state.models.map((model) => model.id));
  const { idle, busy } = pressedBy(state);
  return new Set([
    ...(state.move?.phase === "closing" ? state.move.victims : []),
    ...state.residents.filter((resident) => !installed.has(resident.model)).map((resident) => resident.load),
    ...[...idle, ...busy].map((resident) => resident.load),
  ]);
}

/**
 * Makes good what other programs, a measurement or a returning pinned model took: idle models go first, then a load under way is
 * given up, then models in use are closed and go when they are returned. Pinned models never do.
 */
export function relieve(draft: Draft): void {
  dropUninstalled(draft);
  const { idle, loading, busy } = pressedBy(draft);
  if (idle.length + loading.length + busy.length === 0) return;
  const forPinned = claims(draft).some((claim) => claim.fits);
  if (idle.length + loading.length > 0 && mayBegin(draft, forPinned)) {
    const pool = shortest(freeSoon(draft));
    for (const resident of idle) unload(draft, resident, null);
    for (const resident of loading) giveUp(draft, resident);
    const leaving = [...idle, ...loading].map((resident) => resident.model);
    report(draft, { type: "pressure", pool: pool.id, shortBytes: pool.shortBytes, leaving });
  }
}

/** Sends `cancel-load`; the swap that it was part of is over, and its memory counts until the answer comes. */
export function giveUp(draft: Draft, loading: Loading): void {
  replaceResident(draft, loading.load, { ...loading, cancelled: true });
  draft.effects.push({ do: "cancel-load", load: loading.load });
  if (draft.move?.load === loading.load) endMove(draft, "cancelled", []);
}

function dropUninstalled(draft: Draft): void {
  const installed = new Set(draft.models.map((model) => model.id));
  for (const resident of draft.residents) {
    if (installed.has(resident.model)) continue;
    if (resident.status === "ready" && resident.leases.length === 0 && mayBegin(draft, false)) {
      unload(draft, resident, null);
    }
    if (resident.status === "loading" && !resident.cancelled) giveUp(draft, resident);
  }
}

function pressedBy(state: ResidencyState): Pressed {
  if (!isShort(state)) return nobody;
  let room = freeSoon(state);
  const order = evictionOrder(state);
  const pinned = pinnedIds(state);
  const relieved = <R extends Resident>(from: readonly R[]): readonly R[] =>
    from.filter((resident) => {
      if (!resident.shares.some((share) => share.bytes > 0 && (room.get(share.pool) ?? 0) < 0)) return false;
      room = more(room, resident.shares);
      return true;
    });
  const loads = state.residents.filter((resident) => resident.status === "loading");
  return {
    idle: relieved(order.filter((resident) => resident.leases.length === 0)),
    loading: relieved(loads.filter((resident) => !resident.cancelled && !pinned.has(resident.model))),
    busy: relieved(order.filter((resident) => resident.leases.length > 0)),
  };
}

function shortest(room: Room): { readonly id: string; readonly shortBytes: number } {
  const [id, bytes] = [...room.entries()].toSorted((a, b) => a[1] - b[1])[0] ?? ["", 0];
  return { id, shortBytes: Math.max(0, -bytes) };
}
