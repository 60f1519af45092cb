import { closingOf } from "./pressure.ts";
import { placeOf, queuesOf } from "./queues.ts";
import type { Model, ResidencyState, Ticket } from "./residency-state.ts";

/**
 * The longest that a ticket waits from its arrival until it is answered:
 *
 *     min(patience, R + B + [Δ > 0](Δ + T*) + Σ_{b ahead} T(b) + T(m))
 *     T(b) = max(H, E(b)) + Λ* + L + 2Q + U* + Λ(b)       one model's turn at the memory
 *
 * m is the model it waits for. H is the longest minimum time of any resident, E(b) the time until even a single ticket for b has
 * waited for `longestFactor` times what its swap costs, L the longest lease, Q the longest that voice turns hold a step back (there
 * are two: the unloads and the load), U* the longest unload, Λ(b) the longest load of b, Λ* of any model; loads and unloads are
 * counted `slack` times. R is what is left of the swap under way, B the back-off of m. Δ is how much a later ticket may jump ahead.
 *
 * Why: queues are served in the order of arrival less a constant head start, and a turn serves every ticket of its model. So after
 * Δ nobody new gets ahead of the ticket, and each model that is ahead has one turn. In a turn, the gate opens at
 * the latest when the victims have had their time and the oldest ticket has waited its longest (max(H, E)); a load that fills free
 * memory meanwhile may still run (Λ*); then nothing is granted on the victims, so that all leases are back after L; then U*, then
 * Λ(b), each begun after Q at most.
 * It holds as long as nothing is lost, no load fails, other programs take no more, leases last no longer than `leaseMs`, and loads no longer
 * than `slack` times their prediction. `patience` holds always: at its deadline a ticket is answered, whatever happened.
 */
export function waitBoundMs(state: ResidencyState, ticket: Ticket): number {
  const patienceMs = ticket.deadlineMs - ticket.arrivedMs;
  const model = state.models.find((it) => it.id === ticket.model);
  if (model === undefined || model.pinned) return patienceMs;
  const resident = state.residents.find((it) => it.model === model.id);
  if (resident?.status === "ready" && !closingOf(state).has(resident.load)) return 0;
  const longest = longestOf(state);
  // The swap under way is for it: whoever waits for its model is served when it ends.
  const moving = state.move?.model === model.id;
  const alreadyMs = state.nowMs - ticket.arrivedMs;
  const restMs = alreadyMs + underWayMs(state, longest);
  if (moving) return Math.min(patienceMs, restMs);
  const backOffMs = Math.max(0, (state.backOffs.find((it) => it.model === model.id)?.untilMs ?? 0) - state.nowMs);
  const jumpMs = jumpOf(state, ticket);
  // Whoever the swap under way is for is served by it, and has no turn of its own after that.
  const ahead = aheadOf(state, ticket, jumpMs).filter((it) => it.id !== state.move?.model);
  const jumpsMs = jumpMs > 0 ? jumpMs + Math.max(...longest.models.map((it) => turnMs(state, it, longest))) : 0;
  const turnsMs = ahead.reduce((sum, it) => sum + turnMs(state, it, longest), turnMs(state, model, longest));
  return Math.min(patienceMs, restMs + backOffMs + jumpsMs + turnsMs);
}

interface Longest {
  /** All models that take turns. */
  readonly models: readonly Model[];
  readonly loadMs: number;
  readonly unloadMs: number;
}

function longestOf(state: ResidencyState): Longest {
  const wanted = new Set(state.roles.flatMap((role) => role.choices.map((choice) => choice.model)));
  const models = state.models.filter((model) => !model.pinned && wanted.has(model.id));
  return {
    models,
    loadMs: Math.max(0, ...models.map((model) => loadMsOf(state, model))),
    unloadMs: Math.max(
      0,
      ...models.flatMap((model) => model.ladder.map((rung) => state.settings.slack * rung.unloadMs)),
    ),
  };
}

function loadMsOf(state: ResidencyState, model: Model): number {
  return state.settings.slack * Math.max(0, ...model.ladder.map((rung) => rung.loadMs));
}

function turnMs(state: ResidencyState, model: Model, longest: Longest): number {
  const { holdFactor, longestFactor, leaseMs, quietMs } = state.settings;
  const loadMs = loadMsOf(state, model);
  const evenMs = longestFactor * (longest.unloadMs + loadMs + returnsOf(state, model, longest));
  const gateMs = Math.max(holdFactor * longest.loadMs, evenMs);
  // With two models there is no third one to fill in.
  const fillMs = longest.models.length > 2 ? longest.loadMs : 0;
  return gateMs + fillMs + leaseMs + 2 * quietMs + longest.unloadMs + loadMs;
}

/** The way back of everybody who may have to leave for it. */
function returnsOf(state: ResidencyState, model: Model, longest: Longest): number {
  const others = longest.models.filter((other) => other.id !== model.id);
  const each = others.map((other) => Math.max(0, ...other.ladder.map((rung) => rung.loadMs + rung.unloadMs)));
  return state.settings.slack * each.reduce((sum, ms) => sum + ms, 0);
}

/** What is left of the swap under way, and of memory that is on its way back outside of it. */
function underWayMs(state: ResidencyState, longest: Longest): number {
  const going = state.residents.some((it) => it.status === "leaving" || (it.status === "loading" && it.cancelled));
  const goingMs = going ? longest.unloadMs : 0;
  if (state.move === null) return goingMs;
  const { quietMs, leaseMs } = state.settings;
  const model = state.models.find((it) => it.id === state.move?.model);
  const loadMs = model === undefined ? longest.loadMs : loadMsOf(state, model);
  switch (state.move.phase) {
    case "closing":
      return goingMs + leaseMs + 2 * quietMs + longest.unloadMs + loadMs;
    case "leaving":
      return goingMs + quietMs + longest.unloadMs + loadMs;
    case "loading":
      return goingMs + loadMs;
  }
}

/** By how much a ticket that comes later may get ahead of this one. */
function jumpOf(state: ResidencyState, ticket: Ticket): number {
  const own = state.roles.find((it) => it.role === ticket.role)?.headStartMs ?? 0;
  const pinned = new Set(state.models.filter((it) => it.pinned).map((it) => it.id));
  const heavy = state.roles.filter((role) => role.choices.some((choice) => !pinned.has(choice.model)));
  return Math.max(0, ...heavy.map((role) => role.headStartMs - own));
}

function aheadOf(state: ResidencyState, ticket: Ticket, jumpMs: number): readonly Model[] {
  const rivals = state.models.filter((model) => !model.pinned && model.id !== ticket.model);
  const place = placeOf(
    ticket,
    state.roles.find((it) => it.role === ticket.role),
  );
  const before = new Set(
    queuesOf(state)
      .filter((queue) => queue.aheadMs <= place + jumpMs)
      .map((queue) => queue.model),
  );
  const jumping = new Set(
    jumpMs === 0 ? [] : state.roles.flatMap((role) => role.choices.map((choice) => choice.model)),
  );
  return rivals.filter((model) => before.has(model.id) || jumping.has(model.id));
}
