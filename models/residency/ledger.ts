import type { Share } from "../servers/model-server.ts";
import type { Model, ResidencyState, Resident, Variant } from "./residency-state.ts";

/** Bytes by pool. */
export type Room = ReadonlyMap<string, number>;

type Books = Pick<ResidencyState, "pools" | "models" | "residents" | "nowMs" | "settings">;

/** What a pinned model that is away will be loaded as; `fits` is false when even its smallest rung does not fit beside the other pinned ones. */
export interface Claim {
  readonly model: Model;
  readonly variant: Variant;
  readonly fits: boolean;
}

/** Whether all of it goes in. A pool that is not there has no room. */
export function fits(shares: readonly Share[], room: Room): boolean {
  return shares.every((share) => share.bytes <= (room.get(share.pool) ?? 0));
}

/** Whether a form goes in, and its server would put it there, if it is the server who chooses. */
export function hasPlace({ shares, leastFree }: Variant, room: Room): boolean {
  return fits(shares, room) && (leastFree === undefined || fits(leastFree, room));
}

/**
 * Of forms that are as good as each other, on different GPUs, the one to take: the preferred one, else where least is left, so that
 * what is larger still has a place. Where its server chooses, the one with most room, as that does.
 */
export function goesBefore(a: Variant, b: Variant, room: Room): boolean {
  if (a.preferred !== b.preferred) return a.preferred === true;
  const [left, other] = [leftBeside(a, room), leftBeside(b, room)];
  return a.leastFree === undefined ? left < other : left > other;
}

/** The best form that goes in. */
export function bestPlaced(ladder: readonly Variant[], room: Room): Variant | undefined {
  let best: Variant | undefined;
  for (const form of ladder) {
    if (best !== undefined && form.penaltyMs > best.penaltyMs) break;
    if (hasPlace(form, room) && (best === undefined || goesBefore(form, best, room))) best = form;
  }
  return best;
}

/** What is left after these are taken; may be negative. */
export function less(room: Room, ...taken: readonly (readonly Share[])[]): Room {
  const next = new Map(room);
  for (const shares of taken) add(next, shares, -1);
  return next;
}

/** What there is after these came back. */
export function more(room: Room, ...returned: readonly (readonly Share[])[]): Room {
  const next = new Map(room);
  for (const shares of returned) add(next, shares, 1);
  return next;
}

/** Room for pinned models: what no resident, no other program and not the reserve has. May be negative. */
export function freeForPinned(books: Books): Room {
  return less(whole(books), ...books.residents.map((resident) => resident.shares));
}

/**
 * Room for all other models: besides that, what pinned models that are away have claimed, and the slot's own limit.
 * Memory of a model that is leaving is not free.
 */
export function free(books: Books): Room {
  return beside(books, books.residents);
}

/** `free` when all that is leaving is gone; negative where somebody has to go. A stuck one is not expected to. */
export function freeSoon(books: Books): Room {
  return beside(
    books,
    books.residents.filter((resident) => !isGoing(books, resident)),
  );
}

/** Whether `freeSoon` is negative anywhere: somebody has to go. */
export function isShort(books: Books): boolean {
  // Almost always the sums alone say no, and they are cheap.
  const away = books.models.some((model) => model.pinned && !books.residents.some((it) => it.model === model.id));
  const may = books.pools.some((pool) => {
    const limit = Math.min(
      pool.slotBytes ?? Number.POSITIVE_INFINITY,
      pool.capacityBytes - pool.reserveBytes - pool.foreignBytes,
    );
    return away || bytesIn(books.residents, pool.id) > limit;
  });
  return may && [...freeSoon(books).values()].some((bytes) => bytes < 0);
}

/** Room for all other models if none of them were there. */
export function freeBesidePinned(books: Books): Room {
  const pinned = pinnedIds(books);
  return beside(
    books,
    books.residents.filter((resident) => pinned.has(resident.model)),
  );
}

/** A load or unload that takes so long is stuck: `stuckFactor` times what was predicted, but never less than `stuckMs`. */
export function stuckAtMs(books: Pick<Books, "settings">, busy: { startedMs: number; expectedMs: number }): number {
  return busy.startedMs + Math.max(books.settings.stuckFactor * busy.expectedMs, books.settings.stuckMs);
}

/** The claims of all pinned models that are away. */
export function claims(books: Books): readonly Claim[] {
  return claimsBeside(books, books.residents);
}

export function pinnedIds(books: Pick<Books, "models">): ReadonlySet<string> {
  return new Set(books.models.filter((model) => model.pinned).map((model) => model.id));
}

/** Of the memory that it takes most of. */
function leftBeside({ shares }: Variant, room: Room): number {
  const most = shares.reduce((a, b) => (b.bytes > a.bytes ? b : a), { pool: "", bytes: -1 });
  return (room.get(most.pool) ?? 0) - most.bytes;
}

function bytesIn(residents: readonly Resident[], pool: string): number {
  let sum = 0;
  for (const { shares } of residents) for (const share of shares) if (share.pool === pool) sum += share.bytes;
  return sum;
}

function isGoing(books: Books, resident: Resident): boolean {
  if (resident.status === "ready") return false;
  if (resident.status === "loading" && !resident.cancelled) return false;
  return books.nowMs < stuckAtMs(books, resident);
}

function beside(books: Books, residents: readonly Resident[]): Room {
  const taken = [
    ...residents.map((resident) => resident.shares),
    // A claim that cannot be met even without the others is not kept free for: nobody would gain by it.
    ...claimsBeside(books, residents).flatMap((claim) => (claim.fits ? [claim.variant.shares] : [])),
  ];
  return underSlots(books, less(whole(books), ...taken), residents);
}

function claimsBeside(books: Books, residents: readonly Resident[]): readonly Claim[] {
  const present = new Set(residents.map((resident) => resident.model));
  const away = books.models.filter((model) => model.pinned && !present.has(model.id));
  if (away.length === 0) return [];
  const pinned = pinnedIds(books);
  let room = less(whole(books), ...residents.filter((it) => pinned.has(it.model)).map((it) => it.shares));
  return away.flatMap((model) => {
    const fitting = bestPlaced(model.ladder, room);
    const variant = fitting ?? model.ladder.at(-1);
    if (variant === undefined) return [];
    room = less(room, variant.shares);
    return [{ model, variant, fits: fitting !== undefined }];
  });
}

function whole(books: Books): Room {
  return new Map(books.pools.map((pool) => [pool.id, pool.capacityBytes - pool.reserveBytes - pool.foreignBytes]));
}

function underSlots(books: Books, room: Room, residents: readonly Resident[]): Room {
  if (books.pools.every((pool) => pool.slotBytes === undefined)) return room;
  const pinned = pinnedIds(books);
  const left = less(
    new Map(books.pools.map((pool) => [pool.id, pool.slotBytes ?? Number.POSITIVE_INFINITY])),
    ...residents.filter((resident) => !pinned.has(resident.model)).map((resident) => resident.shares),
  );
  return new Map(books.pools.map(({ id }) => [id, Math.min(room.get(id) ?? 0, left.get(id) ?? 0)]));
}

function add(room: Map<string, number>, shares: readonly Share[], sign: 1 | -1): void {
  for (const { pool, bytes } of shares) room.set(pool, (room.get(pool) ?? 0) + sign * bytes);
}
