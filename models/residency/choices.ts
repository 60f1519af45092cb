import { couldEverFit, type Prospect, planFor, prospect } from "./ladder.ts";
import { stuckAtMs } from "./ledger.ts";
import { closingOf } from "./pressure.ts";
import type { Choice, Model, ResidencyState, Resident, Ticket } from "./residency-state.ts";

/**
 * The model that a ticket should wait for: the one with the least price, in milliseconds of waiting, the better one at the same
 * price. Null if none of its role's choices can be had.
 *
 * @param options.without A model that was found impossible.
 */
export function chooseModel(
  state: ResidencyState,
  ticket: Pick<Ticket, "role" | "failures">,
  options: { readonly without?: string } = {},
): string | null {
  const choices = state.roles.find((plan) => plan.role === ticket.role)?.choices ?? [];
  let view: Prospect | undefined;
  let best: { readonly model: string; readonly priceMs: number; readonly penaltyMs: number } | null = null;
  for (const choice of choices) {
    const model = state.models.find((it) => it.id === choice.model);
    if (model === undefined || choice.model === options.without) continue;
    if (best !== null && choice.penaltyMs >= best.priceMs) continue;
    const resident = state.residents.find((it) => it.model === model.id);
    if (resident === undefined) view ??= prospect(state);
    const priceMs = priceOf(state, { ticket, choice, model, resident, view });
    if (priceMs !== null && (best === null || priceMs < best.priceMs)) {
      best = { model: model.id, priceMs, penaltyMs: choice.penaltyMs };
    }
  }
  return best?.model ?? null;
}

/** A model of its role that could be used at this moment; the best one. */
export function readyChoice(state: ResidencyState, ticket: Ticket, closing: ReadonlySet<number>): string | undefined {
  const choices = state.roles.find((plan) => plan.role === ticket.role)?.choices ?? [];
  return choices.find((choice) =>
    state.residents.some((it) => it.model === choice.model && it.status === "ready" && !closing.has(it.load)),
  )?.model;
}

interface Candidate {
  readonly ticket: Pick<Ticket, "failures">;
  readonly choice: Choice;
  readonly model: Model;
  readonly resident: Resident | undefined;
  readonly view: Prospect | undefined;
}

function priceOf(state: ResidencyState, { ticket, choice, model, resident, view }: Candidate): number | null {
  const { penaltyMs } = choice;
  if (resident?.status === "ready" && !closingOf(state).has(resident.load)) return penaltyMs;
  if (resident?.status === "loading" && !resident.cancelled) {
    return penaltyMs + Math.max(0, resident.startedMs + resident.expectedMs - state.nowMs);
  }
  const failed = state.backOffs.find((it) => it.model === model.id && it.untilMs > state.nowMs);
  if (failed !== undefined && (!failed.retryable || ticket.failures >= state.settings.attempts)) return null;
  const laterMs = failed === undefined ? 0 : failed.untilMs - state.nowMs;
  // A pinned model is loaded whether somebody waits for it or not.
  if (model.pinned) return penaltyMs + laterMs + (model.ladder[0]?.loadMs ?? 0);
  if (resident === undefined && view !== undefined) {
    const plan = planFor(state, model, view);
    if (plan !== null) return penaltyMs + laterMs + plan.priceMs;
    // Whoever is being loaded now can leave for it later.
    const loading = state.residents.find((it) => it.status === "loading" && !it.cancelled);
    if (loading === undefined || !couldEverFit(state, model)) return null;
    return penaltyMs + laterMs + (model.ladder[0]?.loadMs ?? 0);
  }
  if (resident !== undefined && resident.status !== "ready" && state.nowMs >= stuckAtMs(state, resident)) return null;
  return couldEverFit(state, model) ? penaltyMs + laterMs + (model.ladder[0]?.loadMs ?? 0) : null;
}
