import { type Draft, load, modelOf, report, unload } from "./draft.ts";
import { type Growth, growths } from "./growth.ts";
import { fits, free, freeSoon, stuckAtMs } from "./ledger.ts";
import { endMove } from "./move-end.ts";
import { giveUp } from "./pressure.ts";
import type { Move } from "./residency-state.ts";

/** Begins to load a model larger, when room for that has come back for good, or sees to it that it is looked at again. */
export function beginGrowth(draft: Draft): void {
  const [first] = growths(draft);
  if (first === undefined || first.fromMs === Number.POSITIVE_INFINITY) return;
  if (first.fromMs > draft.nowMs) {
    draft.wakes.push(first.fromMs);
    return;
  }
  const { resident, model, larger } = first;
  unload(draft, resident, null);
  draft.move = {
    model: model.id,
    variant: larger.id,
    growsFrom: resident.variant,
    victims: [],
    leaving: [],
    phase: "leaving",
    load: null,
    decidedMs: draft.nowMs,
    startedMs: draft.nowMs,
    expectedMs: first.costMs,
  };
  note(draft, first);
  reportStart(draft, first);
  watchLeaving(draft, model.id);
}

/**
 * Takes a growth one step on. Nobody waits for it, so it begins nothing while somebody talks, and makes way for whoever asks for
 * a model meanwhile. Returns true when it is over before its load ended, so that everything has to be looked at again.
 */
export function advanceGrowth(draft: Draft, move: Move): boolean {
  if (move.phase === "loading") return whileLoading(draft, move);
  const model = modelOf(draft, move.model);
  const larger = model?.ladder.find((rung) => rung.id === move.variant);
  const leaving = draft.residents.find((it) => it.model === move.model && it.status === "leaving");
  const isStuck = leaving?.status === "leaving" && stuckAtMs(draft, leaving) <= draft.nowMs;
  // Whoever asks is served by an ordinary load, which finds the same room.
  const isOver = draft.tickets.length > 0 || isStuck || larger === undefined || !fits(larger.shares, freeSoon(draft));
  if (isOver || model === undefined) {
    endMove(draft, "cancelled", []);
    return true;
  }
  if (leaving !== undefined || !fits(larger.shares, free(draft))) watchLeaving(draft, move.model);
  else if (draft.turns.length === 0) draft.move = { ...move, phase: "loading", load: load(draft, model, larger) };
  return false;
}

function whileLoading(draft: Draft, move: Move): boolean {
  const loading = draft.residents.find((it) => it.load === move.load);
  if (loading?.status !== "loading" || loading.cancelled) return false;
  const elapsed = (draft.nowMs - loading.startedMs) / Math.max(1, loading.expectedMs);
  const isEarly = (loading.progress ?? elapsed) < draft.settings.cancelShare;
  const others = draft.tickets.filter((ticket) => ticket.model !== move.model);
  const isInTheWay = others.length > 0 && others.length === draft.tickets.length && isEarly;
  const stuckMs = stuckAtMs(draft, loading);
  if (!isInTheWay && stuckMs > draft.nowMs) {
    draft.wakes.push(stuckMs);
    return false;
  }
  giveUp(draft, loading);
  return true;
}

function watchLeaving(draft: Draft, model: string): void {
  for (const it of draft.residents) {
    if (it.model === model && it.status === "leaving") draft.wakes.push(stuckAtMs(draft, it));
  }
}

function note(draft: Draft, { record, settleMs }: Growth): void {
  const last = { atMs: draft.nowMs, settleMs };
  const records = draft.growth.records.map((it) => (it.model === record.model ? { ...it, last } : it));
  draft.growth = { calmSinceMs: null, records };
}

function reportStart(draft: Draft, { resident, model, larger, record, gainMs, costMs }: Growth): void {
  const roomForMs = draft.nowMs - (record.roomSinceMs ?? draft.nowMs);
  const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
  const why = `there has been room for it for ${seconds(roomForMs)}, and it was used ${record.uses} times in less`;
  report(draft, {
    type: "grow-start",
    model: model.id,
    from: resident.variant,
    variant: larger.id,
    label: larger.label,
    uses: record.uses,
    gainMs,
    roomForMs,
    inVain: record.inVain,
    expectedMs: costMs,
    why,
  });
}
