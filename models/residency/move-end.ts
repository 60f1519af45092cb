import type { Share } from "../servers/model-server.ts";
import { type Draft, report, variantOf } from "./draft.ts";

/** The swap is over, however it went; what is still leaving goes on leaving. */
export function endMove(draft: Draft, outcome: "ready" | "failed" | "cancelled", actual: readonly Share[]): void {
  const { move } = draft;
  draft.move = null;
  if (move === null || move.startedMs === null) return;
  draft.swaps = draft.swaps.map((span) => (span.toMs === null ? { ...span, toMs: draft.nowMs } : span));
  const kind =
    move.growsFrom === undefined
      ? { type: "swap-end" as const, leaving: move.leaving }
      : { type: "grow-end" as const, from: move.growsFrom };
  report(draft, {
    ...kind,
    model: move.model,
    variant: move.variant,
    outcome,
    expectedMs: move.expectedMs,
    actualMs: draft.nowMs - move.startedMs,
    expected: variantOf(draft, move.model, move.variant)?.shares ?? [],
    actual,
  });
}
