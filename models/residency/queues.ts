import type { ResidencyState, RolePlan, Ticket } from "./residency-state.ts";

/** One ticket in a queue. */
interface Waiting {
  readonly arrivedMs: number;
  readonly weight: number;
}

/** All tickets that wait for one model. They are served together. */
export interface Queue {
  readonly model: string;
  readonly tickets: number;
  /** In the order of arrival. */
  readonly waiting: readonly Waiting[];
  /** Arrival of the first, less its role's head start: queues are served in this order, so that nobody starves. */
  readonly aheadMs: number;
  /** Sum of weight · waited, until now. */
  readonly waitedMs: number;
  /** A voice turn that is being held waits for one of them. */
  readonly urgent: boolean;
}

/** The queues of all models, the first to be served first. */
export function queuesOf(state: Pick<ResidencyState, "tickets" | "roles" | "nowMs">): readonly Queue[] {
  const roles = new Map(state.roles.map((plan) => [plan.role, plan]));
  const queues = new Map<string, { -readonly [K in keyof Queue]: Queue[K] } & { readonly waiting: Waiting[] }>();
  for (const ticket of state.tickets) {
    const role = roles.get(ticket.role);
    const weight = weightOf(role);
    const aheadMs = placeOf(ticket, role);
    const { model, arrivedMs, urgent } = ticket;
    const waitedMs = weight * (state.nowMs - arrivedMs);
    const queue = queues.get(model);
    if (queue === undefined) {
      queues.set(model, { model, tickets: 1, waiting: [{ arrivedMs, weight }], aheadMs, waitedMs, urgent });
      continue;
    }
    queue.tickets += 1;
    queue.waiting.push({ arrivedMs, weight });
    queue.aheadMs = Math.min(queue.aheadMs, aheadMs);
    queue.waitedMs += waitedMs;
    queue.urgent ||= urgent;
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
