import { type Draft, modelOf } from "./draft.ts";
import type { GrowthRecord } from "./growth-book.ts";
import { bestPlaced, fits, free, less, more } from "./ledger.ts";
import type { Model, Ready, Variant } from "./residency-state.ts";
import { heldUntilMs, rungOf } from "./victims.ts";

/** A model loaded smaller than wanted, and the larger form that there is room for. */
export interface Growth {
  readonly resident: Ready;
  readonly model: Model;
  readonly larger: Variant;
  readonly record: GrowthRecord;
  /** Each use in the present form costs so much, in milliseconds of waiting. */
  readonly gainMs: number;
  /** Unloading the one form and loading the other. */
  readonly costMs: number;
  /** The room has to have been there for so long. */
  readonly settleMs: number;
  /** Not before this moment, if nothing changes; `Infinity`: it is not worth it yet, or not now. */
  readonly fromMs: number;
}

/** A model grows when what its uses cost comes to so many times the price, and it has been idle for as long. */
const evenFactor = 2;
/** Nobody has talked or waited for so long: it is a quiet moment. */
const calmMs = 10_000;
/** Room has come back for good when it was there for so many times what growing costs, and never sooner than this. */
const settleFactor = 10;
const leastSettleMs = 60_000;
const mostSettleMs = 3_600_000;
/** A growth has lasted when the model was not loaded small again for so many times what it had waited for. */
const lastingFactor = 4;
/** Of a memory, what has to stay free beside the larger form: other programs breathe. */
const marginShare = 0.02;

/**
 * Brings the book up to date after everything else in a step was decided. Returns what may grow, who may soonest first.
 *
 * Ski rental again: each use of the smaller form pays its penalty as rent, and loading the larger form is bought once the rent
 * paid comes to `evenFactor` times its price. So that it does not flap, the room must have been there for some time without a
 * break, and twice as long for each time in a row that a growth did not last.
 */
export function growths(draft: Draft): readonly Growth[] {
  noteCalm(draft);
  const small = draft.residents.flatMap((resident) => smaller(draft, resident));
  if (small.length === 0 && draft.growth.records.length === 0) return [];
  const found = small.map(({ resident, model, rung }) => {
    const larger = largerForm(draft, { resident, model, rung });
    return { resident, model, rung, larger, record: noted(draft, resident, larger) };
  });
  // Whoever is not in memory, or is large, keeps what was learnt about its growths.
  const others = draft.growth.records.filter(
    (it) => modelOf(draft, it.model) !== undefined && found.every(({ model }) => model.id !== it.model),
  );
  draft.growth = {
    ...draft.growth,
    records: [
      ...others.filter(({ last, inVain }) => last !== null || inVain > 0),
      ...found.map(({ record }) => record),
    ],
  };
  return found
    .flatMap(({ larger, ...it }) => (larger === undefined ? [] : [growthOf(draft, { ...it, larger })]))
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

function noteCalm(draft: Draft): void {
  const isCalm = draft.turns.length === 0 && draft.tickets.length === 0 && draft.move === null;
  if (isCalm === (draft.growth.calmSinceMs !== null)) return;
  draft.growth = { ...draft.growth, calmSinceMs: isCalm ? draft.nowMs : null };
}

interface Small {
  readonly resident: Ready;
  readonly model: Model;
  readonly rung: Variant;
}

/** A pinned model keeps its process for as long as voice mode lasts, however small it had to be loaded. */
function smaller(draft: Draft, resident: Draft["residents"][number]): readonly Small[] {
  if (resident.status !== "ready") return [];
  const model = modelOf(draft, resident.model);
  if (model === undefined || model.pinned) return [];
  const rung = rungOf([model], resident);
  return rung === undefined || rung.penaltyMs <= (model.ladder[0]?.penaltyMs ?? 0) ? [] : [{ resident, model, rung }];
}

/** The best form for which nobody has to leave, with something to spare where it takes more than now. */
function largerForm(draft: Draft, { resident, model, rung }: Small): Variant | undefined {
  const room = more(free(draft), resident.shares);
  const forms = model.ladder.filter((larger) => {
    if (larger.penaltyMs >= rung.penaltyMs) return false;
    const margin = draft.pools.map(({ id, capacityBytes }) => ({
      pool: id,
      bytes: bytesIn(larger, id) > bytesIn(resident, id) ? capacityBytes * marginShare : 0,
    }));
    return fits(larger.shares, less(room, margin));
  });
  return bestPlaced(forms, room);
}

function noted(draft: Draft, { model, load, readyMs }: Ready, larger: Variant | undefined): GrowthRecord {
  const known = draft.growth.records.find((it) => it.model === model);
  const granted = draft.effects.filter((it) => it.do === "grant" && it.load === load).length;
  const before = known?.load === load ? known : renewed(known, { model, load, readyMs });
  const roomSinceMs = larger === undefined ? null : (before.roomSinceMs ?? draft.nowMs);
  return { ...before, uses: before.uses + granted, roomSinceMs };
}

/** It is small again: did its last growth last? */
function renewed(known: GrowthRecord | undefined, now: Pick<Ready, "model" | "load" | "readyMs">): GrowthRecord {
  const { model, load, readyMs } = now;
  const last = known?.last ?? null;
  const soon = last !== null && readyMs - last.atMs < lastingFactor * last.settleMs;
  const inVain = last === null ? (known?.inVain ?? 0) : soon ? (known?.inVain ?? 0) + 1 : 0;
  return { model, load, uses: 0, roomSinceMs: null, inVain, last: null };
}

function growthOf(draft: Draft, it: Small & { readonly larger: Variant; readonly record: GrowthRecord }): Growth {
  const { resident, model, rung, larger, record } = it;
  const gainMs = rung.penaltyMs - larger.penaltyMs;
  const costMs = rung.unloadMs + larger.loadMs;
  const settleMs = Math.min(mostSettleMs, Math.max(leastSettleMs, settleFactor * costMs) * 2 ** record.inVain);
  const isWorth = record.uses * gainMs >= evenFactor * costMs;
  const isFree = resident.leases.length === 0 && draft.sticky === null && isWhole(draft);
  const fromMs =
    !isWorth || !isFree || draft.growth.calmSinceMs === null || record.roomSinceMs === null
      ? Number.POSITIVE_INFINITY
      : Math.max(
          draft.growth.calmSinceMs + calmMs,
          record.roomSinceMs + settleMs,
          resident.usedMs + Math.max(calmMs, evenFactor * costMs),
          heldUntilMs(draft, resident),
        );
  return { resident, model, larger, record, gainMs, costMs, settleMs, fromMs };
}

/** Every pinned model is there: nothing else has to be seen to. */
function isWhole(draft: Draft): boolean {
  const ready = new Set(draft.residents.flatMap((it) => (it.status === "ready" ? [it.model] : [])));
  return draft.models.every((model) => !model.pinned || ready.has(model.id));
}

function bytesIn({ shares }: Pick<Variant, "shares">, pool: string): number {
  return shares.reduce((sum, share) => (share.pool === pool ? sum + share.bytes : sum), 0);
}
