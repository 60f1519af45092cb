import { chooseModel, readyChoice } from "./choices.ts";
import { type Draft, report, variantOf } from "./draft.ts";
import { closingOf } from "./pressure.ts";
import { hopeless, overdue, type Refusal } from "./refusals.ts";
import type { Ready, Resident, Ticket } from "./residency-state.ts";
import { creditNow } from "./victims.ts";

/** Grants every ticket whose model is there and stays. */
export function grantReady(draft: Draft): void {
  if (draft.tickets.length === 0) return;
  const closing = closingOf(draft);
  const ready = new Map<string, Ready>();
  for (const resident of draft.residents) {
    if (resident.status === "ready" && !closing.has(resident.load)) ready.set(resident.model, resident);
  }
  const granted = draft.tickets.filter((ticket) => ready.has(ticket.model));
  if (granted.length === 0) return;
  const leases = new Map<number, number[]>();
  for (const ticket of granted) {
    const resident = ready.get(ticket.model);
    if (resident === undefined) continue;
    leases.set(resident.load, [...(leases.get(resident.load) ?? []), ticket.id]);
    draft.effects.push({ do: "grant", ticket: ticket.id, model: resident.model, load: resident.load });
    const waitedMs = draft.nowMs - ticket.arrivedMs;
    const { model, load } = resident;
    report(draft, { type: "admit", ticket: ticket.id, role: ticket.role, model, load, waitedMs });
  }
  draft.tickets = draft.tickets.filter((ticket) => !ready.has(ticket.model));
  draft.residents = draft.residents.map((resident) => lent(draft, resident, leases.get(resident.load)));
}

/** Answers every ticket whose time is up: with what is there, or else with a refusal. */
export function answerOverdue(draft: Draft): void {
  const late = draft.tickets.filter((ticket) => ticket.deadlineMs <= draft.nowMs);
  if (late.length === 0) return;
  const closing = closingOf(draft);
  const instead = new Map(late.map((ticket) => [ticket.id, readyChoice(draft, ticket, closing)]));
  draft.tickets = draft.tickets.map((ticket) => {
    const model = instead.get(ticket.id);
    return model === undefined ? ticket : { ...ticket, model };
  });
  grantReady(draft);
  for (const ticket of late) {
    if (instead.get(ticket.id) === undefined) refuse(draft, ticket, overdue(draft, ticket));
  }
}

/** Lets everybody who waits for this model wait for another one, and refuses whom no other can serve. */
export function chooseAgain(draft: Draft, from: string, options: { readonly without: boolean }): void {
  const waiting = draft.tickets.filter((ticket) => ticket.model === from);
  if (waiting.length === 0) return;
  const next = new Map<string, string | null>();
  const moved = new Map<number, string>();
  const refused: Ticket[] = [];
  for (const ticket of waiting) {
    // Tickets of one role with the same past get the same answer.
    const key = `${ticket.role} ${ticket.failures}`;
    const model = next.has(key) ? next.get(key) : chooseModel(draft, ticket, options.without ? { without: from } : {});
    next.set(key, model ?? null);
    if (model === null || model === undefined) refused.push(ticket);
    else moved.set(ticket.id, model);
  }
  draft.tickets = draft.tickets.map((ticket) => {
    const model = moved.get(ticket.id);
    return model === undefined || model === ticket.model ? ticket : { ...ticket, model };
  });
  for (const ticket of refused) refuse(draft, ticket, hopeless(draft, ticket.role));
}

export function refuse(draft: Draft, ticket: Ticket, { code, message }: Refusal): void {
  draft.tickets = draft.tickets.filter((other) => other.id !== ticket.id);
  draft.effects.push({ do: "refuse", ticket: ticket.id, code, message });
  const waitedMs = draft.nowMs - ticket.arrivedMs;
  report(draft, { type: "deny", ticket: ticket.id, role: ticket.role, code, message, waitedMs });
}

function lent(draft: Draft, resident: Resident, tickets: readonly number[] | undefined): Resident {
  if (resident.status !== "ready" || tickets === undefined) return resident;
  const rung = variantOf(draft, resident.model, resident.variant);
  const credit = rung === undefined ? resident.credit : creditNow(draft, rung, resident.shares);
  return { ...resident, leases: [...resident.leases, ...tickets], usedMs: draft.nowMs, credit };
}
