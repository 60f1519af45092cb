import { emptyState } from "../../models/residency/draft.ts";
import { type Violation, violations } from "../../models/residency/invariants.ts";
import type { Report } from "../../models/residency/report.ts";
import type {
  Model,
  Pool,
  ResidencyEffect,
  ResidencyEvent,
  ResidencyState,
  RolePlan,
} from "../../models/residency/residency-state.ts";
import { defaultSettings, type Settings } from "../../models/residency/settings.ts";
import { step } from "../../models/residency/step.ts";
import type { Role } from "../../models/roles.ts";

/** An event without its time. */
export type Happening = ResidencyEvent extends infer E ? (E extends ResidencyEvent ? Omit<E, "nowMs"> : never) : never;

type Answer = Extract<ResidencyEffect, { do: "grant" | "refuse" }>;

/** Residency in virtual time, one event after the other; keeps what was asked of it and not done, and checks every step. */
export class ResidencyDriver {
  nowMs = 0;
  state: ResidencyState;
  readonly broken: (Violation & { readonly event: ResidencyEvent })[] = [];
  readonly answers = new Map<number, Answer[]>();
  readonly reports: Report[] = [];
  readonly loads = new Map<number, { readonly model: string; readonly variant: string; cancelled: boolean }>();
  readonly unloads = new Map<number, { readonly model: string }>();
  readonly warmed: string[] = [];
  wakeAtMs: number | null = null;
  #tickets = 0;

  constructor(
    machine: {
      readonly pools: readonly Pool[];
      readonly models: readonly Model[];
      readonly roles: readonly RolePlan[];
    },
    settings: Partial<Settings> = {},
  ) {
    this.state = emptyState(machine.pools, { ...defaultSettings, ...settings });
    this.send({ type: "installed", models: machine.models, roles: machine.roles });
  }

  send(happening: Happening): readonly ResidencyEffect[] {
    const event: ResidencyEvent = { nowMs: this.nowMs, ...happening };
    const next = step(this.state, event);
    for (const violation of violations(this.state, event, next)) this.broken.push({ ...violation, event });
    this.state = next.state;
    for (const effect of next.effects) this.#perform(effect);
    return next.effects;
  }

  /** Asks for a lease; the answer lies in `answers` then or later. */
  ask(role: Role, options: { readonly urgent?: boolean; readonly patienceMs?: number } = {}): number {
    this.#tickets += 1;
    this.send({ type: "lease-request", ticket: this.#tickets, role, urgent: false, ...options });
    return this.#tickets;
  }

  answer(ticket: number): "grant" | "refuse" | undefined {
    return this.answers.get(ticket)?.[0]?.do;
  }

  /** Why it was refused, as the user reads it. */
  refusal(ticket: number): string | undefined {
    const answer = this.answers.get(ticket)?.[0];
    return answer?.do === "refuse" ? `${answer.code}: ${answer.message}` : undefined;
  }

  /** The model that a ticket was granted. */
  grantedModel(ticket: number): string | undefined {
    const answer = this.answers.get(ticket)?.[0];
    return answer?.do === "grant" ? answer.model : undefined;
  }

  /** Lets time pass; alarms ring on the way. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.wakeAtMs !== null && this.wakeAtMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.wakeAtMs);
      this.wakeAtMs = null;
      this.send({ type: "clock" });
    }
    this.nowMs = untilMs;
  }

  /** Lets time pass, a tenth of a second at a time, until it is so. */
  passUntil(isSo: () => boolean, withinMs = 120_000): void {
    const untilMs = this.nowMs + withinMs;
    while (!isSo()) {
      if (this.nowMs >= untilMs) throw new Error(`It did not become so within ${withinMs} ms`);
      this.pass(100);
    }
  }

  /** The number of the load of this model that is under way. */
  loadOf(model: string): number | undefined {
    return [...this.loads].find(([, it]) => it.model === model)?.[0];
  }

  unloadOf(model: string): number | undefined {
    return [...this.unloads].find(([, it]) => it.model === model)?.[0];
  }

  finishLoad(model: string, afterMs = 0): void {
    this.pass(afterMs);
    const load = this.loadOf(model);
    if (load === undefined) throw new Error(`${model} is not being loaded`);
    this.loads.delete(load);
    this.send({ type: "load-end", load, shares: undefined });
  }

  finishUnload(model: string, afterMs = 0): void {
    this.pass(afterMs);
    const load = this.unloadOf(model);
    if (load === undefined) throw new Error(`${model} is not leaving`);
    this.unloads.delete(load);
    this.send({ type: "unload-end", load });
  }

  ready(): readonly string[] {
    return this.state.residents.filter((it) => it.status === "ready").map((it) => it.model);
  }

  #perform(effect: ResidencyEffect): void {
    switch (effect.do) {
      case "grant":
      case "refuse":
        this.answers.set(effect.ticket, [...(this.answers.get(effect.ticket) ?? []), effect]);
        return;
      case "load":
        this.loads.set(effect.load, { model: effect.model, variant: effect.variant, cancelled: false });
        return;
      case "cancel-load": {
        const loading = this.loads.get(effect.load);
        if (loading !== undefined) loading.cancelled = true;
        return;
      }
      case "unload":
        this.unloads.set(effect.load, { model: effect.model });
        return;
      case "warm":
        this.warmed.push(effect.model);
        return;
      case "wake-at":
        this.wakeAtMs = effect.atMs;
        return;
      case "report":
        this.reports.push(effect.report);
    }
  }
}
