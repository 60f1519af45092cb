import { type Draft, load, report } from "./draft.ts";
import { claims, fits, freeForPinned, pinnedIds, stuckAtMs } from "./ledger.ts";
import { giveUp } from "./pressure.ts";

/**
 * Loads every pinned model that is away, as soon as its memory is free and its back-off is over; voice turns do not hold this
 * back, because they need it. Whoever took that memory is made to leave by `relieve`.
 */
export function loadPinned(draft: Draft): void {
  giveUpStuck(draft);
  for (const { model, variant, fits: can } of claims(draft)) {
    const waitsUntilMs = draft.backOffs.find((it) => it.model === model.id)?.untilMs ?? 0;
    if (waitsUntilMs > draft.nowMs) {
      draft.wakes.push(waitsUntilMs);
      continue;
    }
    if (!can || !fits(variant.shares, freeForPinned(draft))) continue;
    load(draft, model, variant);
    if (variant.penaltyMs > 0) {
      const { id, label, penaltyMs } = variant;
      const why = "nothing larger fits beside what other programs and the other pinned models hold";
      report(draft, { type: "degrade", model: model.id, variant: id, label, penaltyMs, why });
    }
  }
}

function giveUpStuck(draft: Draft): void {
  const pinned = pinnedIds(draft);
  for (const resident of draft.residents) {
    if (resident.status !== "loading" || resident.cancelled || !pinned.has(resident.model)) continue;
    const atMs = stuckAtMs(draft, resident);
    if (atMs > draft.nowMs) draft.wakes.push(atMs);
    else giveUp(draft, resident);
  }
}
