import type { ResidencyState, RolePlan, Ticket } from "./residency-state.ts";

/** All tickets that wait for one model. They are served together. */
export interface Queue {
  readonly model: string;
  readonly tickets: number;
  /** Arrival of the first, less its role's head start: queues are served in this order, so that nobody starves. */
  readonly aheadMs: number;
  /** Sum of the tickets' weights: how fast the waiting of all of them grows. */
  readonly weight: number;
  /** Sum of weight · waited, until now. */
  readonly waitedMs: number;
  /** A voice turn that is being held waits for one of them. */
  readonly urgent: boolean;
}

/** The queues of all models, the first to be served first. */
export function queuesOf(state: Pick<ResidencyState, "tickets" | "roles" | "nowMs">): readonly Queue[] {
  const roles = new Map(state.roles.map((plan) => [plan.role, plan]));
  const queues = new Map<string, { -readonly [K in keyof Queue]: Queue[K] }>();
  for (const ticket of state.tickets) {
    const role = roles.get(ticket.role);
    const weight = weightOf(role);
    const aheadMs = placeOf(ticket, role);
    const queue = queues.get(ticket.model);
    if (queue === undefined) {
      const waitedMs = weight * (state.nowMs - ticket.arrivedMs);
      queues.set(ticket.model, { model: ticket.model, tickets: 1, aheadMs, weight, waitedMs, urgent: ticket.urgent });
      continue;
    }
    queue.tickets += 1;
    queue.aheadMs = Math.min(queue.aheadMs, aheadMs);
    queue.weight += weight;
    queue.waitedMs += weight * (state.nowMs - ticket.arrivedMs);
    queue.urgent ||= ticket.urgent;
  }
  return [...queues.values()].sort((a, b) => a.aheadMs - b.aheadMs);
}

/** Where a ticket stands in the order of service: the less, the earlier. Does not change while it waits. */
export function placeOf(ticket: Pick<Ticket, "arrivedMs">, role: RolePlan | undefined): number {
  return ticket.arrivedMs - (role?.headStartMs ?? 0);
}

function weightOf(role: RolePlan | undefined): number {
  return Math.max(1, role?.weight ?? 1);
}
