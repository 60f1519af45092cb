import { chooseAgain, refuse } from "./answers.ts";
import { chooseModel } from "./choices.ts";
import { type Draft, report } from "./draft.ts";
import { planFor, prospect } from "./ladder.ts";
import { loadEnd, loadError, loss, unloadEnd } from "./load-facts.ts";
import { hopeless } from "./refusals.ts";
import type { Model, ResidencyEvent, Ticket } from "./residency-state.ts";

type Of<T extends ResidencyEvent["type"]> = Extract<ResidencyEvent, { type: T }>;

/** Writes down what happened. What follows from it is decided after. */
export function record(draft: Draft, event: ResidencyEvent): void {
  switch (event.type) {
    case "installed":
      return installed(draft, event);
    case "lease-request":
      return leaseRequest(draft, event);
    case "lease-cancel":
      draft.tickets = draft.tickets.filter((ticket) => ticket.id !== event.ticket);
      return leaseReturn(draft, event.ticket);
    case "lease-return":
      return leaseReturn(draft, event.ticket);
    case "load-progress":
      draft.residents = draft.residents.map((it) =>
        it.load === event.load && it.status === "loading" ? { ...it, progress: event.share } : it,
      );
      return;
    case "load-end":
      return loadEnd(draft, event);
    case "load-error":
      return loadError(draft, event);
    case "unload-end":
      return unloadEnd(draft, event);
    case "loss":
      return loss(draft, event);
    case "foreign":
      draft.pools = draft.pools.map((it) => (it.id === event.pool ? { ...it, foreignBytes: event.bytes } : it));
      return;
    case "turn-start":
      if (!draft.turns.includes(event.turn)) draft.turns = [...draft.turns, event.turn];
      return;
    case "turn-end":
      draft.turns = draft.turns.filter((turn) => turn !== event.turn);
      return;
    case "hint":
      return hint(draft, event);
    case "clock":
      return;
  }
}

function installed(draft: Draft, event: Of<"installed">): void {
  const before = draft.models;
  draft.models = event.models.map((model) =>
    calibratedLike(
      model,
      before.find((it) => it.id === model.id),
    ),
  );
  draft.roles = event.roles;
  draft.backOffs = draft.backOffs.filter((it) => it.retryable && event.models.some((model) => model.id === it.model));
  draft.broken = draft.broken.filter((it) => event.models.some((model) => model.id === it.model && model.pinned));
  for (const model of new Set(draft.tickets.map((ticket) => ticket.model))) {
    chooseAgain(draft, model, { without: false });
  }
}

/** What was measured in this run is not forgotten for an estimate. */
function calibratedLike(model: Model, before: Model | undefined): Model {
  const ladder = model.ladder.map((rung) => {
    const known = before?.ladder.find((it) => it.id === rung.id);
    if (known === undefined || !known.measured || rung.measured) return rung;
    return { ...rung, shares: known.shares, loadMs: known.loadMs, unloadMs: known.unloadMs, measured: true };
  });
  return { ...model, ladder };
}

function leaseRequest(draft: Draft, event: Of<"lease-request">): void {
  const plan = draft.roles.find((it) => it.role === event.role);
  const patienceMs = event.patienceMs ?? plan?.patienceMs ?? 0;
  const ticket: Ticket = {
    id: event.ticket,
    role: event.role,
    model: "",
    urgent: event.urgent,
    arrivedMs: draft.nowMs,
    deadlineMs: draft.nowMs + patienceMs,
    failures: 0,
  };
  const model = chooseModel(draft, ticket);
  if (model === null) refuse(draft, ticket, hopeless(draft, event.role));
  else draft.tickets = [...draft.tickets, { ...ticket, model }];
}

function leaseReturn(draft: Draft, ticket: number): void {
  const resident = draft.residents.find((it) => it.status === "ready" && it.leases.includes(ticket));
  if (resident?.status !== "ready") return;
  draft.residents = draft.residents.map((it) =>
    it === resident ? { ...resident, leases: resident.leases.filter((id) => id !== ticket), usedMs: draft.nowMs } : it,
  );
  report(draft, { type: "return", ticket, model: resident.model });
  // It has done a piece of work: earlier failures are forgiven.
  if (draft.backOffs.some((it) => it.model === resident.model)) {
    draft.backOffs = draft.backOffs.filter((it) => it.model !== resident.model);
  }
}

function hint(draft: Draft, event: Of<"hint">): void {
  const id = chooseModel(draft, { role: event.role, failures: 0 });
  const model = draft.models.find((it) => it.id === id);
  if (model === undefined || draft.residents.some((it) => it.model === model.id)) return;
  const plan = planFor(draft, model, prospect(draft));
  if (plan !== null) draft.effects.push({ do: "warm", model: model.id, variant: plan.variant.id });
}
